"""Visits and offered time of a period in figures: aggregate queries alone, one pass over the rows for each of them.

A visit belongs to the day it begins on, by the clock of its unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from clinic.roster import UnitInfo
from db.moments import LocalDate, MinutesBetween
from db.tables import Appointment, AppointmentChange, Doctor, OfferedTime, Slot

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
TAKEN_BACK = ("withdrawn", "undone", "with_visit")
REFUSED = ("declined", "expired", "refused")
_A = Appointment


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted: days, the units and doctors in play, and of whose visits; None means all."""

    first: date
    last: date
    units: tuple[UnitInfo, ...]
    doctors: tuple[int, ...]
    specialty_id: int | None = None
    payer_id: int | None = None
    via: str | None = None

    @property
    def zones(self) -> dict[ZoneInfo, list[int]]:
        """The units by their clock."""
        found: dict[ZoneInfo, list[int]] = {}
        for unit in self.units:
            found.setdefault(unit.tz, []).append(unit.id)
        return found

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When the period begins and has ended, by a clock."""
        begin, end = (datetime.combine(day, time(), zone) for day in (self.first, self.last + DAY))
        return begin.astimezone(UTC), end.astimezone(UTC)


def by_people(scope: Scope, now: datetime) -> Select[Any]:
    """Doctor, unit, outcome and how many, minutes, encaixes."""
    visits = _visits(scope, now)
    return _counted(visits, visits.c.doctor_id, visits.c.unit_id)


def by_way(scope: Scope, now: datetime) -> Select[Any]:
    """Payer, medium, outcome and how many, minutes, encaixes."""
    visits = _visits(scope, now)
    return _counted(visits, visits.c.payer_id, visits.c.via)


def by_day(scope: Scope, now: datetime) -> Select[Any]:
    """Day, outcome and how many, minutes, encaixes."""
    visits = _visits(scope, now)
    return _counted(visits, visits.c.day)


def leads(scope: Scope, now: datetime) -> Select[Any]:
    """Whole hours from booking to visit, and how many waited so long; encaixes are left out."""
    visits = _visits(scope, now)
    hours = (visits.c.lead / literal_column("60.0")).label("hours")
    return _grouped(select(func.floor(hours).label("hours")).where(visits.c.planned == 1), "hours")


def given_up(scope: Scope, now: datetime) -> Select[Any]:
    """Reason, who gave it up (patient, team, system, imported) and how many."""
    visits, change = _visits(scope, now), AppointmentChange
    who = case(
        (change.event == "imported", "imported"),
        (change.by.like("user:%"), "team"),
        (or_(change.by.like("patient:%"), change.by.like("pre\\_registration:%", escape="\\")), "patient"),
        else_="system",
    )
    last = and_(
        change.appointment_id == visits.c.id,
        change.to_status == "cancelled",
        func.coalesce(change.from_status, "") != "cancelled",
    )
    rows = select(visits.c.reason.label("reason"), who.label("who")).join_from(visits, change, last)
    return _grouped(rows.where(visits.c.outcome.in_(("cancelled", "refused"))), "reason", "who")


def offered_by_people(scope: Scope) -> Select[Any]:
    """Doctor, unit and offered minutes."""
    time_ = _offered(scope)
    return select(time_.c.doctor_id, time_.c.unit_id, func.sum(time_.c.minutes)).group_by(
        time_.c.doctor_id, time_.c.unit_id
    )


def offered_by_day(scope: Scope) -> Select[Any]:
    """Day and offered minutes."""
    time_ = _offered(scope)
    return select(time_.c.day, func.sum(time_.c.minutes)).group_by(time_.c.day)


def next_free(doctors: Sequence[int], unit_id: int | None, now: datetime, places: int = 3) -> Any:
    """Doctor, unit and start of each doctor's first free times; one dive into the index of the search for each."""
    return union_all(*(_free_at(doctors, unit_id, now, place) for place in range(places)))


def _free_at(doctors: Sequence[int], unit_id: int | None, now: datetime, place: int) -> Any:
    inner, outer = aliased(Slot), aliased(Slot)
    free = select(inner.id).where(inner.doctor_id == Doctor.id, inner.status == "free", inner.starts_at > now)
    if unit_id is not None:
        free = free.where(inner.unit_id == unit_id)
    nth = free.order_by(inner.starts_at).limit(1).offset(place).correlate(Doctor).scalar_subquery()
    return (
        select(Doctor.id, outer.unit_id, outer.starts_at)
        .join_from(Doctor, outer, outer.id == nth)
        .where(Doctor.id.in_(doctors))
    )


def _counted(visits: Subquery, *keys: ColumnElement[Any]) -> Select[Any]:
    sums = (func.count(), func.sum(visits.c.minutes), func.sum(visits.c.extra))
    by = (*keys, visits.c.outcome)
    return select(*by, *sums).where(visits.c.outcome != "undone").group_by(*by)


def _grouped(rows: Select[Any], *names: str) -> Select[Any]:
    """The rows' columns of those names, and how many there are of each."""
    inner = rows.subquery()
    keys = [inner.c[name] for name in names]
    return select(*keys, func.count()).group_by(*keys)


def _visits(scope: Scope, now: datetime) -> Subquery:
    """One row a visit; `planned`: it has its time, and is no encaixe.

    A visit whose first slot has left the working hours takes no offered minutes.
    """
    outcome = _outcome(now)
    happens = and_(_A.status != "cancelled", or_(_A.status != "pending", _A.ends_at > now))
    in_plan = and_(_A.extra_day.is_(None), func.coalesce(Slot.off_plan, False).is_(False), happens)
    columns = (
        _A.id, _A.doctor_id, _A.unit_id, _A.payer_id, _A.via, _A.cancel_reason.label("reason"),
        outcome.label("outcome"), LocalDate(_A.starts_at, _ahead(_A, scope)).label("day"),
        case((in_plan, MinutesBetween(_A.starts_at, _A.ends_at)), else_=0).label("minutes"),
        case((and_(_A.extra_day.is_not(None), happens), 1), else_=0).label("extra"),
        case((and_(_A.extra_day.is_(None), happens), 1), else_=0).label("planned"),
        MinutesBetween(_A.created_at, _A.starts_at).label("lead"),
    )  # fmt: skip
    rows = select(*columns).join_from(_A, Slot, Slot.id == _A.slot_id, isouter=True).where(_within(_A, scope))
    for column, wanted in ((_A.specialty_id, scope.specialty_id), (_A.payer_id, scope.payer_id), (_A.via, scope.via)):
        rows = rows if wanted is None else rows.where(column == wanted)
    return rows.subquery()


def _outcome(now: datetime) -> ColumnElement[str]:
    """What came of a visit; "undone" is what was taken back at once and counts for nothing."""
    again = aliased(Appointment)
    restored = exists().where(
        again.code == _A.code, again.doctor_id == _A.doctor_id, again.starts_at == _A.starts_at, again.id > _A.id
    )
    return case(
        (_A.status.in_(("fulfilled", "arrived")), "seen"),
        (_A.status == "noshow", "noshow"),
        (and_(_A.status != "cancelled", _A.ends_at > now), "to_come"),
        (_A.status == "booked", "unmarked"),
        (_A.status == "pending", "refused"),
        (or_(_A.cancel_reason.in_(TAKEN_BACK), restored), "undone"),
        (_A.cancel_reason == "moved", "moved"),
        (_A.cancel_reason.in_(REFUSED), "refused"),
        else_="cancelled",
    )


def _offered(scope: Scope) -> Subquery:
    """Minutes in the working hours that were, or are, to be had: free, held or taken; and those kept of the past."""
    minutes = MinutesBetween(Slot.starts_at, Slot.ends_at)
    there = select(
        Slot.doctor_id, Slot.unit_id, LocalDate(Slot.starts_at, _ahead(Slot, scope)).label("day"),
        minutes.label("minutes"),
    ).where(_within(Slot, scope), Slot.status != "blocked", Slot.off_plan.is_(False))  # fmt: skip
    kept = OfferedTime
    gone = select(kept.doctor_id, kept.unit_id, kept.day, kept.minutes).where(
        kept.doctor_id.in_(scope.doctors), kept.unit_id.in_([unit.id for unit in scope.units]),
        kept.day.between(scope.first, scope.last),
    )  # fmt: skip
    return union_all(there, gone).subquery()


def _within(table: Any, scope: Scope) -> ColumnElement[bool]:
    """Doctors by name: their agendas are read, by an index there is, and nobody else's."""
    spans = [(ids, *scope.bounds(zone)) for zone, ids in scope.zones.items()]
    each = [and_(table.unit_id.in_(ids), table.starts_at >= a, table.starts_at < b) for ids, a, b in spans]
    return and_(
        table.doctor_id.in_(scope.doctors),
        table.starts_at >= min(span[1] for span in spans),
        table.starts_at < max(span[2] for span in spans),
        or_(*each),
    )


def _ahead(table: Any, scope: Scope) -> Any:
    """How many minutes the clock of a row's unit is ahead of UTC then."""
    rows = [
        (ids, until, minutes)
        for zone, ids in scope.zones.items()
        for until, minutes in offsets(zone, *scope.bounds(zone))
    ]
    if len({minutes for *_, minutes in rows}) == 1:
        return literal(rows[0][2])
    return case(
        *((and_(table.unit_id.in_(ids), table.starts_at < until), minutes) for ids, until, minutes in rows), else_=0
    )


def offsets(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Until when a clock is how many minutes ahead of UTC, in order, from `start` to `end`."""
    at, ahead = start, _minutes(zone, start)
    while at < end:
        after = min(at + DAY, end)
        if _minutes(zone, after) != ahead:
            after = at
            while _minutes(zone, after) == ahead:
                after += QUARTER
            yield after, ahead
            ahead = _minutes(zone, after)
        at = after
    yield end, ahead


def _minutes(zone: ZoneInfo, at: datetime) -> int:
    return (at.astimezone(zone).utcoffset() or timedelta()) // MINUTE
