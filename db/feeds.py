"""Calendars that doctors subscribe to from elsewhere."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Ref, Table
from db.types import BinText


class CalendarFeed(Table):
    """A doctor's calendar behind a secret address, of which only the digest is kept."""

    __tablename__ = "calendar_feeds"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    with_names: Mapped[bool]
    created_at: Mapped[datetime]
