"""What the desk keeps beside the agenda: delays of a day, and who was told by telephone."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class Delay(Table):
    """A doctor runs late on a day: visits from `since` on are expected `minutes` after their time; 0 when caught up."""

    __tablename__ = "delays"
    id: Mapped[Id]
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"))
    day: Mapped[date]
    since: Mapped[datetime]
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str] = mapped_column(BinText(60))
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("doctor_id", "day"), OPTIONS)


class PhoneNotice(Table):
    """Somebody was told of a change by telephone, or there was no need to; one row for each line of the history."""

    __tablename__ = "phone_notices"
    change_id: Mapped[int] = mapped_column(
        Ref, ForeignKey("appointment_changes.id"), primary_key=True, autoincrement=False
    )
    by: Mapped[str] = mapped_column(BinText(60))
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(BinText(20), default="told")
