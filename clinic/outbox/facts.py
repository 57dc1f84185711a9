"""What of an appointment's history somebody must hear of: a row of the outbox, in the transaction of the fact.

One narrow INSERT and no question: whom to tell, how and when is found out by a worker (`clinic.outbox.addressing`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from db.batch import Step
from db.prepared import Prepared
from db.tables import OutboxRow

SETTLES = timedelta(seconds=12)
"""Ten seconds in which who cancelled or moved may take it back, and two for a taking back that is on its way."""
WAITS = {"cancelled": SETTLES, "moved": SETTLES}
AT_ONCE = timedelta()
HEARD_OF = frozenset({
    "booked", "requested", "restored", "imported", "accepted", "declined", "expired", "withdrawn", "confirmed",
    "delayed", "reoffered", "noshow", "fulfilled", *WAITS,
})  # fmt: skip
"""Events of the history that are told, or that change what is still to be told."""

_GIVEN: dict[str, Any] = {
    "kind": bindparam("event"), "appointment_id": bindparam("appointment"), "due_at": bindparam("due"),
    "created_at": bindparam("at"), "by": bindparam("actor"), "status": "waiting", "attempts": 0,
}  # fmt: skip
_WRITE = Prepared(insert(OutboxRow).values(_GIVEN))
_SILENCE = Prepared(
    update(OutboxRow)
    .where(OutboxRow.appointment_id == bindparam("appointment"), OutboxRow.status == "waiting")
    .values(status="silenced", due_at=None, settled_at=bindparam("at"), reason=bindparam("why"))
)


def steps(appointment_id: int, event: str, by: str, at: datetime) -> list[Step]:
    """What is to be carried out with the line of the history: one statement, or none where nobody has to hear of it."""
    if event not in HEARD_OF:
        return []
    due = at + WAITS.get(event, AT_ONCE)
    return [(_WRITE, {"event": event, "appointment": appointment_id, "due": due, "at": at, "actor": by})]


def silence(connection: Connection, appointment_id: int, why: str, at: datetime) -> None:
    """Nothing that waits is told of this appointment, for it was taken back before anybody heard of it."""
    _SILENCE.run(connection, {"appointment": appointment_id, "at": at, "why": why})
