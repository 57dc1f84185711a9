"""The rows of series: visits that repeat, what stands for which day, and how many the payer allows.

Everything here runs inside a transaction that holds the patient, to whom a series belongs: so no day of it is booked
twice, and no more of it than were authorised.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from clinic.appointments import FULL, Line
from clinic.holds import SlotTaken
from clinic.terms import NotAllowed
from clinic.transitions import WrongStatus
from db.tables import Appointment, AppointmentChange, Series

_A, _C = Appointment, AppointmentChange
_ASKS_TO_MOVE = and_(_A.status == "pending", _A.replaces.is_not(None))
COUNTS = and_(_A.status != "cancelled", ~_ASKS_TO_MOVE)
"""A visit of the series: not cancelled, and no request to move one that stands until it is granted."""


TO_COME = ("booked", "pending")
GIVEN_UP = ("cancelled", "moved")


class DayBooked(SlotTaken):
    """That day of the series has its visit already."""


class CancelledSince(SlotTaken):
    """The same form booked that day before, and it was cancelled since."""


class AuthorisedFull(NotAllowed):
    """The series has as many visits as the payer authorised: `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__("authorised")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Place:
    """A day of a series, by its rhythm; the visit itself may be at another time."""

    series_id: int
    day: date

    @property
    def columns(self) -> dict[str, Any]:
        """What an appointment there says of it."""
        return {"series_id": self.series_id, "series_day": self.day}


def columns_of(row: Line) -> dict[str, Any]:
    """What goes on where an appointment is moved; nothing for one that is in no series."""
    return {} if row.series_id is None else Place(row.series_id, row.series_day).columns


def check(connection: Connection, place: Place | None) -> None:
    """Before one more is booked. Raises DayBooked, AuthorisedFull."""
    if place is None:
        return
    of_it = select(_A.series_day).where(_A.series_id == place.series_id, COUNTS)
    days = list(connection.scalars(of_it))
    if place.day in days:
        raise DayBooked
    limit = connection.scalar(select(Series.authorised).where(Series.id == place.series_id))
    if limit is not None and len(days) >= limit:
        raise AuthorisedFull(limit)


def check_day(connection: Connection, row: Line, day: date) -> None:
    """Before a visit of a series stands for another day of it. Raises DayBooked."""
    others = select(_A.id).where(_A.series_id == row.series_id, _A.series_day == day, _A.id != row.id, COUNTS)
    if connection.execute(others).first() is not None:
        raise DayBooked


def check_again(connection: Connection, row: Line) -> None:
    """Before one that was given up counts again, or a request whose visit is gone counts at all. Raises SlotTaken."""
    try:
        check(connection, None if row.series_id is None else Place(row.series_id, row.series_day))
    except AuthorisedFull as error:
        raise SlotTaken from error


def rest(connection: Connection, first: Line, seen: ColumnElement[bool]) -> list[Line]:
    """A visit of a series and those after it that are to come and seen, by time. Raises WrongStatus."""
    if first.series_id is None or first.status not in TO_COME:
        raise WrongStatus(first.status, "cancelled")
    mine = FULL.where(_A.series_id == first.series_id, COUNTS, _A.starts_at >= first.starts_at)
    return list(connection.execute(mine.where(_A.status.in_(TO_COME), seen).order_by(_A.starts_at, _A.id)))


def given_up_with(connection: Connection, booking_id: int) -> list[int]:
    """What was cancelled, or moved, in one go with an appointment of a series, itself among them; the last one first,
    for it may be where another one was."""
    series = select(_A.series_id).where(_A.id == booking_id).scalar_subquery()
    mine = select(_C.at, _C.by, _C.event).where(_C.appointment_id == booking_id, _C.event.in_(GIVEN_UP))
    last = connection.execute(mine.order_by(_C.id.desc()).limit(1)).first()
    if last is None:
        return [booking_id]
    together = select(_A.id).join(_C, _C.appointment_id == _A.id).where(_A.series_id == series)
    same = together.where(_A.status == "cancelled", _C.event == last.event, _C.at == last.at, _C.by == last.by)
    return list(connection.scalars(same.order_by(_C.id.desc()))) or [booking_id]
