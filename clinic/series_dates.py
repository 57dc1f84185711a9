"""What a series asks for, and on which days it would be: the same weekday and hour by the clock of the unit."""

from collections.abc import Collection, Iterable, Mapping
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
    "clock", "terms", "kept",
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
    far · past · clock: the clocks leave out that time · terms: the doctor does not
    see this specialty, or take this payer, there · kept: it is the day of another visit of the series, `booking`.
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
    return [(day, at_wall(day, local.time().replace(fold=0), zone)) for day in days]


def by_day(days: Iterable[date], made: Mapping[date, Booking], every_weeks: int) -> dict[date, Booking]:
    """What stands for these days: where the rest of a series went to another weekday, what is nearest to each."""
    found = {}
    for day in days:
        near = [one for one in made if abs((one - day).days) * 2 < 7 * every_weeks]
        if near:
            found[day] = made[min(near, key=lambda one: (abs((one - day).days), one))]
    return found


def turns(days: Collection[date], since: date, every: int) -> dict[date, int]:
    """Which turn of a rhythm of so many days each of them is, counted from `since`: the nearest one, but in their
    order, and none twice."""
    after = sorted({one for one in days if one > since})
    before = sorted({one for one in days if one < since}, reverse=True)
    ahead = zip(after, _turns([(one - since).days for one in after], every), strict=True)
    back = zip(before, _turns([(since - one).days for one in before], every), strict=True)
    return {since: 0, **dict(ahead), **{day: -nth for day, nth in back}}


def _turns(distances: list[int], every: int) -> list[int]:
    """Of distances that grow; those that are too near to each other are late, or early, by as much on the average."""
    groups: list[tuple[int, int]] = []
    for nth, distance in enumerate(distances, 1):
        late, size = distance - nth * every, 1
        while groups and groups[-1][0] * size > late * groups[-1][1]:
            before = groups.pop()
            late, size = late + before[0], size + before[1]
        groups.append((late, size))
    skipped = [max(0, (2 * late + every * size) // (2 * every * size)) for late, size in groups for _ in range(size)]
    return [nth + more for nth, more in enumerate(skipped, 1)]


def week_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From Monday to Monday."""
    monday = day - timedelta(days=day.weekday())
    begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (monday, monday + timedelta(days=7)))
    return begins, ends


def at_wall(day: date, clock: time, zone: tzinfo) -> datetime | None:
    """The moment of that hour by the clocks of a place; None where they leave it out."""
    local = datetime.combine(day, clock)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    return moment if moment.astimezone(zone).replace(tzinfo=None) == local else None
