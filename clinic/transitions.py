"""The life of an appointment: which status may follow which, by what, and which of them take the time.

The one table of it; every change of a status goes through `to`.
"""

from typing import Literal

Status = Literal["pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"]

TRANSITIONS: dict[tuple[str, str], str] = {
    # (from, event): to
    ("pending", "accepted"): "booked",
    ("pending", "declined"): "cancelled",
    ("pending", "expired"): "cancelled",
    ("pending", "withdrawn"): "cancelled",
    ("pending", "cancelled"): "cancelled",
    ("pending", "moved"): "cancelled",
    ("booked", "arrived"): "arrived",
    ("booked", "cancelled"): "cancelled",
    ("booked", "moved"): "cancelled",
    ("booked", "withdrawn"): "cancelled",
    ("booked", "noshow"): "noshow",
    ("arrived", "fulfilled"): "fulfilled",
    ("arrived", "cancelled"): "cancelled",
    ("noshow", "arrived"): "arrived",  # a correction, on the same day
}
TAKES_TIME = frozenset({"pending", "booked", "arrived"})


class WrongStatus(Exception):
    """What was asked does not fit what the appointment is now; carries its `status` and the `event`."""

    def __init__(self, status: str, event: str) -> None:
        super().__init__(status, event)
        self.status, self.event = status, event


class TooSoon(WrongStatus):
    """It fits, but cannot have happened yet: nobody arrives before the day, or is missing before the time."""


class TooLate(WrongStatus):
    """It fits, but is of no use any more: what was asked for should have begun."""


def to(status: str, event: str) -> str:
    """The status after an event. Raises WrongStatus."""
    if (status, event) not in TRANSITIONS:
        raise WrongStatus(status, event)
    return TRANSITIONS[status, event]


def live(status: str) -> int | None:
    """The `live` column: 1 while the appointment takes its time, else NULL (which unique constraints let repeat)."""
    return 1 if status in TAKES_TIME else None
