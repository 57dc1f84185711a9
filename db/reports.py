"""What reports need and the agenda itself does not keep."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Ref, Table


class OfferedTime(Table):
    """Minutes a doctor offered at a unit on a day (the unit's own) that passed unused; their slots are gone.

    What was offered in all: these minutes and those of the slots that are still there.
    """

    __tablename__ = "offered_time"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int]
