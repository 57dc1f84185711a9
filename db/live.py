"""What has just changed, for whoever is watching."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class LiveEvent(Table):
    """Something changed; what it is now is read elsewhere, under the reader's own rights.

    Kept for a day. `unit_id`, `doctor_id` and `patient_id` say whom it concerns, so there are no foreign keys: an event
    takes no lock of what it speaks of. SQLite must not give an id again once the last row is gone.
    """

    __tablename__ = "live_events"
    id: Mapped[Id]
    at: Mapped[datetime]
    topic: Mapped[str] = mapped_column(BinText(20))
    entity_id: Mapped[int] = mapped_column(Ref)
    unit_id: Mapped[int | None] = mapped_column(Ref)
    doctor_id: Mapped[int | None] = mapped_column(Ref)
    patient_id: Mapped[int | None] = mapped_column(Ref)
    __table_args__ = ({**OPTIONS, "sqlite_autoincrement": True},)
