"""What a program is sent: one event as JSON, with the appointment as it is at that moment.

Nothing of it names the patient, unless the subscription asks for that; whoever needs more asks the API, which looks
at who asks. `sequence` is the newest line of the appointment's history that `data` knows of: whatever comes late or
twice, who keeps the highest one for each appointment is right.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from clinic.media.outgoing import Outgoing
from clinic.outbox import contacts
from clinic.outbox.claims import Row
from clinic.outbox.writing import Held, Hushed, Letter
from clinic.webhooks.fanout import PAUSED, PING, REMOVED
from db.prepared import Query
from db.session import Database
from db.tables import Appointment, AppointmentChange, Patient, WebhookSubscription

VERSION = 1
_A, _C, _S, _P = Appointment, AppointmentChange, WebhookSubscription, Patient
_NEWEST = select(func.max(_C.id)).where(_C.appointment_id == _A.id).correlate(_A).scalar_subquery()
DATA = (
    "id", "status", "starts_at", "ends_at", "doctor_id", "unit_id", "specialty_id", "kind_id", "modality", "via",
    "answer_by", "confirmed_at", "cancel_reason", "replaced_by", "patient_id", "series_id",
)  # fmt: skip
"""Of an appointment, as the API names it."""
WHO = ("patient_name", "patient_phone", "patient_email")
SUBSCRIBED = Query(select(_S.with_patient, _S.paused_at).where(_S.id == bindparam("subscription")))
VISIT = (
    select(*(getattr(_A, name) for name in DATA), _NEWEST.label("sequence"))
    .add_columns(_C.event, _C.at, _C.from_status, _C.to_status)
    .select_from(_A)
    .outerjoin(_C, _C.id == bindparam("change"))
    .where(_A.id == bindparam("appointment"))
)
PLAIN = Query(VISIT)
NAMED = Query(
    VISIT.add_columns(func.coalesce(_P.social_name, _P.name).label("patient_name"))
    .add_columns(contacts.mobile_of(_P.id).label("patient_phone"), _P.email.label("patient_email"))
    .outerjoin(_P, _P.id == _A.patient_id)
)


class Events:
    """Writes the events of rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, row: Row) -> Letter:
        """The event of a row that is due. Raises Hushed where nobody is there to be told, or nothing to tell of any
        more; Held while the program is paused.
        """
        found = self._database.ask(SUBSCRIBED, {"subscription": row.subscription_id})
        if not found:
            raise Hushed("no-endpoint")
        if found[0].paused_at is not None and row.kind != PING:
            raise Held(PAUSED)
        event = self._event(row, found[0].with_patient)
        text = json.dumps(event, ensure_ascii=False, default=_moment)
        message = Outgoing(row.uid, str(row.subscription_id), event["id"], text, attempt=row.attempts)
        return Letter("webhook", message, f"webhook:{row.subscription_id}")

    def _event(self, row: Row, named: bool) -> dict[str, Any]:
        if row.kind == PING:
            return _envelope(f"ping_{row.uid}", PING, row.created_at, {})
        if row.kind == REMOVED:
            gone = {"id": row.appointment_id}
            return _envelope(f"evt_removed_{row.appointment_id}", f"appointment.{REMOVED}", row.created_at, gone)
        given = {"appointment": row.appointment_id, "change": row.change_id}
        found = self._database.ask(NAMED if named else PLAIN, given)
        if not found or found[0].event is None:
            raise Hushed("gone")
        return _told(row, found[0], named)


def _told(row: Row, visit: Any, named: bool) -> dict[str, Any]:
    data = {name: getattr(visit, name) for name in (*DATA, *(WHO if named else ()))}
    told = _envelope(f"evt_{row.change_id}", f"appointment.{visit.event}", visit.at, data)
    return told | {
        "sequence": visit.sequence, "from_status": visit.from_status, "to_status": visit.to_status, "data": data,
    }  # fmt: skip


def _envelope(event_id: str, sort: str, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": VERSION, "id": event_id, "type": sort, "created_at": at, "data": dict(data)}


def _moment(value: Any) -> str:
    """A moment as the API writes it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(type(value).__name__)
