"""Taking over patients and visits in bulk, into a clinic that nobody uses yet: each kind of row in one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from clinic.clock import Clock
from clinic.names import need
from clinic.offered import add
from clinic.people import search_name
from clinic.transitions import Status, live
from db.session import Database
from db.tables import Appointment, AppointmentChange, OutboxRow, Patient, PatientPhone, Slot, Table


@dataclass(frozen=True, slots=True)
class NewPatient:
    """A patient to take over; `guardian` is the place of the guardian in the same list, and comes before."""

    name: str
    cpf: str | None
    birth_date: date
    phone: str | None = None
    email: str | None = None
    social_name: str | None = None
    usual_payer_id: int | None = None
    usual_unit_id: int | None = None
    guardian: int | None = None
    slow_mode: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """Something in the history of a visit: when, what, the status after it, who ("patient:12") and by which medium."""

    at: datetime
    event: str
    status: Status
    by: str
    via: str


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to take over; `slots` are the ids of the free slots it takes (none for the past).

    `history`: what is known of it, the oldest first; nothing: that it was taken over.
    """

    patient_id: int
    doctor_id: int
    unit_id: int
    specialty_id: int
    kind_id: int
    payer_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    created_at: datetime
    slots: tuple[int, ...] = ()
    price_cents: int | None = None
    cancel_reason: str | None = None
    confirmed_at: datetime | None = None
    answer_by: datetime | None = None
    via: str = "desk"
    history: tuple[Happened, ...] = ()


class Imports:
    """Bulk writing. What it writes obeys the same constraints as what is written one by one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def patients(self, patients: Sequence[NewPatient]) -> list[int]:
        """Take over patients; their ids, in order. Raises IntegrityError where a CPF is on file already."""
        return self._database.write(lambda connection: self._patients(connection, patients))

    def visits(self, visits: Sequence[NewVisit], *, reminded: bool = False) -> list[int]:
        """Take over visits and mark their slots as taken; their ids, in order. `reminded`: of those to come their
        patients will be.

        Raises IntegrityError where a slot, or a patient's time, is taken already.
        """
        return self._database.write(lambda connection: self._visits(connection, visits, reminded))

    def offered(self, rows: Sequence[tuple[int, int, date, int]]) -> None:
        """Take over what was offered in the past: doctor, unit, day and minutes, on top of what is known."""
        self._database.write(lambda connection: add(connection, rows))

    def _patients(self, connection: Connection, patients: Sequence[NewPatient]) -> list[int]:
        now = self._clock()
        ids = _ids(connection, Patient, len(patients))
        rows = [{"id": id_, **_patient(one, ids), "created_at": now} for id_, one in zip(ids, patients, strict=True)]
        phones = [{"patient_id": id_, "number": one.phone} for id_, one in zip(ids, patients, strict=True) if one.phone]
        _insert(connection, Patient, rows)
        _insert(connection, PatientPhone, phones)
        need(connection, now, (one.social_name or one.name for one in patients if one.guardian is not None))
        return ids

    def _visits(self, connection: Connection, visits: Sequence[NewVisit], reminded: bool) -> list[int]:
        ids = _ids(connection, Appointment, len(visits))
        rows = [{"id": id_, **_visit(id_, one)} for id_, one in zip(ids, visits, strict=True)]
        _insert(connection, Appointment, rows)
        pairs = zip(ids, visits, strict=True)
        _insert(connection, AppointmentChange, [change for id_, one in pairs for change in _changes(id_, one)])
        if reminded:
            _insert(connection, OutboxRow, list(_to_be_reminded(ids, visits, self._clock())))
        taken = [{"slot": slot, "by": id_} for id_, one in zip(ids, visits, strict=True) for slot in one.slots]
        if taken:
            change = update(Slot).where(Slot.id == bindparam("slot"))
            connection.execute(change.values(status="booked", appointment_id=bindparam("by")), taken)
        return ids


def _to_be_reminded(ids: Sequence[int], visits: Sequence[NewVisit], now: datetime) -> Iterator[dict[str, Any]]:
    """A fact of each visit to come, from which its reminders follow; that it was taken over is told to nobody."""
    for id_, one in zip(ids, visits, strict=True):
        if one.status == "booked" and one.starts_at > now:
            yield {"kind": "imported", "appointment_id": id_, "status": "waiting", "attempts": 0, "due_at": now,
                   "created_at": now, "by": "system"}  # fmt: skip


def _ids(connection: Connection, table: type[Table], count: int) -> list[int]:
    """The next ids, chosen here: a bulk insert tells none back on every database."""
    first = (connection.scalar(select(func.max(table.__table__.c.id))) or 0) + 1
    return list(range(first, first + count))


def _insert(connection: Connection, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _patient(one: NewPatient, ids: Sequence[int]) -> dict[str, Any]:
    return {
        "cpf": one.cpf, "birth_date": one.birth_date, "name": one.name,
        "name_search": search_name(one.name, one.social_name), "social_name": one.social_name, "email": one.email,
        "usual_payer_id": one.usual_payer_id,
        "usual_unit_id": one.usual_unit_id, "slow_mode": one.slow_mode,
        "guardian_id": None if one.guardian is None else ids[one.guardian],
    }  # fmt: skip


def _visit(id_: int, one: NewVisit) -> dict[str, Any]:
    return {
        "code": f"{id_ * 611_953 % 1_000_000:06d}",  # a prime: every id below a million has a code of its own
        "patient_id": one.patient_id, "doctor_id": one.doctor_id, "unit_id": one.unit_id,
        "specialty_id": one.specialty_id, "kind_id": one.kind_id, "payer_id": one.payer_id, "modality": one.modality,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "slot_id": one.slots[0] if one.slots else None,
        "live": live(one.status), "status": one.status, "cancel_reason": one.cancel_reason,
        "confirmed_at": one.confirmed_at, "confirmed_via": one.confirmed_at and "telephone",
        "answer_by": one.answer_by, "price_cents": one.price_cents, "via": one.via, "created_at": one.created_at,
    }  # fmt: skip


def _changes(id_: int, one: NewVisit) -> Iterator[dict[str, Any]]:
    before = None
    for what in one.history or (Happened(one.created_at, "imported", one.status, "system", one.via),):
        yield {
            "appointment_id": id_, "at": what.at, "event": what.event, "from_status": before,
            "to_status": what.status, "by": what.by, "via": what.via,
        }  # fmt: skip
        before = what.status
