"""What a series asks for, and on which days it would be: the same weekday and hour by the clock of the unit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from clinic.appointments import Booking
from clinic.roster import KindInfo
from clinic.slots import SlotInfo

EVERY = (1, 2, 4)
"""Weeks from one visit to the next."""
FEWEST, MOST = 2, 26
MOST_AUTHORISED = 999
LONGEST_AUTHORISATION = 40
What = Literal[
    "free", "booked", "quota", "overlaps", "holiday", "away", "taken", "too_short", "no_hours", "outside", "past",
    "clock",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Every so many weeks, so many times in all, of which the first is the visit that is repeated; `authorised`: how
    many the payer allows (None: nothing is said of it), under the number `authorisation`."""

    every_weeks: int
    times: int
    authorised: int | None = None
    authorisation: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for what no page offers."""
        numbers = self.every_weeks in EVERY and FEWEST <= self.times <= MOST
        allowed = self.authorised is None or 1 <= self.authorised <= MOST_AUTHORISED
        if not numbers or not allowed or len(self.authorisation) > LONGEST_AUTHORISATION:
            raise ValueError(self)


@dataclass(frozen=True, slots=True)
class Day:
    """The `n`th visit of a series, and what stands in its way.

    free · booked: it stands already (`booking`) · quota: the payer has its visits of that day, which the desk may go
    over (`number`) · overlaps: the patient has `booking` then · holiday (`name`) · away: the doctor is · taken ·
    too_short: what is beside it is taken · no_hours: the doctor has no such time · outside: the agenda does not go so
    far · past · clock: the clocks leave out that time.
    """

    n: int
    day: date
    at: datetime | None
    what: What
    slot: SlotInfo | None = None
    """The time itself, where it can be had."""
    booking: Booking | None = None
    name: str = ""
    number: int = 0
    near: tuple[SlotInfo, ...] = ()
    """Other times of that week, where this one is not free."""


@dataclass(frozen=True, slots=True)
class Preview:
    """All days of a series after the first. `kind` is what they are booked as; `coming`: how many future visits the
    patient has, of `limit` that callers may have; `missed`: visits they did not come to, where the clinic wants to hear
    why they are booked all the same; `room`: how many more were authorised (None: any)."""

    kind: KindInfo
    days: tuple[Day, ...]
    coming: int
    limit: int
    missed: int
    room: int | None

    @property
    def open(self) -> tuple[Day, ...]:
        """Those that are not booked yet."""
        return tuple(one for one in self.days if one.what != "booked")

    @property
    def free(self) -> tuple[Day, ...]:
        """Those that can be had as they are."""
        return tuple(one for one in self.days if one.what == "free")

    @property
    def too_many(self) -> bool:
        """Whether more is asked for than was authorised."""
        return self.room is not None and len(self.open) > self.room


def rhythm(first: datetime, zone: tzinfo, plan: Plan, since: date | None = None) -> list[tuple[date, datetime | None]]:
    """The days that follow the first visit, and its hour on them; None where the clocks leave that hour out.

    `since`: its own day of a series, which it keeps where it is moved: so no other day is counted from it.
    """
    local = first.astimezone(zone)
    days = ((since or local.date()) + timedelta(weeks=plan.every_weeks * n) for n in range(1, plan.times))
    return [(day, _at(day, local.time().replace(fold=0), zone)) for day in days]


def week_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From Monday to Monday."""
    monday = day - timedelta(days=day.weekday())
    begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (monday, monday + timedelta(days=7)))
    return begins, ends


def _at(day: date, clock: time, zone: tzinfo) -> datetime | None:
    local = datetime.combine(day, clock)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local else None
