"""The picture of a day, or of several: who is where, what is taken, what is free. Few queries, however many doctors."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from clinic import day_rows
from clinic.clock import Clock
from clinic.day_rows import LATE
from clinic.planning import works
from clinic.roster import DoctorRow, Roster, Rosters
from clinic.units import Units
from db.session import Database

MOST_DOCTORS = 16
"""Columns of one page; who wants to see others narrows the choice."""
ALWAYS_ASKED = 80
"""Among so few doctors it is also looked who has a visit outside their hours."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as the agenda shows it; `name` is "" for a pre-registration nobody completed yet.

    `delay`: minutes after its time at which it is expected.
    """

    id: int
    code: str
    status: str
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    unit_id: int
    kind_id: int
    payer_id: int | None
    modality: str
    via: str
    confirmed: bool
    extra: bool
    patient_id: int | None
    pre_registration_id: int | None
    name: str
    tell_by_phone: bool
    delay: int = 0

    @property
    def expected_at(self) -> datetime:
        """When it is likely to begin."""
        return self.starts_at + timedelta(minutes=self.delay)


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot nobody has: free, held by somebody who is deciding (`by`), or blocked."""

    id: int
    doctor_id: int
    unit_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime
    state: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class AwayTime:
    """The doctor is away."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Late:
    """How late a doctor runs, from when on."""

    minutes: int
    since: datetime
    reason: str

    def of(self, status: str, starts_at: datetime) -> int:
        """Minutes after its time at which a visit is expected."""
        waits = status in ("booked", "pending", "arrived") and starts_at >= self.since
        return self.minutes if waits else 0


@dataclass(slots=True)
class Column:
    """One doctor on one day, in the time of the units."""

    doctor: DoctorRow
    day: date
    visits: list[Visit] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    away: list[AwayTime] = field(default_factory=list)
    late: Late | None = None
    unit_ids: list[int] = field(default_factory=list)
    holiday: str | None = None
    extras_left: int = 0

    @property
    def free(self) -> int:
        """How many times can still be booked."""
        return sum(one.state == "free" for one in self.openings)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page shows; `others`: how many doctors fit and are not shown."""

    columns: tuple[Column, ...]
    others: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose agenda; nothing chosen: everybody's."""

    unit_ids: frozenset[int] = frozenset()
    specialty_id: int | None = None
    doctor_id: int | None = None


class Days:
    """Reads the agenda for people who look at it."""

    def __init__(self, database: Database, rosters: Rosters, units: Units, clock: Clock) -> None:
        self._database, self._rosters, self._units, self._clock = database, rosters, units, clock

    def day(self, choice: Choice, day: date) -> Picture:
        """Everybody who fits, and works or has visits that day."""
        fitting = chosen(self._rosters.get(), choice)
        at_work = [one for one in fitting if self._hours(one, day)]
        asked = fitting if len(fitting) <= ALWAYS_ASKED or choice.doctor_id else at_work
        shown = asked if len(asked) <= MOST_DOCTORS else (at_work or asked)[: MOST_DOCTORS * 2]
        columns = self._columns(shown, [day])
        there = [one for one in columns if one.visits or one.openings or one.doctor.id in at_work or choice.doctor_id]
        kept = [one for one in there if _at(one, choice.unit_ids)]
        return Picture(tuple(kept[:MOST_DOCTORS]), len(kept[MOST_DOCTORS:]) + len(set(at_work) - set(shown)))

    def week(self, doctor_id: int, monday: date, days: int = 7) -> Picture:
        """One doctor, day by day. Raises KeyError."""
        self._rosters.get().doctors[doctor_id]
        return Picture(tuple(self._columns([doctor_id], [monday + DAY * n for n in range(days)])))

    def late(self, doctor_id: int, day: date) -> Late | None:
        """How late a doctor runs on a day; None for in time."""
        row = self._database.first(LATE, {"doctors": [doctor_id], "first": day, "last": day})
        return Late(row.minutes, row.since, row.reason) if row else None

    def next_day_of_work(self, choice: Choice, after: date, within: int = 60) -> date | None:
        """The next day on which anybody of these works."""
        days = (after + DAY * n for n in range(1, within))
        fitting = chosen(self._rosters.get(), choice)
        return next((day for day in days if any(self._open(one, day) for one in fitting)), None)

    def _hours(self, doctor_id: int, day: date) -> bool:
        return any(works(row, day) for row in self._rosters.get().hours_of.get(doctor_id, ()))

    def _open(self, doctor_id: int, day: date) -> bool:
        hours = self._rosters.get().hours_of.get(doctor_id, ())
        return any(works(row, day) and self._units.holiday(row.unit_id, day) is None for row in hours)

    def _columns(self, doctors: Sequence[int], days: Sequence[date]) -> list[Column]:
        roster = self._rosters.get()
        columns = {(one, day): self._empty(roster, one, day) for one in doctors for day in days}
        if not columns:
            return []
        span = {
            "start": self._midnight(days[0], min), "end": self._midnight(days[-1] + DAY, max),
            "first": days[0], "last": days[-1],
        }  # fmt: skip
        rows, now = day_rows.asked(self._database, doctors, span), self._clock()
        for late in rows.late:
            if (late.doctor_id, late.day) in columns:
                columns[late.doctor_id, late.day].late = Late(late.minutes, late.since, late.reason)
        for row in rows.visits:
            if column := self._column_of(columns, row):
                column.visits.append(_visit(row, column.late))
        for row in rows.slots:
            if column := self._column_of(columns, row):
                column.openings.append(_opening(row, now))
        self._put_absences(columns, rows.away)
        return [self._finished(column) for column in columns.values()]

    def _empty(self, roster: Roster, doctor_id: int, day: date) -> Column:
        hours = [row for row in roster.hours_of.get(doctor_id, ()) if works(row, day)]
        column = Column(roster.doctors[doctor_id], day, unit_ids=list(dict.fromkeys(row.unit_id for row in hours)))
        names = [self._units.holiday(unit, day) for unit in column.unit_ids]
        column.holiday = names[0] if names and all(names) else None
        return column

    def _column_of(self, columns: dict[tuple[int, date], Column], row: Any) -> Column | None:
        """Where it belongs: its doctor, and the day by the clock of its unit."""
        unit = self._rosters.get().unit[row.unit_id]
        column = columns.get((row.doctor_id, row.starts_at.astimezone(unit.tz).date()))
        if column is not None and row.unit_id not in column.unit_ids:
            column.unit_ids.append(row.unit_id)
        return column

    def _put_absences(self, columns: dict[tuple[int, date], Column], rows: Iterable[Any]) -> None:
        for row in rows:
            for (doctor_id, day), column in columns.items():
                start, end = self._midnight(day, min), self._midnight(day + DAY, max)
                if doctor_id == row.doctor_id and row.starts_at < end and start < row.ends_at:
                    column.away.append(AwayTime(max(row.starts_at, start), min(row.ends_at, end), row.reason))

    def _finished(self, column: Column) -> Column:
        column.extras_left = max(0, column.doctor.extra_quota - sum(one.extra for one in column.visits))
        return column

    def _midnight(self, day: date, which: Callable[[Iterable[datetime]], datetime]) -> datetime:
        """The first or the last midnight of a day over all units."""
        zones: set[tzinfo] = {unit.tz for unit in self._rosters.get().unit.values()} or {UTC}
        return which(datetime.combine(day, time(), zone).astimezone(UTC) for zone in zones)


def chosen(roster: Roster, choice: Choice) -> list[int]:
    """The doctors that fit, in their fixed order."""
    if choice.doctor_id is not None:
        return [choice.doctor_id] if choice.doctor_id in roster.doctors else []
    doctors: Iterable[int] = (one.id for one in roster.doctors.values() if one.active)
    if choice.specialty_id is not None:
        of_it = {doctor for doctor, specialty in roster.rqe if specialty == choice.specialty_id}
        doctors = (one for one in doctors if one in of_it)
    if choice.unit_ids:
        doctors = (one for one in doctors if _works_at(roster, one, choice.unit_ids))
    return list(doctors)


def _works_at(roster: Roster, doctor_id: int, unit_ids: frozenset[int]) -> bool:
    return any(row.unit_id in unit_ids for row in roster.hours_of.get(doctor_id, ()))


def _at(column: Column, unit_ids: frozenset[int]) -> bool:
    return not unit_ids or not unit_ids.isdisjoint(column.unit_ids)


def _visit(row: Any, late: Late | None) -> Visit:
    return Visit(
        row.id, row.code, row.status, row.starts_at, row.ends_at, row.doctor_id, row.unit_id, row.kind_id, row.payer_id,
        row.modality, row.via, row.confirmed_at is not None, row.extra_n is not None, row.patient_id,
        row.pre_registration_id, row.social_name or row.name or "", row.tell_by_phone,
        late.of(row.status, row.starts_at) if late else 0,
    )  # fmt: skip


def _opening(row: Any, now: datetime) -> Opening:
    lapsed = row.status == "held" and row.held_until is not None and row.held_until <= now
    state = ("blocked" if row.off_plan else "free") if lapsed else row.status
    by = (row.hold_token or "").rpartition(":")[0] if state == "held" else ""
    return Opening(row.id, row.doctor_id, row.unit_id, row.modality, row.starts_at, row.ends_at, state, by)
