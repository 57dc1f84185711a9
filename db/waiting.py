"""Times that are offered to who waits for one."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class WaitingOffer(Table):
    """A time kept for somebody of the waiting list until they answer, `until` at the latest.

    `live` is 1 while it is open, else NULL: one offer at a time to each who waits, one of each slot. Nobody is offered
    the same time twice. `token` is what its slots are held under, `uid` that of its message in the outbox.
    """

    __tablename__ = "waiting_offers"
    id: Mapped[Id]
    waiting_id: Mapped[int] = mapped_column(Ref, ForeignKey("waiting_list.id"))
    slot_id: Mapped[int] = mapped_column(Ref)
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"))
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"))
    modality: Mapped[str] = mapped_column(BinText(10))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    until: Mapped[datetime]
    token: Mapped[str] = mapped_column(BinText(80))
    uid: Mapped[str] = mapped_column(BinText(32), unique=True)
    status: Mapped[str] = mapped_column(BinText(10), default="open")
    live: Mapped[int | None] = mapped_column(default=1)
    appointment_id: Mapped[int | None] = mapped_column(Ref)
    by: Mapped[str] = mapped_column(BinText(60))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(BinText(60))
    settled_via: Mapped[str | None] = mapped_column(BinText(20))
    __table_args__ = (
        UniqueConstraint("waiting_id", "live"),
        UniqueConstraint("slot_id", "live"),
        UniqueConstraint("waiting_id", "doctor_id", "starts_at"),
        Index("ix_waiting_offers_live_until", "live", "until"),
        OPTIONS,
    )
