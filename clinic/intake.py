"""Who comes to the desk for the first time, or was only heard on the telephone so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic import appointments, live
from clinic.appointments import Act
from clinic.audit import AuditTrail
from clinic.cards import PatientData, patient_of
from clinic.clock import Clock
from clinic.patient_accounts import Contact, follow_card
from clinic.patient_forms import Invalid, PatientForm, PatientRecord, read
from clinic.people import Person, search_name
from clinic.profile import ChangedMeanwhile
from clinic.taking import check_overlap
from db.retry import taken
from db.session import Database
from db.tables import (
    Appointment,
    Patient,
    PatientPhone,
    PreRegistration,
    VoiceNote,
    Waiting,
)

TOPIC = "patient"
VIA = "desk"
OPEN = "new"
DECLINED = "refused"
Still = Callable[[PatientData], bool]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A record made by telephone that nobody has completed yet; `same_cpf`: the patient who has that CPF."""

    id: int
    cpf: str | None
    birth_date: date
    phone: str | None
    protocol: str | None
    created_at: datetime
    note_id: int | None
    visits: int
    same_cpf: int | None


class Settled(Exception):
    """Somebody at the desk has dealt with it already."""


_PRE = PreRegistration
_VISITS = select(func.count()).where(Appointment.pre_registration_id == _PRE.id, Appointment.live == 1).correlate(_PRE)
WAITING = (
    select(_PRE.id, _PRE.cpf, _PRE.birth_date, _PRE.phone, _PRE.protocol, _PRE.created_at, _PRE.name_note_id)
    .add_columns(_VISITS.scalar_subquery().label("visits"), Patient.id.label("same_cpf"))
    .outerjoin(Patient, Patient.cpf == _PRE.cpf)
    .where(_PRE.status == OPEN)
)


class Intake:
    """Writes patients from what is typed at the desk, and turns pre-registrations into patients."""

    def __init__(self, database: Database, audit: AuditTrail, recordings: Path, clock: Clock) -> None:
        self._database, self._audit, self._recordings, self._clock = database, audit, recordings, clock

    def register(self, form: PatientForm, by: str) -> int:
        """A new patient; the id. Raises Invalid."""
        record = read(form, self._today())

        def work(connection: Connection) -> int:
            if record.guardian_id is not None:
                _check_new(connection, record, record.guardian_id)
            return self._insert(connection, record)

        new = self._saved(work, record)
        self._audit.add(by, "patient.created", "patient", new)
        return new

    def correct(self, patient_id: int, form: PatientForm, by: str, still: Still = lambda _now: True) -> None:
        """What is on file is replaced. `still`: whether what stands there at this very moment may be.

        Raises Invalid, KeyError, ChangedMeanwhile.
        """
        record = read(form, self._today())
        if record.guardian_id == patient_id:
            raise Invalid({"guardian_id": "self"})

        def work(connection: Connection) -> int:
            mine = update(Patient).where(Patient.id == patient_id)
            connection.execute(mine.values(id=patient_id))  # others wait here
            before = patient_of(connection, patient_id)
            if not still(before):
                raise ChangedMeanwhile
            connection.execute(mine.values(**_columns(record)))
            connection.execute(delete(PatientPhone).where(PatientPhone.patient_id == patient_id))
            _add_phones(connection, patient_id, record.phones)
            follow_card(connection, self._clock(), patient_id, Contact(record.phones, before.email, record.email))
            self._tell(connection, patient_id)
            return patient_id

        self._saved(work, record)
        self._audit.add(by, "patient.changed", "patient", patient_id)

    def waiting(self) -> list[Unfinished]:
        """Pre-registrations nobody has dealt with, the oldest first."""
        return [Unfinished(*row) for row in self._database.rows(WAITING.order_by(_PRE.created_at, _PRE.id).limit(200))]

    def count(self) -> int:
        """How many wait."""
        row = self._database.first(select(func.count()).select_from(_PRE).where(_PRE.status == OPEN))
        return int(row[0]) if row else 0

    def one(self, pre_id: int) -> Unfinished:
        """One that still waits. Raises Settled when it was dealt with, or never was."""
        row: Any = self._database.first(WAITING.where(_PRE.id == pre_id))
        if row is None:
            raise Settled
        return Unfinished(*row)

    def exists(self, pre_id: int) -> bool:
        """Whether there ever was one."""
        return self._database.first(select(_PRE.id).where(_PRE.id == pre_id)) is not None

    def spoken_name(self, pre_id: int) -> Path | None:
        """The recording of the name, where there is one."""
        wanted = select(VoiceNote.path).join(_PRE, _PRE.name_note_id == VoiceNote.id).where(_PRE.id == pre_id)
        row = self._database.first(wanted)
        return self._recordings / row[0] if row and row[0] else None

    def complete(self, pre_id: int, form: PatientForm, by: str) -> int:
        """It becomes a patient of its own, with all that was booked; the id. Raises Invalid, Settled."""
        record = read(form, self._today())

        def work(connection: Connection) -> int:
            self._claim(connection, pre_id, "completed")
            patient_id = self._insert(connection, record)
            self._hand_over(connection, pre_id, patient_id)
            return patient_id

        new = self._saved(work, record)
        self._audit.add(by, "pre_registration.completed", "pre_registration", pre_id)
        return new

    def merge(self, pre_id: int, patient_id: int, by: str) -> None:
        """It is this patient, who is on file already. Raises Settled, KeyError, Overlaps (both have that time)."""

        def work(connection: Connection) -> None:
            appointments.lock(connection, Person("patient", patient_id, "", date.min))
            self._claim(connection, pre_id, "merged")
            self._hand_over(connection, pre_id, patient_id)

        self._database.write(work)
        self._audit.add(by, "pre_registration.merged", "pre_registration", pre_id)

    def refuse(self, pre_id: int, by: str, note: str = "") -> None:
        """Nobody real, or nobody the clinic can see: what was booked is cancelled, the time is free. Raises Settled."""
        act = Act(by, VIA, self._clock(), note=note)

        def work(connection: Connection) -> None:
            self._claim(connection, pre_id, DECLINED)
            mine = appointments.FULL.where(Appointment.pre_registration_id == pre_id, Appointment.live == 1)
            rows = connection.execute(mine).all()
            for row in rows:
                if row.replaces in {one.id for one in rows}:
                    continue  # a request to move a visit ends with it
                appointments.change(connection, row, "cancelled", act, cancel_reason=DECLINED)
                appointments.let_go(connection, row, act.at)
            wishes = update(Waiting).where(Waiting.pre_registration_id == pre_id, Waiting.live == 1)
            connection.execute(wishes.values(live=None, status="gone"))

        self._database.write(work)
        self._audit.add(by, "pre_registration.refused", "pre_registration", pre_id)

    def _today(self) -> date:
        return self._clock().date()

    def _saved(self, work: Any, record: PatientRecord) -> int:
        """Run it; a CPF somebody has is told with who it is."""
        try:
            return int(self._database.write(work))
        except IntegrityError as error:
            if not taken(error):
                raise
            row = self._database.first(select(Patient.id).where(Patient.cpf == record.cpf))
            raise Invalid({"cpf": "taken"}, row.id if row else None) from error

    def _insert(self, connection: Connection, record: PatientRecord) -> int:
        values = {**_columns(record), "created_at": self._clock()}
        new: int = connection.execute(insert(Patient).values(**values)).lastrowid
        _add_phones(connection, new, record.phones)
        self._tell(connection, new)
        return new

    def _claim(self, connection: Connection, pre_id: int, status: str) -> None:
        """Whoever deals with it first has it. Raises Settled."""
        waits = update(_PRE).where(_PRE.id == pre_id, _PRE.status == OPEN)
        if not connection.execute(waits.values(status=status, booking_version=_PRE.booking_version + 1)).rowcount:
            raise Settled
        live.put(connection, "pre_registration", pre_id, at=self._clock())

    def _hand_over(self, connection: Connection, pre_id: int, patient_id: int) -> None:
        """All that was the pre-registration's becomes the patient's. Raises Overlaps."""
        person = Person("patient", patient_id, "", date.min)
        theirs = appointments.live_ones(connection, person, self._clock())
        mine = connection.execute(
            appointments.TAKEN.where(Appointment.pre_registration_id == pre_id, Appointment.live == 1)
        )
        for visit in mine.all():
            check_overlap(connection, theirs, visit.starts_at, visit.ends_at)
        for table in (Appointment, VoiceNote):
            rows = update(table).where(table.pre_registration_id == pre_id)
            connection.execute(rows.values(patient_id=patient_id, pre_registration_id=None))
        self._hand_over_wishes(connection, pre_id, patient_id)
        connection.execute(update(_PRE).where(_PRE.id == pre_id).values(patient_id=patient_id))
        for row in connection.execute(
            select(Appointment.id).where(Appointment.patient_id == patient_id, Appointment.live == 1)
        ):
            live.put_appointment(connection, row.id, self._clock())

    def _hand_over_wishes(self, connection: Connection, pre_id: int, patient_id: int) -> None:
        """A wish spells who waits; one the patient has already is not doubled."""
        columns = select(Waiting.id, Waiting.wish, Waiting.live)
        mine = connection.execute(columns.where(Waiting.pre_registration_id == pre_id)).all()
        theirs = set(
            connection.scalars(select(Waiting.wish).where(Waiting.patient_id == patient_id, Waiting.live == 1))
        )
        for row in mine:
            wish = row.wish.replace(f"pre_registration:{pre_id}", f"patient:{patient_id}", 1)
            values: dict[str, Any] = {"patient_id": patient_id, "pre_registration_id": None, "wish": wish}
            if wish in theirs:
                values |= {"live": None, "status": "merged"}
            connection.execute(update(Waiting).where(Waiting.id == row.id).values(**values))

    def _tell(self, connection: Connection, patient_id: int) -> None:
        live.put(connection, TOPIC, patient_id, at=self._clock(), patient_id=patient_id)


def _check_new(connection: Connection, record: PatientRecord, guardian_id: int) -> None:
    """A child may have no CPF, so that nothing else tells a form that came again. Raises Invalid."""
    connection.execute(update(Patient).where(Patient.id == guardian_id).values(id=guardian_id))  # others wait here
    theirs = (Patient.guardian_id == guardian_id, Patient.birth_date == record.birth_date, Patient.name == record.name)
    if found := connection.scalar(select(Patient.id).where(*theirs)):
        raise Invalid({"name": "twice"}, found)


def _columns(record: PatientRecord) -> dict[str, Any]:
    return {
        "name": record.name, "name_search": search_name(record.name, record.social_name),
        "social_name": record.social_name, "birth_date": record.birth_date, "cpf": record.cpf, "email": record.email,
        "guardian_id": record.guardian_id, "usual_payer_id": record.usual_payer_id,
        "usual_unit_id": record.usual_unit_id,
    }  # fmt: skip


def _add_phones(connection: Connection, patient_id: int, numbers: Sequence[str]) -> None:
    if numbers:
        connection.execute(insert(PatientPhone), [{"patient_id": patient_id, "number": one} for one in numbers])
