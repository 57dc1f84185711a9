"""A patient's card: who they are, what was and will be, and how it came to be. Reading it leaves a trace."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from clinic import protocols
from clinic.audit import AuditTrail
from clinic.registers import LINE, AppointmentLine, PatientLine
from db.session import Database
from db.tables import Appointment, AppointmentChange, Patient, PatientPhone, PreRegistration, Protocol, Waiting

MOST_VISITS = 100
MOST_CHANGES = 300


@dataclass(frozen=True, slots=True)
class PatientData:
    """Who somebody is; `name` as on the documents, `social_name` is the one to say and show where there is one."""

    id: int
    name: str
    social_name: str | None
    birth_date: date
    cpf: str | None
    email: str | None
    phones: tuple[str, ...]
    usual_payer_id: int | None
    usual_unit_id: int | None
    guardian_id: int | None
    created_at: datetime

    @property
    def called(self) -> str:
        """The name to say and to show."""
        return self.social_name or self.name


@dataclass(frozen=True, slots=True)
class Change:
    """A line of an appointment's history; `by` as in histories ("user:3", "patient:12", "system")."""

    id: int
    appointment_id: int
    at: datetime
    event: str
    by: str
    via: str
    note: str
    protocol: str | None = None


@dataclass(frozen=True, slots=True)
class CardVisit(AppointmentLine):
    """An appointment on the card, with what happened to it."""

    pre_registration_id: int | None
    extra_reason: str | None
    tell_by_phone: bool
    return_of: int | None
    slot_id: int | None
    caller: str | None
    changes: tuple[Change, ...] = ()

    @property
    def protocol(self) -> str:
        """Of the last contact about it; "" where there was none."""
        return next((one.protocol for one in reversed(self.changes) if one.protocol), "")


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody waits for a time."""

    id: int
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    period: str | None
    protocol: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """All of it; visits are the newest first."""

    patient: PatientData
    guardian: PatientLine | None
    dependants: tuple[PatientLine, ...]
    visits: tuple[CardVisit, ...]
    waiting: tuple[Wish, ...]
    pre_registrations: tuple[int, ...]


_P, _A = Patient, Appointment
PATIENT = select(
    _P.id, _P.name, _P.social_name, _P.birth_date, _P.cpf, _P.email, _P.usual_payer_id, _P.usual_unit_id,
    _P.guardian_id, _P.created_at,
)  # fmt: skip
VISITS = select(*LINE).add_columns(
    _A.pre_registration_id, _A.extra_reason, _A.tell_by_phone, _A.return_of, _A.slot_id, _A.caller
)
CHANGES = select(
    AppointmentChange.id, AppointmentChange.appointment_id, AppointmentChange.at, AppointmentChange.event,
    AppointmentChange.by, AppointmentChange.via, AppointmentChange.note, protocols.NUMBER,
).outerjoin(Protocol, protocols.OF_CALL)  # fmt: skip
WISHES = select(
    Waiting.id, Waiting.specialty_id, Waiting.doctor_id, Waiting.unit_id, Waiting.period, Waiting.protocol,
    Waiting.created_at,
)  # fmt: skip


class Cards:
    """Reads cards and appointments, in the name of who looks (`by`)."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database, self._audit = database, audit

    def card(self, patient_id: int, by: str) -> Card:
        """One patient's card. Raises KeyError."""
        patient = self.patient(patient_id)
        self._audit.add(by, "patient.read", "patient", patient_id)
        around = select(_P.id, _P.name, _P.social_name, _P.birth_date)
        near = around.where(or_(_P.guardian_id == patient_id, _P.id == (patient.guardian_id or 0)))
        family = [
            PatientLine(row[0], row[2] or row[1], row[3]) for row in self._database.rows(near.order_by(_P.birth_date))
        ]
        waits = WISHES.where(Waiting.patient_id == patient_id, Waiting.live == 1).order_by(Waiting.created_at)
        pre = select(PreRegistration.id).where(PreRegistration.patient_id == patient_id)
        visits = VISITS.where(_A.patient_id == patient_id).order_by(_A.starts_at.desc(), _A.id.desc())
        return Card(
            patient,
            next((one for one in family if one.id == patient.guardian_id), None),
            tuple(one for one in family if one.id != patient.guardian_id),
            tuple(self._with_changes(self._database.rows(visits.limit(MOST_VISITS)))),
            tuple(Wish(*row) for row in self._database.rows(waits)),
            tuple(row.id for row in self._database.rows(pre.order_by(PreRegistration.id))),
        )

    def visit(self, appointment_id: int, by: str) -> CardVisit:
        """One appointment with its history. Raises KeyError."""
        rows = self._database.rows(VISITS.where(_A.id == appointment_id))
        if not rows:
            raise KeyError(appointment_id)
        if rows[0].patient_id is not None:
            self._audit.add(by, "patient.read", "patient", rows[0].patient_id, f"appointment:{appointment_id}")
        return self._with_changes(rows)[0]

    def patient(self, patient_id: int) -> PatientData:
        """Who somebody is, without a trace: for who has been let in already. Raises KeyError."""
        with self._database.read() as connection:
            return patient_of(connection, patient_id)

    def _with_changes(self, rows: Any) -> list[CardVisit]:
        if not rows:
            return []
        lines = CHANGES.where(AppointmentChange.appointment_id.in_([row.id for row in rows]))
        found: dict[int, list[Change]] = {}
        for line in self._database.rows(lines.order_by(AppointmentChange.id).limit(MOST_CHANGES)):
            found.setdefault(line.appointment_id, []).append(Change(*line))
        return [CardVisit(*(*row, tuple(found.get(row.id, ())))) for row in rows]


def patient_of(connection: Connection, patient_id: int) -> PatientData:
    """Who somebody is; in a transaction that holds the row it is exact. Raises KeyError."""
    row: Any = connection.execute(PATIENT.where(_P.id == patient_id)).first()
    if row is None:
        raise KeyError(patient_id)
    numbers = select(PatientPhone.number).where(PatientPhone.patient_id == patient_id)
    phones = tuple(connection.scalars(numbers.order_by(PatientPhone.number)))
    return PatientData(*(*row[:6], phones, *row[6:]))
