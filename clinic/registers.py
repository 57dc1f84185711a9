"""Long lists, a part at a time, for other programs: patients, appointments and accounts, each as far as one may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from clinic import access
from clinic.audit import AuditTrail
from clinic.users import ROLE_LIST, ROLES, UNIT_LIST, Role, Viewer
from db.session import Database
from db.tables import Appointment, Patient, User


@dataclass(frozen=True, slots=True)
class PatientLine:
    """Enough to find somebody; `name` is the nome social where there is one."""

    id: int
    name: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """An appointment, without names."""

    id: int
    code: str
    status: str
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    unit_id: int
    specialty_id: int | None
    kind_id: int
    payer_id: int | None
    modality: str
    price_cents: int | None
    answer_by: datetime | None
    confirmed_at: datetime | None
    cancel_reason: str | None
    via: str
    replaced_by: int | None
    patient_id: int | None
    series_id: int | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """Somebody who may log in, or might."""

    id: int
    name: str
    active: bool
    patient_id: int | None
    doctor_id: int | None
    roles: tuple[Role, ...]
    unit_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which appointments; what is not given does not matter. `since` and `until` bound the start."""

    patient_id: int | None = None
    doctor_id: int | None = None
    unit_id: int | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None


_A = Appointment
LINE = (
    _A.id, _A.code, _A.status, _A.starts_at, _A.ends_at, _A.doctor_id, _A.unit_id, _A.specialty_id, _A.kind_id,
    _A.payer_id, _A.modality, _A.price_cents, _A.answer_by, _A.confirmed_at, _A.cancel_reason, _A.via, _A.replaced_by,
    _A.patient_id, _A.series_id,
)  # fmt: skip
"""The columns of an AppointmentLine."""
APPOINTMENTS: Any = select(*LINE)  # SQLAlchemy does not type rows this wide
PATIENTS = select(Patient.id, Patient.name, Patient.social_name, Patient.birth_date)
ACCOUNTS = select(User.id, User.name, User.active, User.patient_id, User.doctor_id, ROLE_LIST, UNIT_LIST)


class Registers:
    """Reads; what is read of patients is written down."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database, self._audit = database, audit

    def patients(self, viewer: Viewer, after: int, limit: int, among: Sequence[int] | None = None) -> list[PatientLine]:
        """By id, those that follow `after`; `among`: only these."""
        wanted = PATIENTS.where(access.patients(viewer), Patient.id > after)
        if among is not None:
            wanted = wanted.where(Patient.id.in_(list(among)))
        rows = self._database.rows(wanted.order_by(Patient.id).limit(limit))
        if rows:
            self._audit.add(viewer.ref, "patient.listed", note=f"{rows[0].id}-{rows[-1].id}: {len(rows)}")
        return [PatientLine(row.id, row.social_name or row.name, row.birth_date) for row in rows]

    def appointments(
        self, viewer: Viewer, wanted: Filter, after: tuple[datetime, int] | None, limit: int
    ) -> list[AppointmentLine]:
        """By start, those that follow one of this start and id."""
        which = [access.appointments(viewer), *_conditions(wanted)]
        if after:
            later = and_(_A.starts_at == after[0], _A.id > after[1])
            which.append(or_(_A.starts_at > after[0], later))
        rows = self._database.rows(APPOINTMENTS.where(*which).order_by(_A.starts_at, _A.id).limit(limit))
        return [AppointmentLine(*row) for row in rows]

    def appointment(self, appointment_id: int) -> AppointmentLine:
        """One of them; whether it may be seen is asked before. Raises KeyError."""
        row = self._database.first(APPOINTMENTS.where(_A.id == appointment_id))
        if row is None:
            raise KeyError(appointment_id)
        return AppointmentLine(*row)

    def accounts(self, after: int, limit: int) -> list[AccountLine]:
        """All accounts by id, those that follow `after`."""
        return [
            _account(row) for row in self._database.rows(ACCOUNTS.where(User.id > after).order_by(User.id).limit(limit))
        ]

    def account(self, user_id: int) -> AccountLine:
        """One of them. Raises KeyError."""
        row = self._database.first(ACCOUNTS.where(User.id == user_id))
        if row is None:
            raise KeyError(user_id)
        return _account(row)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    same = {
        _A.patient_id: wanted.patient_id, _A.doctor_id: wanted.doctor_id, _A.unit_id: wanted.unit_id,
        _A.status: wanted.status,
    }  # fmt: skip
    found = [column == value for column, value in same.items() if value is not None]
    found += [_A.starts_at >= wanted.since] if wanted.since else []
    return found + ([_A.starts_at < wanted.until] if wanted.until else [])


def _account(row: Any) -> AccountLine:
    roles = (row.roles or "").split(",")
    units = sorted(int(one) for one in (row.units or "").split(",") if one)
    return AccountLine(
        row.id, row.name, row.active, row.patient_id, row.doctor_id, tuple(one for one in ROLES if one in roles),
        tuple(units),
    )  # fmt: skip
