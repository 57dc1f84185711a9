"""Which ways out are let alone for a while: one that hangs must not keep the messages of all the others waiting."""

from collections.abc import Hashable
from datetime import datetime, timedelta

from clinic.clock import Clock

ENOUGH_FAILURES = 2
"""So many different messages failed, none went out in between, and the line rests."""
REST = timedelta(minutes=1)


class Lines:
    """What one process knows of each line: a medium, or a program that is told of events.

    A single message that fails again and again says nothing about its line: its own pauses grow; nor do all those to
    one address that is refused. After a rest one message is tried, and when that fails too the line rests again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: dict[str, set[Hashable]] = {}
        self._until: dict[str, datetime] = {}

    def resting(self, line: str) -> datetime | None:
        """Until when it is let alone; None where it is not. A clock that was put back makes no rest longer."""
        until, now = self._until.get(line), self._clock()
        return until if until and now < until <= now + REST else None

    def failed(self, line: str, message: Hashable) -> None:
        """This message could not be sent by it, or nothing to this address."""
        known = self._failed.setdefault(line, set())
        if len(known) < ENOUGH_FAILURES:
            known.add(message)
        if len(known) >= ENOUGH_FAILURES:
            self._until[line] = self._clock() + REST

    def works(self, line: str) -> None:
        """A message went out by it."""
        self._failed.pop(line, None)
        self._until.pop(line, None)
