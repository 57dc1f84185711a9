"""What earlier visits mean for the next one: a retorno that is open, and the last doctor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from clinic.people import Person
from clinic.roster import Roster
from clinic.terms import local_day
from clinic.whose import of_each_kind
from db.prepared import Query, among
from db.tables import Appointment

LONGEST_RETURN = timedelta(days=366)
KEPT = ("booked", "arrived", "fulfilled")


_RETORNO = aliased(Appointment)
VISIT_OF_RETURN = (
    select(Appointment.doctor_id, Appointment.unit_id, Appointment.starts_at)
    .join(_RETORNO, _RETORNO.return_of == Appointment.id)
    .where(_RETORNO.id == bindparam("retorno"))
)


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A consultation (`appointment_id`) whose retorno is still to be had, on `until` at the latest."""

    appointment_id: int
    doctor_id: int
    specialty_id: int
    unit_id: int
    payer_id: int | None
    until: date


@dataclass(frozen=True, slots=True)
class LastDoctor:
    """With whom, where and how paid the last visit was."""

    doctor_id: int
    specialty_id: int
    unit_id: int
    payer_id: int | None


def of(person: Person) -> ColumnElement[bool]:
    """The appointments of a person."""
    column = Appointment.patient_id if person.kind == "patient" else Appointment.pre_registration_id
    return column == person.id


def _returnable(theirs: ColumnElement[bool]) -> Any:
    used = exists().where(
        _RETORNO.return_of == Appointment.id,
        _RETORNO.id != bindparam("but"),
        or_(_RETORNO.replaces.is_(None), _RETORNO.replaces != bindparam("but")),
        among(_RETORNO.status, ("pending", *KEPT)),
    )
    wanted = select(Appointment.id, Appointment.doctor_id, Appointment.specialty_id, Appointment.unit_id)
    return (
        wanted.add_columns(Appointment.payer_id, Appointment.kind_id, Appointment.starts_at)
        .where(theirs, Appointment.status == "fulfilled", Appointment.starts_at > bindparam("since"), ~used)
        .order_by(Appointment.starts_at.desc())
    )


def _last_visit(theirs: ColumnElement[bool]) -> Any:
    wanted = select(Appointment.doctor_id, Appointment.specialty_id, Appointment.unit_id, Appointment.payer_id)
    past = wanted.where(theirs, among(Appointment.status, KEPT), Appointment.starts_at < bindparam("now"))
    return past.where(Appointment.specialty_id.is_not(None)).order_by(Appointment.starts_at.desc()).limit(1)


def _seen(theirs: ColumnElement[bool]) -> Any:
    visits = select(Appointment.id).where(theirs, Appointment.doctor_id == bindparam("doctor"))
    return visits.where(among(Appointment.status, KEPT)).limit(1)


def _seen_doctors(theirs: ColumnElement[bool]) -> Any:
    return select(Appointment.doctor_id).where(theirs, among(Appointment.status, KEPT)).distinct()


RETURNABLE = of_each_kind(_returnable)
"""Consultations that took place and have no retorno yet (except the appointment `:but`, and what asks to move it), the
newest first."""
RETURNABLE_OF_MANY = _returnable(Appointment.patient_id.in_(bindparam("people", expanding=True))).add_columns(
    Appointment.patient_id
)
"""The same of several patients."""
LAST_VISIT = of_each_kind(_last_visit)
"""The newest visit that took place (or was to) before `:now`."""
SEEN = of_each_kind(_seen)
"""Whether there was, or is to be, a visit with `:doctor`."""
SEEN_DOCTORS = of_each_kind(_seen_doctors)
"""With whom there was, or is to be, one."""


def returnable(person: Person, now: datetime, but: int = 0) -> dict[str, Any]:
    """The parameters of RETURNABLE."""
    return {"person": person.id, "since": now - LONGEST_RETURN, "but": but}


def returnable_and_last(
    person: Person, now: datetime
) -> tuple[tuple[Query, dict[str, Any]], tuple[Query, dict[str, Any]]]:
    """RETURNABLE and LAST_VISIT with their parameters."""
    mine = {"person": person.id, "now": now}
    return (RETURNABLE[person.kind], returnable(person, now)), (LAST_VISIT[person.kind], mine)


def returnable_of_many(patients: Iterable[Person], now: datetime) -> dict[str, Any]:
    """The parameters of RETURNABLE_OF_MANY."""
    return {"people": [one.id for one in patients], "since": now - LONGEST_RETURN, "but": 0}


def first_open(roster: Roster, rows: Iterable[Any], now: datetime) -> OpenReturn | None:
    """The newest of these consultations whose retorno is open today, by the clock of its unit."""
    for row in rows:
        today = local_day(roster, row.unit_id, now) if row.unit_id in roster.unit else now.date()
        found = open_return(roster, row, today)
        if found:
            return found
    return None


def last_here(roster: Roster, rows: Iterable[Any]) -> LastDoctor | None:
    """With whom the visit of a row of LAST_VISIT was, if that doctor still works here."""
    last = next((LastDoctor(*row) for row in rows), None)
    here = last is not None and last.doctor_id in roster.announceable.get(last.specialty_id, ())
    return last if here else None


def open_return(roster: Roster, row: Any, today: date) -> OpenReturn | None:
    """A row of `returnable` as an open retorno: of a consultation, within the doctor's days, the doctor still here."""
    kinds = {kind.id for kind in roster.kinds if kind.code in ("first", "consultation")}
    if row.kind_id not in kinds or row.doctor_id not in roster.announceable.get(row.specialty_id, ()):
        return None
    until = last_day(roster, row)
    found = OpenReturn(row.id, row.doctor_id, row.specialty_id, row.unit_id, row.payer_id, until)
    return found if today <= until else None


def last_day(roster: Roster, visit: Any) -> date:
    """Until when the retorno of a consultation may be had."""
    day = local_day(roster, visit.unit_id, visit.starts_at)
    return day + timedelta(days=roster.doctors[visit.doctor_id].return_days)
