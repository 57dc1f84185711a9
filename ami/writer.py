"""From the network to the database: a queue that never makes the network wait, and one thread that empties it."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from ami.handlers import Picture, Snapshot
from ami.wire import Event
from clinic.live_calls import Change, ChannelSeen

log = logging.getLogger(__name__)
BATCH = 200
GATHER_S = 0.05
ROOM = 10_000
LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and when it came."""

    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Stands:
    """The connection stands so; `fresh`: a new one, before which anything may have happened."""

    up: bool
    note: str = ""
    fresh: bool = False


Item = Heard | Stands


class LiveCalls(Protocol):
    """What is asked of the clinic (`clinic.live_calls.LiveCalls`)."""

    def apply(self, asterisk: str, changes: Sequence[Change]) -> None:
        """Changes in order."""

    def snapshot(self, asterisk: str, channels: Sequence[ChannelSeen]) -> None:
        """All there is."""

    def mark(self, asterisk: str, up: bool, note: str = "") -> None:
        """How the connection stands."""


class Outlet:
    """A bounded queue. What does not fit is dropped and remembered as a gap, to be mended by asking for everything."""

    def __init__(self, room: int = ROOM) -> None:
        self._items: queue.Queue[Item | None] = queue.Queue(room)
        self._room = room
        self._lost = 0
        self._ended = False

    def put(self, item: Item) -> None:
        """Never waits."""
        try:
            self._items.put_nowait(item)
        except queue.Full:
            if not self._lost:
                log.warning("the database is too slow: events of the manager interface are lost")
            self._lost += 1

    def mend(self) -> bool:
        """Whether a gap waits to be mended and there is room again; says so once."""
        if not self._lost or self._items.qsize() > self._room // 2:
            return False
        log.warning("%s events of the manager interface were lost: asking for all channels", self._lost)
        self._lost = 0
        return True

    def end(self) -> None:
        """Let the reader come to an end after what is queued; a full queue ends by itself when its reader stops."""
        with suppress(queue.Full):
            self._items.put_nowait(None)

    def batch(self) -> list[Item]:
        """What came: at most 200 items or what 50 ms bring; nothing at the end."""
        found: list[Item] = []
        item = None if self._ended else self._items.get()
        until = time.monotonic() + GATHER_S
        while item:
            found.append(item)
            if len(found) == BATCH:
                return found
            try:
                item = self._items.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return found
        self._ended = True
        return found


class Writer:
    """The thread that writes. Tries again for as long as the database is away; the queue overflows meanwhile."""

    def __init__(
        self, outlet: Outlet, calls: LiveCalls, asterisk: str, sleep: Callable[[float], object] | None = None
    ) -> None:
        self._outlet = outlet
        self._calls = calls
        self._asterisk = asterisk
        self._picture = Picture()
        self._ending = threading.Event()
        self._sleep = sleep or self._ending.wait
        self._thread = threading.Thread(target=self._run, name="ami-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float = 5) -> None:
        """Write what is queued and end; what the database does not take in time is given up."""
        self._outlet.end()
        self._thread.join(seconds)
        self._ending.set()
        self._thread.join(1)

    def _run(self) -> None:
        while items := self._outlet.batch():
            for write in self._writes(items):
                self._patiently(write)

    def _writes(self, items: Sequence[Item]) -> list[Callable[[], None]]:
        """A batch as few writes, in order: changes together, until something else comes between."""
        writes: list[Callable[[], None]] = []
        changes: list[Change] = []

        def flush() -> None:
            if changes:
                writes.append(partial(self._calls.apply, self._asterisk, changes.copy()))
                changes.clear()

        for item in items:
            for found in self._told(item):
                if isinstance(found, Snapshot):
                    changes.clear()  # it says all that they say
                    writes.append(partial(self._calls.snapshot, self._asterisk, found.channels))
                elif isinstance(found, Stands):
                    flush()
                    writes.append(partial(self._calls.mark, self._asterisk, found.up, found.note))
                else:
                    changes.append(found)
        flush()
        return writes

    def _told(self, item: Item) -> Sequence[Change | Snapshot | Stands]:
        """What an item says; one that cannot be understood says nothing."""
        if isinstance(item, Stands):
            if item.fresh:
                self._picture = Picture()
            return [item]
        try:
            return list(self._picture.hear(item.event, item.at))
        except Exception:
            log.exception("an event of the manager interface could not be understood")
            return []

    def _patiently(self, write: Callable[[], None]) -> None:
        pause = 0.5
        while not self._ending.is_set():
            try:
                write()
            except Exception as error:
                log.warning("calls of now not written (%s), next try in %.1f s", type(error).__name__, pause)
                self._sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                return
