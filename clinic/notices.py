"""Whom the desk must call: those whom no message reaches, and those whose visit the clinic itself changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, func, insert, or_, select, union
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from clinic import live
from clinic.appointments import WITH_VISIT
from clinic.clock import Clock
from db.retry import taken
from db.session import Database
from db.tables import Appointment, AppointmentChange, OutboxRow, Patient, PatientPhone, PhoneNotice, PreRegistration

LOOK_BACK = timedelta(days=14)
MOST = 200
BY_THE_CLINIC = ("accepted", "declined", "expired", "delayed", "on_time", "reoffered")
"""What the clinic does by itself: whoever it concerns must hear of it."""
OF_UNREACHED = ("booked", "requested", "cancelled", "moved", "restored", "withdrawn")
"""What somebody without telephone and e-mail on file must hear of again; a request to move that ended with its visit is
told by what became of the visit."""
CLINIC_REASONS = ("clinic", "doctor_away")
"""Why the clinic cancelled."""
WHILE_EXPECTED = ("accepted", "delayed", "on_time", "reoffered")
"""What concerns nobody any more who is here already, or whose visit is off."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A change somebody must be told by telephone; `number`: where to call, "" where none is known."""

    change_id: int
    at: datetime
    event: str
    note: str
    appointment_id: int
    status: str
    starts_at: datetime
    doctor_id: int
    unit_id: int
    code: str
    patient_id: int | None
    name: str
    number: str
    stands: datetime | None = None
    """When the visit is that this asked to move, as long as that is booked."""


_C, _A = AppointmentChange, Appointment
_NUMBER = (
    select(func.min(PatientPhone.number))
    .where(PatientPhone.patient_id == _A.patient_id)
    .correlate(_A)
    .scalar_subquery()
)
_SINCE: BindParameter[Any] = bindparam("since")
_NOW: BindParameter[Any] = bindparam("now")
_AGAIN, _VISIT = aliased(Appointment), aliased(Appointment)
_SAME = (_AGAIN.code == _A.code, _AGAIN.starts_at == _A.starts_at, _AGAIN.id > _A.id)
_BACK = exists(select(_AGAIN.id).where(*_SAME)).correlate(_A)
"""It was taken back, whatever became of it then (what moves gets a code of its own): nobody is told any more that it is
off, but what is so now."""
_CHANGES = select(_C.id).join(_A, _A.id == _C.appointment_id).where(_C.at >= _SINCE, _A.starts_at >= _NOW)
_CHANGES = _CHANGES.where(or_(_A.live == 1, ~_BACK))
# Two questions that each have an index: what the clinic did lately, and who cannot be reached and is still to come.
_THEIRS = union(
    _CHANGES.where(
        _C.event.in_((*BY_THE_CLINIC, "cancelled")),
        or_(_C.event != "cancelled", _A.cancel_reason.in_(CLINIC_REASONS)),
        or_(_C.event.not_in(WHILE_EXPECTED), _A.status.in_(("booked", "pending"))),
    ),
    _CHANGES.where(
        _A.tell_by_phone,
        _C.event.in_(OF_UNREACHED),
        or_(_A.cancel_reason.is_(None), _A.cancel_reason != WITH_VISIT),
    ),
).subquery("theirs")
_WRITTEN = exists(
    select(OutboxRow.id).where(
        OutboxRow.appointment_id == _A.id, OutboxRow.change_id >= _C.id, OutboxRow.audience == "patient",
        OutboxRow.status == "sent",
    )
).correlate(_A, _C)  # fmt: skip
"""Whom a message of this change, or of a later one, has reached is not called."""
WAITING = (
    select(_C.id, _C.at, _C.event, _C.note, _A.id.label("appointment_id"), _A.status, _A.starts_at, _A.doctor_id)
    .add_columns(_A.unit_id, _A.code, _A.patient_id, Patient.name, Patient.social_name, _NUMBER.label("number"))
    .add_columns(PreRegistration.phone, _A.caller, _VISIT.starts_at.label("stands"))
    .join(_THEIRS, _THEIRS.c.id == _C.id)
    .join(_A, _A.id == _C.appointment_id)
    .outerjoin(_VISIT, and_(_VISIT.id == _A.replaces, _VISIT.status == "booked"))
    .outerjoin(Patient, Patient.id == _A.patient_id)
    .outerjoin(PreRegistration, PreRegistration.id == _A.pre_registration_id)
    .outerjoin(PhoneNotice, PhoneNotice.change_id == _C.id)
    .where(PhoneNotice.change_id.is_(None), ~_WRITTEN)
    .order_by(_A.starts_at, _C.id.desc())
    .limit(MOST)
)
_UNITS: BindParameter[Any] = bindparam("units", expanding=True)
WAITING_AT_UNITS = WAITING.where(_A.unit_id.in_(_UNITS))


class Notices:
    """The list "avisar por telefone", and its done marks."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def waiting(self, unit_ids: Iterable[int] = ()) -> list[Notice]:
        """Who is still to be called about a visit to come, the soonest visit first; of each visit the last change."""
        now, units = self._clock(), tuple(unit_ids)
        given = {"now": now, "since": now - LOOK_BACK, **({"units": units} if units else {})}
        rows = self._database.rows(WAITING_AT_UNITS if units else WAITING, given)
        last: dict[int, Notice] = {}
        for row in rows:
            last.setdefault(row.appointment_id, _notice(row))
        return list(last.values())

    def appointment_of(self, change_id: int) -> int | None:
        """Of which appointment a change is; None for what is none."""
        row = self._database.first(select(_C.appointment_id).where(_C.id == change_id))
        return row.appointment_id if row else None

    def done(self, change_id: int, by: str, outcome: str = "told") -> None:
        """They were told (and with it of what came before); saying it twice is no harm. Raises KeyError."""
        row = self._database.first(select(_C.appointment_id).where(_C.id == change_id))
        if row is None:
            raise KeyError(change_id)
        earlier = select(_C.id).where(_C.appointment_id == row.appointment_id, _C.id <= change_id)
        for line in self._database.rows(earlier):
            self._mark(line.id, by, outcome)

    def _mark(self, change_id: int, by: str, outcome: str) -> None:
        mark: dict[str, Any] = {"change_id": change_id, "by": by, "at": self._clock(), "outcome": outcome}

        def work(connection: Connection) -> None:
            connection.execute(insert(PhoneNotice).values(**mark))
            live.put(connection, "notice", change_id, at=mark["at"])

        try:
            self._database.write(work)
        except IntegrityError as error:
            if not taken(error):
                raise


def _notice(row: Any) -> Notice:
    name = row.social_name or row.name or ""
    number = row.number or row.phone or row.caller or ""
    return Notice(*(*row[:11], name, number, row.stands))
