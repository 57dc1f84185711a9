"""From weekly hours to slots: pure, no database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from clinic.roster import HoursRow

DAY = timedelta(days=1)
WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """A slot as it should be; moments are aware, UTC."""

    starts_at: datetime
    ends_at: datetime
    unit_id: int
    modality: str
    period: str


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which a doctor is not there."""

    starts_at: datetime
    ends_at: datetime


def plan(
    hours: Iterable[HoursRow],
    zones: Mapping[int, ZoneInfo],
    days: Iterable[date],
    noon: time,
    away: Sequence[Away] = (),
    closed: Callable[[int, date], bool] = lambda _unit, _day: False,
) -> list[Planned]:
    """All slots of one doctor's hours on those days, by time. No two overlap, whatever the hours say.

    Times that a change of the clocks leaves out are left out; those it repeats are used once.
    """
    rows = list(hours)
    slots = (
        slot
        for day in days
        for row in rows
        if works(row, day) and not closed(row.unit_id, day)
        for slot in _of_day(row, day, zones[row.unit_id], noon)
    )
    return list(_apart(sorted(slot for slot in slots if not overlaps_any(slot, away))))


def works(row: HoursRow, day: date) -> bool:
    """Whether these hours hold on that day."""
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_until is None or day <= row.valid_until) and row.weekday == day.weekday()


def covers(row: HoursRow, zone: ZoneInfo, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a time lies within these hours, by the clock of their unit."""
    starts, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    closes = datetime.combine(starts.date() + DAY * (row.ends <= row.starts), row.ends)
    return works(row, starts.date()) and starts.time() >= row.starts and ends.replace(tzinfo=None) <= closes


def overlaps_any(slot: Planned, away: Iterable[Away]) -> bool:
    """Whether a slot touches any of these times."""
    return any(one.starts_at < slot.ends_at and slot.starts_at < one.ends_at for one in away)


def _of_day(row: HoursRow, day: date, zone: ZoneInfo, noon: time) -> Iterator[Planned]:
    length = timedelta(minutes=row.slot_minutes)
    local = datetime.combine(day, row.starts)
    end = datetime.combine(day if row.ends > row.starts else day + DAY, row.ends)
    while local + length <= end:
        start = local.replace(tzinfo=zone).astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) == local:  # else the clocks skip it
            period = "morning" if local.time() < noon else "afternoon"
            yield Planned(start, start + length, row.unit_id, row.modality, period)
        local += length


def _apart(slots: Iterable[Planned]) -> Iterator[Planned]:
    """Of slots in order, those that begin when the one before has ended."""
    last: Planned | None = None
    for slot in slots:
        if last is None or slot.starts_at >= last.ends_at:
            yield slot
            last = slot


def clash(hours: Sequence[HoursRow], zones: Mapping[int, ZoneInfo], today: date) -> tuple[HoursRow, HoursRow] | None:
    """Two rows of one doctor's hours that overlap, at any unit; None when they are apart.

    Zones may differ, and their distance may change in the year: a week in each of the next four quarters is looked at.
    """
    for weeks in (0, 13, 26, 39):
        found = _clash_in_week(hours, zones, today + timedelta(weeks=weeks))
        if found:
            return found
    return None


def _clash_in_week(
    hours: Sequence[HoursRow], zones: Mapping[int, ZoneInfo], start: date
) -> tuple[HoursRow, HoursRow] | None:
    week = [start + timedelta(days=n) for n in range(-1, 9)]  # a day more at each end, for zones apart
    spans = sorted(
        (*_span(row, day, zones[row.unit_id]), place)
        for place, row in enumerate(hours)
        for day in week
        if row.weekday == day.weekday()
    )
    for (_, end, one), (begin, _, other) in combinations(spans, 2):
        if begin < end and one != other and _ever_together(hours[one], hours[other]):
            return hours[one], hours[other]
    return None


def _span(row: HoursRow, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    end = datetime.combine(day if row.ends > row.starts else day + DAY, row.ends, zone)
    return datetime.combine(day, row.starts, zone).astimezone(UTC), end.astimezone(UTC)


def _ever_together(one: HoursRow, other: HoursRow) -> bool:
    """Whether there is a day on which both are valid."""
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_until or date.max, other.valid_until or date.max)
