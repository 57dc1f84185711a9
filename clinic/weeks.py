"""The week of several doctors: where each is, how much is taken, what waits. The database counts it, for a page of
doctors at a time, in as many statements for a thousand of them as for one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, TypeVar

from sqlalchemy import and_, bindparam, case, func, or_, select

from clinic.clock import Clock
from clinic.day_rows import AWAY, LATE, NOT_SHOWN
from clinic.days import ALWAYS_ASKED, AwayTime, Choice, Late, chosen
from clinic.planning import works
from clinic.roster import DoctorRow, HoursRow, Roster, Rosters
from clinic.units import Units
from db.session import Database
from db.tables import Appointment, Slot

AT_ONCE = 20
"""Doctors of one page: what fits a print-out, and what eyes can walk through."""
DAYS = 7
DAY = timedelta(days=1)
AGREED = ("booked", "arrived", "fulfilled")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stay:
    """A doctor at one unit on one day, by the unit's own clock.

    `slots`: the times there are, `taken` of them are booked or held, `free` can still be booked; `visits` are agreed,
    `pending` asked for. `hours` is () for who comes outside their hours.
    """

    unit_id: int
    hours: tuple[tuple[time, time], ...] = ()
    holiday: str | None = None
    slots: int = 0
    taken: int = 0
    free: int = 0
    visits: int = 0
    pending: int = 0


@dataclass(slots=True)
class DoctorDay:
    """One day of a doctor's: the units in the order of the hours, and when she is away."""

    day: date
    stays: dict[int, Stay] = field(default_factory=dict)
    away: list[AwayTime] = field(default_factory=list)
    late: Late | None = None

    @property
    def empty(self) -> bool:
        """Nothing to say of it."""
        return not self.stays and not self.away


@dataclass(frozen=True, slots=True)
class DoctorWeek:
    """Seven days of one doctor's, from Monday on."""

    doctor: DoctorRow
    days: tuple[DoctorDay, ...]


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """A page of doctors; `page` of `pages`, counted from 1, and how many doctors there are on all of them."""

    weeks: tuple[DoctorWeek, ...]
    page: int = 1
    pages: int = 1
    doctors: int = 0


def _nth(moment: Any) -> Any:
    """Which day of the week a moment falls on, 0 to 6; midnights are given by number."""
    return case(*((moment < bindparam(f"midnight{n}"), n - 1) for n in range(1, DAYS)), else_=DAYS - 1)


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _within(table: type[Slot] | type[Appointment]) -> Any:
    doctors: Any = bindparam("doctors", expanding=True)
    units: Any = bindparam("units", expanding=True)
    begun, not_over = table.starts_at >= bindparam("midnight0"), table.starts_at < bindparam("midnight7")
    return and_(table.doctor_id.in_(doctors), table.unit_id.in_(units), begun, not_over)


_HELD = and_(Slot.status == "held", or_(Slot.held_until.is_(None), Slot.held_until > bindparam("now")))
_OPEN = or_(Slot.status == "free", and_(Slot.status == "held", Slot.held_until <= bindparam("now"), ~Slot.off_plan))
_TAKEN = or_(Slot.status == "booked", _HELD)
SLOTS = (
    select(Slot.doctor_id, Slot.unit_id, _nth(Slot.starts_at).label("nth"))
    .add_columns(_count(or_(_TAKEN, _OPEN)).label("slots"), _count(_TAKEN).label("taken"))
    .add_columns(_count(and_(_OPEN, Slot.starts_at > bindparam("now"))).label("free"))
    .where(_within(Slot), Slot.status != "blocked")
    .group_by(Slot.doctor_id, Slot.unit_id, "nth")
)
VISITS = (
    select(Appointment.doctor_id, Appointment.unit_id, _nth(Appointment.starts_at).label("nth"))
    .add_columns(_count(Appointment.status.in_(AGREED)).label("visits"))
    .add_columns(_count(Appointment.status == "pending").label("pending"))
    .where(_within(Appointment), Appointment.status.not_in(NOT_SHOWN))
    .group_by(Appointment.doctor_id, Appointment.unit_id, "nth")
)
Found = dict[int, list[DoctorDay]]


class Weeks:
    """Reads the weeks of many for people who look at them."""

    def __init__(self, database: Database, rosters: Rosters, units: Units, clock: Clock) -> None:
        self._database, self._rosters, self._units, self._clock = database, rosters, units, clock
        self._lasts: tuple[Roster | None, dict[date, dict[int, time]]] = None, {}

    def team(self, choice: Choice, monday: date, page: int = 1) -> TeamWeek:
        """Who works, comes or is away in that week, a page of them; of a page there is not, the nearest."""
        roster = self._rosters.get()
        fitting = chosen(roster, choice)
        if len(fitting) > ALWAYS_ASKED:  # of so many, those whose hours say so: they can be told without asking
            at_work = {row.doctor_id for row in _hours(roster, monday) if _wanted(choice, row.unit_id)}
            there = [one for one in fitting if one in at_work]
            shown, now = _page(there, page)
            return self._told(self._weeks(roster, shown, monday), now, len(there))
        weeks = [one for one in self._weeks(roster, fitting, monday) if _is_there(one, choice)]
        shown_weeks, now = _page(weeks, page)
        return self._told(shown_weeks, now, len(weeks))

    def over(self, day: date, at: datetime) -> bool:
        """Whether nobody's hours remain in the week of that day; `at` tells the time of day on it."""
        roster = self._rosters.get()
        rest = (day + DAY * n for n in range(DAYS - day.weekday()))
        return not any(self._works_later(roster, one, day, at) for one in rest)

    def _works_later(self, roster: Roster, day: date, today: date, at: datetime) -> bool:
        for unit_id, ends in self._last_hours(roster, day).items():
            later = day > today or ends > at.astimezone(roster.unit[unit_id].tz).time()
            if later and self._units.holiday(unit_id, day) is None:
                return True
        return False

    def _last_hours(self, roster: Roster, day: date) -> dict[int, time]:
        """Until when somebody works at each unit that day (`time.max`: until the next); counted once of a roster."""
        of, known = self._lasts
        if of is not roster:
            of, known = self._lasts = roster, {}
        if day not in known:
            found: dict[int, time] = {}
            for row in roster.hours:
                if works(row, day):
                    ends = row.ends if row.ends > row.starts else time.max
                    found[row.unit_id] = max(ends, found.get(row.unit_id, ends))
            known[day] = found
        return known[day]

    @staticmethod
    def _told(weeks: list[DoctorWeek], page: int, doctors: int) -> TeamWeek:
        return TeamWeek(tuple(weeks), page, max(1, -(-doctors // AT_ONCE)), doctors)

    def _weeks(self, roster: Roster, doctors: list[int], monday: date) -> list[DoctorWeek]:
        if not doctors:
            return []
        found: Found = {one: [DoctorDay(monday + DAY * n) for n in range(DAYS)] for one in doctors}
        self._put_hours(found, roster, monday)
        zones: set[tzinfo] = {unit.tz for unit in roster.unit.values()} or {UTC}
        for zone in zones:  # the same for nearly every clinic
            self._count_in(found, roster, zone, monday)
        self._put_away(found, zones)
        return [DoctorWeek(roster.doctors[one], tuple(days)) for one, days in found.items()]

    def _put_hours(self, found: Found, roster: Roster, monday: date) -> None:
        for row in _hours(roster, monday):
            if row.doctor_id in found:
                day = found[row.doctor_id][row.weekday]
                known = day.stays.get(row.unit_id) or Stay(
                    row.unit_id, holiday=self._units.holiday(row.unit_id, day.day)
                )
                day.stays[row.unit_id] = replace(known, hours=(*known.hours, (row.starts, row.ends)))

    def _count_in(self, found: Found, roster: Roster, zone: tzinfo, monday: date) -> None:
        """What stands at the units of one time zone, whose days begin together."""
        midnights = {f"midnight{n}": _midnight(monday + DAY * n, zone) for n in range(DAYS + 1)}
        units = [unit.id for unit in roster.unit.values() if unit.tz == zone]
        given = {"doctors": list(found), "units": units, **midnights}
        for row in self._database.rows(SLOTS, {**given, "now": self._clock()}):
            counted = {"slots": int(row.slots), "taken": int(row.taken), "free": int(row.free)}
            if counted["slots"]:
                _add(found, row, counted)
        for row in self._database.rows(VISITS, given):
            _add(found, row, {"visits": int(row.visits), "pending": int(row.pending)})

    def _put_away(self, found: Found, zones: set[tzinfo]) -> None:
        days = next(iter(found.values()))
        first, last = days[0].day, days[-1].day
        start, end = min(_midnight(first, one) for one in zones), max(_midnight(last + DAY, one) for one in zones)
        for row in self._database.rows(AWAY, {"doctors": list(found), "start": start, "end": end}):
            for one in found[row.doctor_id]:
                zone = self._zone(one)
                start, end = _midnight(one.day, zone), _midnight(one.day + DAY, zone)
                if row.starts_at < end and start < row.ends_at:
                    one.away.append(AwayTime(max(row.starts_at, start), min(row.ends_at, end), row.reason))
        for late in self._database.rows(LATE, {"doctors": list(found), "first": first, "last": last}):
            found[late.doctor_id][(late.day - first).days].late = Late(late.minutes, late.since, late.reason)

    def _zone(self, day: DoctorDay) -> tzinfo:
        """By whose clock that day is told: that of the unit where the doctor is."""
        unit = next(iter(day.stays), None)
        return self._units.get(unit).tz if unit is not None else self._units.clock_zone()


def _hours(roster: Roster, monday: date) -> Iterator[HoursRow]:
    """The hours that hold in that week; each falls on one day of it."""
    return (row for row in roster.hours if works(row, monday + DAY * row.weekday))


def _wanted(choice: Choice, unit_id: int) -> bool:
    return not choice.unit_ids or unit_id in choice.unit_ids


def _is_there(week: DoctorWeek, choice: Choice) -> bool:
    at_all = any(not day.empty for day in week.days)
    return at_all and (not choice.unit_ids or any(_wanted(choice, unit) for day in week.days for unit in day.stays))


def _page(found: list[T], page: int) -> tuple[list[T], int]:
    now = min(max(1, page), max(1, -(-len(found) // AT_ONCE)))
    return found[(now - 1) * AT_ONCE : now * AT_ONCE], now


def _add(found: Found, row: Any, counted: dict[str, int]) -> None:
    stays = found[row.doctor_id][int(row.nth)].stays
    stays[row.unit_id] = replace(stays.get(row.unit_id) or Stay(row.unit_id), **counted)  # type: ignore[arg-type]


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
