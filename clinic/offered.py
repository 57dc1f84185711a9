"""Time that passed unused: its slots are deleted, what was offered is kept by doctor, unit and day for the reports."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from clinic.roster import UnitInfo
from db.tables import OfferedTime, Slot

BATCH = 500
MINUTE = timedelta(minutes=1)


def pass_by(connection: Connection, doctor_id: int, before: datetime, units: dict[int, UnitInfo]) -> None:
    """Delete a doctor's free slots that began before a moment, and add their minutes to what was offered that day.

    Within a transaction that holds the doctor: both or neither, and no slot twice.
    """
    old = select(Slot.id, Slot.unit_id, Slot.starts_at, Slot.ends_at).where(
        Slot.doctor_id == doctor_id, Slot.status == "free", Slot.starts_at < before
    )
    gone: list[Any] = list(connection.execute(old.order_by(Slot.id)))
    minutes: Counter[tuple[int, date]] = Counter()
    for slot in gone:
        day = slot.starts_at.astimezone(units[slot.unit_id].tz).date()
        minutes[slot.unit_id, day] += (slot.ends_at - slot.starts_at) // MINUTE
    add(connection, ((doctor_id, unit_id, day, some) for (unit_id, day), some in minutes.items()))
    for start in range(0, len(gone), BATCH):
        connection.execute(delete(Slot).where(Slot.id.in_([slot.id for slot in gone[start : start + BATCH]])))


def add(connection: Connection, rows: Iterable[tuple[int, int, date, int]]) -> None:
    """Minutes offered by doctor, unit and day, on top of what is known."""
    for doctor_id, unit_id, day, minutes in rows:
        mine = (OfferedTime.doctor_id == doctor_id, OfferedTime.unit_id == unit_id, OfferedTime.day == day)
        more = update(OfferedTime).where(*mine).values(minutes=OfferedTime.minutes + minutes)
        if not connection.execute(more).rowcount:
            row = {"doctor_id": doctor_id, "unit_id": unit_id, "day": day, "minutes": minutes}
            connection.execute(insert(OfferedTime).values(**row))
