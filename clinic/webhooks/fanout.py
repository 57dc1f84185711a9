"""From what happened to an appointment to one row of the outbox for each program that wants to know of it."""

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, bindparam, select

from clinic.outbox.claims import Row
from db.prepared import Query
from db.tables import OutboxRow, WebhookSubscription
from db.types import UtcDateTime

PROGRAM, LANE = "program", 1
PAUSED = "paused"
PING, REMOVED = "ping", "removed"
EVENTS = (
    "booked", "requested", "accepted", "declined", "expired", "moved", "cancelled", "withdrawn", "restored", "imported",
    "confirmed", "arrived", "fulfilled", "noshow", "delayed", "on_time", "reoffered", REMOVED,
)  # fmt: skip
"""What programs may wish to hear of: lines of an appointment's history; "removed": it is as if it had never been."""

_S, _O = WebhookSubscription, OutboxRow
_BEFORE = _S.created_at <= bindparam("at", type_=UtcDateTime())
THERE = select(_S.id, _S.events, _S.paused_at).where(_BEFORE).order_by(_S.id)
"""Who had subscribed when it happened."""
ALL = Query(select(_S.id, _S.events, _S.paused_at, _S.created_at).order_by(_S.id))
TOLD_OF = select(_O.subscription_id).where(_O.appointment_id == bindparam("appointment"), _O.audience == PROGRAM)
Rows = dict[str, dict[str, Any]]
"""Values of rows of the outbox, by what may be told once."""


def of_change(connection: Connection, row: Row, visit: Any, change_id: int | None, now: datetime) -> Rows:
    """For a line of the history; nothing where there is none, as of visits from before there were messages."""
    known = () if change_id is None else connection.execute(THERE, {"at": row.created_at})
    return of_line(known, row, visit, change_id, now)


def of_line(programs: Iterable[Any], row: Row, visit: Any, change_id: int | None, now: datetime) -> Rows:
    """The same, where it is known which `programs` there were when it happened."""
    if change_id is None:
        return {}
    about = {
        "change_id": change_id, "patient_id": visit.patient_id, "pre_registration_id": visit.pre_registration_id,
        "doctor_id": visit.doctor_id, "version": visit.starts_at,
    }  # fmt: skip
    return {
        f"{PROGRAM}:{one.id}:{change_id}": _values(one, row, now) | about
        for one in programs
        if wishes(one.events, row.kind)
    }


def of_removed(connection: Connection, row: Row, now: datetime) -> Rows:
    """For an appointment that is there no more: to the programs that have heard of it."""
    heard = set(connection.scalars(TOLD_OF, {"appointment": row.appointment_id}))
    wanting = [one for one in connection.execute(THERE, {"at": row.created_at}) if wishes(one.events, REMOVED)]
    return {
        f"{PROGRAM}:{one.id}:removed:{row.appointment_id}": _values(one, row, now) | {"kind": REMOVED}
        for one in wanting
        if one.id in heard
    }


def wishes(events: str, event: str) -> bool:
    """Whether a program that wishes these (all, where there are none) wants to hear of this one."""
    return not events or event in events.split()


def _values(to: Any, row: Row, now: datetime) -> dict[str, Any]:
    """While a program is paused, what it would have been told is kept to be sent again."""
    told = {
        "uid": token_hex(16), "kind": row.kind, "audience": PROGRAM, "lane": LANE, "subscription_id": to.id,
        "appointment_id": row.appointment_id, "created_at": now, "by": row.by,
    }  # fmt: skip
    if to.paused_at is None:
        return told | {"due_at": now, "status": "waiting"}
    return told | {"due_at": None, "status": "failed", "reason": PAUSED, "settled_at": now}
