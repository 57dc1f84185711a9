"""What somebody was told last of an appointment that was cancelled or moved, and is now as it was."""

from typing import Any

from sqlalchemy import Connection, and_, or_, select

from db.tables import Appointment, OutboxRow

SAYS_IT_IS = frozenset({"booked", "requested", "accepted", "moved", "reminder", "delayed"})

_A, _O = Appointment, OutboxRow
WENT_OUT = or_(_O.status == "sent", and_(_O.reason == "undone", _O.claimed_by.is_not(None)))
"""Sent, or in the hands of a worker when it was taken back."""


def knows(connection: Connection, visit: Any, audience: str) -> bool:
    """Whether the last message that went to them says what is so again: this code, at this start."""
    before = select(_A.id, _A.replaced_by).where(_A.code == visit.code, _A.starts_at == visit.starts_at)
    rows = connection.execute(before.where(_A.id < visit.id)).all()
    same = {row.id for row in rows}
    about = _O.appointment_id.in_(same | {row.replaced_by for row in rows if row.replaced_by})
    heard = select(_O.kind, _O.appointment_id).where(about, _O.audience == audience, WENT_OUT)
    last = connection.execute(heard.order_by(_O.id.desc()).limit(1)).first()
    return last is not None and last.kind in SAYS_IT_IS and last.appointment_id in same
