"""What has become of the visit that an accepted offer was booked as: asked for, moved, cancelled, come back."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from clinic.appointments import FULL, Booking, booking
from db.session import Database
from db.tables import Appointment

CANCELLED = "cancelled"
_A = Appointment


def visit(database: Database, booking_id: int) -> Booking:
    """The visit as it stands, wherever it was moved to since, and brought back by whoever undid that."""
    row = _row(database, booking_id)
    seen = {row.id}
    while row.status == CANCELLED:
        following = _brought_back(database, row) or row.replaced_by
        if following is None or following in seen:
            break
        seen.add(following)
        row = _row(database, following)
    return booking(row)


def outcome(found: Booking, starts_at: datetime) -> str:
    """In one word, for who accepted a time that begins at `starts_at`: accepted, pending, moved or cancelled."""
    if found.status in (CANCELLED, "pending"):
        return found.status
    return "accepted" if found.starts_at == starts_at else "moved"


def _row(database: Database, booking_id: int) -> Any:
    return database.first(FULL.where(_A.id == booking_id))


def _brought_back(database: Database, row: Any) -> int | None:
    """What was undone lives on in a new row, under the same code."""
    mine = (_A.patient_id == row.patient_id, _A.pre_registration_id.is_(None))
    if row.patient_id is None:
        mine = (_A.pre_registration_id == row.pre_registration_id, _A.patient_id.is_(None))
    same = select(_A.id).where(_A.code == row.code, _A.live == 1, _A.starts_at == row.starts_at, *mine)
    found = database.first(same)
    return found[0] if found else None
