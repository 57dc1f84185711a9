"""The number of a contact: the day and six digits, by which patient and desk find it again, the same in every medium.

A call's number is its own (`clinic.calls`). Every other contact is what somebody does to an appointment: one
transaction, one number, written with the history in the same round trip. That two draw the same number is rare, and the
one that comes second is done again with another (`db.retry.unlucky`).
"""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, insert, or_, select

from db.batch import Step
from db.prepared import Prepared
from db.session import Database
from db.tables import Appointment, AppointmentChange, CallRecord, PreRegistration, Protocol, VoiceNote, Waiting

ZONE = ZoneInfo("America/Sao_Paulo")
"""A contact has its day by Brasília's clock, wherever the unit is; a call has it by the clinic's."""
DIGITS = 12
EVENTS = frozenset({"booked", "requested", "cancelled", "moved", "confirmed", "restored"})
"""What of an appointment's history is a contact with its patient."""
MEDIA = frozenset({"email", "sms", "whatsapp", "desk", "api"})
PATIENTS = ("patient:", "pre_registration:")

GIVE = Prepared(
    insert(Protocol).values({name: bindparam(name) for name in ("number", "medium", "created_at", "appointment_id")})
)
NUMBER = func.coalesce(AppointmentChange.protocol, Protocol.number)
"""A line of history's, of a query that has joined the call's protocol (OF_CALL)."""
OF_CALL = Protocol.call_uniqueid == AppointmentChange.call_id


def new_number(day: date) -> str:
    """AAMMDD and six digits nobody can guess."""
    return f"{day:%y%m%d}{secrets.randbelow(1_000_000):06d}"


class Contact:
    """The number of one act: none where it is no contact, one for all its lines, another when it is done again."""

    __slots__ = ("_draw", "_known", "_number", "_within")

    def __init__(self, draw: Callable[[date], str] = new_number) -> None:
        self._draw = draw
        self._within: Connection | None = None
        self._number, self._known = "", ""

    def goes_on(self, number: str | None) -> None:
        """It is still the contact with this number: what was done is taken back."""
        self._known = number or ""

    def steps(self, connection: Connection, act: Any, event: str, appointment_id: int) -> tuple[str | None, list[Step]]:
        """The number of one line of the history, and what has to be written with it."""
        if self._known:
            return self._known, []
        if not _is_contact(act, event):
            return None, []
        if self._within is connection:
            return self._number, []
        self._within, self._number = connection, self._draw(act.at.astimezone(ZONE).date())
        given = {"number": self._number, "medium": act.via, "created_at": act.at, "appointment_id": appointment_id}
        return self._number, [(GIVE, given)]


def _is_contact(act: Any, event: str) -> bool:
    return event in EVENTS and (act.via in MEDIA or (act.via == "web" and act.by.startswith(PATIENTS)))


class Protocols:
    """Finds contacts by their numbers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def patient_of(self, typed: str) -> int | None:
        """Whose contact has this number, as it was typed; None for what is none, or of nobody on file."""
        number = "".join(filter(str.isdigit, typed))
        if len(number) != DIGITS:
            return None
        row = self._database.first(PATIENT_OF, {"number": number})
        return row[0] if row else None

    def unfinished_of(self, typed: str) -> int | None:
        """The pre-registration this number belongs to, while the desk has it still to do; None for any other."""
        number = "".join(filter(str.isdigit, typed))
        if len(number) != DIGITS:
            return None
        row = self._database.first(UNFINISHED_OF, {"number": number})
        return row[0] if row else None

    def last_of(self, appointment_id: int) -> str:
        """The number of the last contact about an appointment; "" where there is none."""
        row = self._database.first(LAST_OF, {"appointment": appointment_id})
        return str(row[0]) if row and row[0] else ""


_P = Protocol

PATIENT_OF: Any = (
    select(
        func.coalesce(
            Appointment.patient_id,
            CallRecord.patient_id,
            select(func.max(VoiceNote.patient_id)).where(VoiceNote.protocol == _P.number).scalar_subquery(),
            select(func.max(Waiting.patient_id)).where(Waiting.protocol == _P.number).scalar_subquery(),
        )
    )
    .select_from(_P)
    .outerjoin(Appointment, Appointment.id == _P.appointment_id)
    .outerjoin(CallRecord, CallRecord.uniqueid == _P.call_uniqueid)
    .where(_P.number == bindparam("number"))
)
_NUMBER: Any = bindparam("number")
UNFINISHED_OF: Any = (
    select(PreRegistration.id)
    .where(
        PreRegistration.status == "new",
        or_(
            PreRegistration.protocol == _NUMBER,
            PreRegistration.id.in_(select(Waiting.pre_registration_id).where(Waiting.protocol == _NUMBER)),
            PreRegistration.id.in_(
                select(Appointment.pre_registration_id)
                .join(_P, _P.appointment_id == Appointment.id)
                .where(_P.number == _NUMBER)
            ),
            PreRegistration.id.in_(
                select(CallRecord.pre_registration_id)
                .join(_P, _P.call_uniqueid == CallRecord.uniqueid)
                .where(_P.number == _NUMBER)
            ),
        ),
    )
    .order_by(PreRegistration.id)
    .limit(1)
)
LAST_OF: Any = (
    select(NUMBER)
    .select_from(AppointmentChange)
    .outerjoin(Protocol, OF_CALL)
    .where(AppointmentChange.appointment_id == bindparam("appointment"), NUMBER.is_not(None))
    .order_by(AppointmentChange.id.desc())
    .limit(1)
)
