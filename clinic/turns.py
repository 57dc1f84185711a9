"""Waiting in our own process for somebody who goes for the same thing, rather than in the database's queue of locks.

When many are offered the same time, all of them want it at once. There each would hold a connection and be woken in
turn, only to learn what the outcome of the first has said already.
"""

import contextlib
import threading
from collections.abc import Hashable, Iterator

LONGEST_S = 5.0


class Turn:
    """One who goes for something. `won` is known when it is over."""

    def __init__(self, by: str) -> None:
        self.by, self.won = by, False
        self._under_way = threading.Lock()  # handed on from one who waits to the next: cheaper than an Event
        self._under_way.acquire()

    def end(self) -> None:
        """The outcome is known, or there is none."""
        self._under_way.release()

    def wait(self) -> None:
        """Until it is over; but not for ever."""
        if self._under_way.acquire(timeout=LONGEST_S):
            self._under_way.release()


class Turns:
    """Who goes for what right now, in this process."""

    def __init__(self) -> None:
        self._going: dict[Hashable, Turn] = {}

    @contextlib.contextmanager
    def going_for(self, thing: Hashable, by: str) -> Iterator[tuple[Turn, bool]]:
        """One's own turn and True, at once; for who comes meanwhile, after that turn is over: it, and False."""
        mine, first = None, self._going.get(thing)
        if first is None:  # most come while somebody goes for it, and need no turn (and no lock) of their own
            mine = Turn(by)
            first = self._going.setdefault(thing, mine)
        if first is not mine:
            first.wait()
            yield first, False
            return
        try:
            yield first, True
        finally:
            del self._going[thing]
            first.end()
