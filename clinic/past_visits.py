"""What earlier visits mean for the next one: a retorno that is open, and the last doctor."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from clinic.people import Person
from clinic.roster import Roster
from clinic.terms import local_day
from db.tables import Appointment

LONGEST_RETURN = timedelta(days=366)
KEPT = ("booked", "arrived", "fulfilled")


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


def returnable(person: Person, now: datetime, but: int = 0) -> Any:
    """Consultations that took place and have no retorno yet (except the appointment `but`), the newest first."""
    retorno = aliased(Appointment)
    used = exists().where(
        retorno.return_of == Appointment.id, retorno.id != but, retorno.status.in_(("pending", *KEPT))
    )
    wanted = select(Appointment.id, Appointment.doctor_id, Appointment.specialty_id, Appointment.unit_id)
    return (
        wanted.add_columns(Appointment.payer_id, Appointment.kind_id, Appointment.starts_at)
        .where(of(person), Appointment.status == "fulfilled", Appointment.starts_at > now - LONGEST_RETURN, ~used)
        .order_by(Appointment.starts_at.desc())
    )


def open_return(roster: Roster, row: Any, today: date) -> OpenReturn | None:
    """A row of `returnable` as an open retorno: of a consultation, within the doctor's days, the doctor still here."""
    kinds = {kind.id for kind in roster.kinds if kind.code in ("first", "consultation")}
    doctor = roster.doctors.get(row.doctor_id)
    if row.kind_id not in kinds or row.specialty_id is None or row.unit_id not in roster.unit:
        return None
    if doctor is None or not doctor.active:
        return None
    until = local_day(roster, row.unit_id, row.starts_at) + timedelta(days=doctor.return_days)
    found = OpenReturn(row.id, row.doctor_id, row.specialty_id, row.unit_id, row.payer_id, until)
    return found if today <= until else None


def last_visit(person: Person, now: datetime) -> Any:
    """The visits that took place (or were to), the newest first."""
    wanted = select(Appointment.doctor_id, Appointment.specialty_id, Appointment.unit_id, Appointment.payer_id)
    past = wanted.where(of(person), Appointment.status.in_(KEPT), Appointment.starts_at < now)
    return past.where(Appointment.specialty_id.is_not(None)).order_by(Appointment.starts_at.desc())
