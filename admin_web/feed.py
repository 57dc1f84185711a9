"""One reader of live events for the whole process, and all who follow it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from clinic.live import Event, Reader

log = logging.getLogger(__name__)
EVERY = 0.25
"""Seconds between two looks at the table."""
AFTER_TROUBLE = 2.0
REMEMBERED = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """An event, its number in this process, and the cursor that is safe to come back with after it."""

    number: int
    cursor: int
    event: Event


class FellBehind(Exception):
    """More happened than is remembered: who follows must look at everything anew."""


class Feed:
    """Reads while somebody follows; without followers nothing runs."""

    def __init__(
        self, reader: Callable[[], Reader], every: float = EVERY, after_trouble: float = AFTER_TROUBLE
    ) -> None:
        self._reader, self._every, self._after_trouble = reader, every, after_trouble
        self._news = threading.Condition()
        self._told: deque[Told] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._followers = 0
        self._running = False

    def join(self) -> "Follower":
        """Follow from now on; `leave` it when done."""
        with self._news:
            self._followers += 1
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="live events", daemon=True).start()
            return Follower(self, self._count)

    def left(self) -> None:
        """Somebody follows no more."""
        with self._news:
            self._followers -= 1

    def after(self, number: int, patience: float) -> list[Told]:
        """What was told after a number; waits for it up to `patience` seconds. Raises FellBehind."""
        with self._news:
            if self._count == number:
                self._news.wait(patience)
            missed = self._count - number
            if missed > len(self._told):
                raise FellBehind
            return list(self._told)[len(self._told) - missed :] if missed else []

    def _run(self) -> None:
        reader: Reader | None = None
        while self._wanted():
            try:
                reader = reader or self._reader()
                self._tell(reader, reader.poll())
            except Exception:
                log.exception("live events cannot be read")
                time.sleep(self._after_trouble)
            time.sleep(self._every)

    def _wanted(self) -> bool:
        with self._news:
            self._running = self._followers > 0
            return self._running

    def _tell(self, reader: Reader, events: list[Event]) -> None:
        if not events:
            return
        with self._news:
            for event in events:
                self._count += 1
                self._told.append(Told(self._count, reader.cursor, event))
            self._news.notify_all()


class Follower:
    """One who follows a feed, and how far they have come."""

    def __init__(self, feed: Feed, number: int) -> None:
        self._feed, self._number = feed, number

    def news(self, patience: float) -> list[Told]:
        """What is new; nothing when nothing happens for so many seconds. Raises FellBehind."""
        found = self._feed.after(self._number, patience)
        if found:
            self._number = found[-1].number
        return found

    def leave(self) -> None:
        """Follow no more."""
        self._feed.left()
