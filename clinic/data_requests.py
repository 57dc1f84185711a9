"""What patients ask about their data, and what the desk does with it: access, correction, erasure (LGPD art. 18)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Update, delete, func, insert, select, update

from clinic import live
from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.session_ends import end_sessions
from db.session import Database
from db.tables import (
    Appointment,
    CallRecord,
    DataRequest,
    Identity,
    LoginSession,
    Patient,
    PatientPhone,
    PreRegistration,
    Undeliverable,
    User,
    UserRole,
    Waiting,
)

Kind = Literal["access", "correction", "erasure"]
ANSWER_WITHIN = timedelta(days=15)
"""LGPD art. 19, II."""
MOST = 200
TOPIC = "data_request"


class NotDone(Exception):
    """What was asked for cannot be done yet; the request waits on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `until`: by when it is to be answered."""

    id: int
    patient_id: int
    kind: Kind
    text: str
    status: str
    created_at: datetime
    done_at: datetime | None
    note: str

    @property
    def until(self) -> datetime:
        """By when it is to be answered."""
        return self.created_at + ANSWER_WITHIN


_COLUMNS = select(
    DataRequest.id, DataRequest.patient_id, DataRequest.kind, DataRequest.text, DataRequest.status,
    DataRequest.created_at, DataRequest.done_at, DataRequest.note,
)  # fmt: skip


class DataRequests:
    """Writes requests down, and settles them."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def ask(self, patient_id: int, kind: Kind, text: str = "") -> int:
        """A new request; one that waits already with the same words is not doubled."""
        mine = (DataRequest.patient_id == patient_id, DataRequest.kind == kind, DataRequest.status == "open")
        waiting = self._database.first(select(DataRequest.id).where(*mine, DataRequest.text == text))
        if waiting:
            return int(waiting[0])
        now = self._clock()
        row = {"patient_id": patient_id, "kind": kind, "text": text, "created_at": now}

        def work(connection: Connection) -> int:
            new = int(connection.execute(insert(DataRequest).values(**row)).lastrowid)
            live.put(connection, TOPIC, new, at=now, patient_id=patient_id)
            return new

        return self._database.write(work)

    def open(self) -> list[tuple[Asked, str]]:
        """Those nobody has answered, the oldest first, each with the patient's name."""
        named = _COLUMNS.add_columns(Patient.name, Patient.social_name).join(Patient)
        rows: Any = self._database.rows(named.where(DataRequest.status == "open").order_by(DataRequest.id).limit(MOST))
        return [(Asked(*row[:8]), row[9] or row[8]) for row in rows]

    def of(self, patient_id: int) -> list[Asked]:
        """A patient's own, the newest first."""
        mine = _COLUMNS.where(DataRequest.patient_id == patient_id).order_by(DataRequest.id.desc())
        rows: Any = self._database.rows(mine)
        return [Asked(*row) for row in rows]

    def get(self, request_id: int) -> Asked | None:
        """One of them, answered or not."""
        row: Any = self._database.first(_COLUMNS.where(DataRequest.id == request_id))
        return Asked(*row) if row else None

    def settle(self, request_id: int, status: Literal["done", "refused"], by: str, note: str = "") -> bool:
        """It is answered; False when somebody else was faster."""
        if not self._changed(request_id, self._answered(request_id, status, by, note)):
            return False
        self._audit.add(by, f"data_request.{status}", "data_request", request_id)
        return True

    def grant(self, request_id: int, by: str, act: Callable[[], bool]) -> bool:
        """Do what is asked, once it is answered: nobody can refuse it any more. False when somebody else was faster.

        Raises NotDone where `act` could not; the request is open again.
        """
        if not self._changed(request_id, self._answered(request_id, "done", by)):
            return False
        done = False
        try:
            done = act()
        finally:
            if not done:
                self._changed(request_id, self._opened(request_id, by))
        if not done:
            raise NotDone
        self._audit.add(by, "data_request.done", "data_request", request_id)
        return True

    def erase(self, asked: Asked, by: str) -> bool:
        """`anonymise`, and the answer, in one transaction; False when somebody else was faster."""

        def work(connection: Connection) -> bool:
            if connection.execute(self._answered(asked.id, "done", by)).rowcount != 1:
                return False
            _anonymise(connection, asked.patient_id, self._clock())
            connection.execute(self._audit.entry(by, "patient.anonymised", "patient", asked.patient_id))
            connection.execute(self._audit.entry(by, "data_request.done", "data_request", asked.id))
            live.put(connection, TOPIC, asked.id, at=self._clock())
            return True

        return self._database.write(work)

    def _changed(self, request_id: int, change: Update) -> bool:
        """Change it and tell who watches; False where it was not as the change expects it."""

        def work(connection: Connection) -> bool:
            if connection.execute(change).rowcount != 1:
                return False
            live.put(connection, TOPIC, request_id, at=self._clock())
            return True

        return self._database.write(work)

    def _answered(self, request_id: int, status: str, by: str, note: str = "") -> Update:
        """One conditional UPDATE: of two who answer at the same moment one does."""
        waits = update(DataRequest).where(DataRequest.id == request_id, DataRequest.status == "open")
        return waits.values(status=status, done_at=self._clock(), done_by=by, note=note)

    @staticmethod
    def _opened(request_id: int, by: str) -> Update:
        mine = (DataRequest.id == request_id, DataRequest.status == "done", DataRequest.done_by == by)
        return update(DataRequest).where(*mine).values(status="open", done_at=None, done_by=None)

    def needs_contact(self, patient_id: int) -> bool:
        """Whether the clinic still has to reach them: a visit is to come, or they wait for one."""
        visit = select(Appointment.id).where(Appointment.patient_id == patient_id, Appointment.live == 1)
        waits = select(Waiting.id).where(Waiting.patient_id == patient_id, Waiting.live == 1)
        to_come = visit.where(Appointment.ends_at > self._clock())
        return any(self._database.first(one.limit(1)) is not None for one in (to_come, waits))

    def anonymise(self, patient_id: int, by: str) -> None:
        """Contact and account go; name, CPF, birth date and what happened stay 20 years (Lei 13.787/2018, art. 6)."""
        self._database.write(lambda connection: _anonymise(connection, patient_id, self._clock()))
        self._audit.add(by, "patient.anonymised", "patient", patient_id)


def _anonymise(connection: Connection, patient_id: int, now: datetime) -> None:
    address = select(func.lower(Patient.email)).where(Patient.id == patient_id).scalar_subquery()
    connection.execute(delete(Undeliverable).where(Undeliverable.address == address))
    typed = (DataRequest.patient_id == patient_id, DataRequest.kind == "access")  # whose text is a name and contacts
    connection.execute(update(DataRequest).where(*typed).values(text=""))
    connection.execute(delete(PatientPhone).where(PatientPhone.patient_id == patient_id))
    connection.execute(update(Patient).where(Patient.id == patient_id).values(email=None, pin_hash=None))
    numbers: tuple[tuple[Any, dict[str, None]], ...] = (
        (Appointment, {"caller": None, "caller_n": None}), (CallRecord, {"caller": None}),
        (PreRegistration, {"phone": None}),
    )  # fmt: skip
    for table, nothing in numbers:
        connection.execute(update(table).where(table.patient_id == patient_id).values(**nothing))
    user = connection.execute(select(User.id).where(User.patient_id == patient_id)).first()
    if user:
        _close_account(connection, user[0], now)


def _close_account(connection: Connection, user_id: int, now: datetime) -> None:
    """Who works here keeps the account, and only stops being a patient of the portal."""
    connection.execute(delete(UserRole).where(UserRole.user_id == user_id, UserRole.role == "patient"))
    others = connection.execute(select(UserRole.role).where(UserRole.user_id == user_id)).first()
    end_sessions(connection, now, LoginSession.user_id == user_id)
    if others is None:
        connection.execute(delete(Identity).where(Identity.user_id == user_id))
        connection.execute(update(User).where(User.id == user_id).values(active=False, password_hash=None))
