"""What of an appointment's history somebody must hear of: a row of the outbox, in the transaction of the fact.

One narrow INSERT and no question: whom to tell, how and when is found out by a worker (`clinic.outbox.addressing`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, insert, or_, update

from db.batch import Step
from db.prepared import Prepared
from db.tables import OutboxRow
from db.types import UtcDateTime

SETTLES = timedelta(seconds=12)
"""Ten seconds in which who cancelled or moved may take it back, and two for a taking back that is on its way."""
WAITS = {"cancelled": SETTLES, "moved": SETTLES, "withdrawn": SETTLES}
AT_ONCE = timedelta()
HEARD_OF = frozenset({
    "booked", "requested", "restored", "imported", "accepted", "declined", "expired", "withdrawn", "confirmed",
    "delayed", "reoffered", "noshow", "fulfilled", *WAITS,
})  # fmt: skip
"""Events of the history that people are told, or that change what is still to be told."""
FOR_PROGRAMS = frozenset({"arrived", "on_time", "removed"})
"""Events that programs alone hear of; of the others they hear too."""
TAKEN_BACK = frozenset({"undone", "gone"})
"""Why nobody but programs is told of a fact: they may have heard what was before."""

_GIVEN: dict[str, Any] = {
    "kind": bindparam("event"), "appointment_id": bindparam("appointment"), "due_at": bindparam("due"),
    "created_at": bindparam("at"), "by": bindparam("actor"), "status": "waiting", "attempts": 0,
}  # fmt: skip
_WRITE = Prepared(insert(OutboxRow).values(_GIVEN))
_O = OutboxRow
_IS_FACT = _O.audience.is_(None)
_OF_PEOPLE = or_(_IS_FACT, _O.audience != "program")
_DUE = case((and_(_IS_FACT, _O.claimed_by.is_(None)), bindparam("at", type_=UtcDateTime())), (_IS_FACT, _O.due_at))
_SILENCE = Prepared(
    update(_O)
    .where(_O.appointment_id == bindparam("appointment"), _O.status == "waiting", _OF_PEOPLE)
    .values(status=case((_IS_FACT, "waiting"), else_="silenced"), due_at=_DUE, reason=bindparam("why"))
    .values(settled_at=case((_IS_FACT, None), else_=bindparam("at", type_=UtcDateTime())))
)


def steps(appointment_id: int, event: str, by: str, at: datetime) -> list[Step]:
    """What is to be carried out with the line of the history: one statement, or none where nobody has to hear of it."""
    if event not in HEARD_OF | FOR_PROGRAMS:
        return []
    due = at + WAITS.get(event, AT_ONCE)
    return [(_WRITE, {"event": event, "appointment": appointment_id, "due": due, "at": at, "actor": by})]


def silence(connection: Connection, appointment_id: int, why: str, at: datetime) -> None:
    """Nobody is told what waits of this appointment, for it was taken back before they heard of it. Facts are left to
    be addressed to programs, which are told at once. `why` is one of TAKEN_BACK.
    """
    _SILENCE.run(connection, {"appointment": appointment_id, "at": at, "why": why})
