"""The rows of series: visits that repeat, what stands for which day, and how many the payer allows.

Everything here runs inside a transaction that holds the patient, to whom a series belongs: so no day of it is booked
twice, and no more of it than were authorised.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from clinic.appointments import FULL, Line
from clinic.holds import SlotTaken
from clinic.terms import NotAllowed
from db.tables import Appointment, AppointmentChange, Series

_A, _C = Appointment, AppointmentChange
_ASKS_TO_MOVE = and_(_A.status == "pending", _A.replaces.is_not(None))
COUNTS = and_(_A.status != "cancelled", ~_ASKS_TO_MOVE)
"""A visit of the series: not cancelled, and no request to move one that stands until it is granted."""


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


def check_again(connection: Connection, row: Line) -> None:
    """Before one that was given up counts again, or a request whose visit is gone counts at all. Raises SlotTaken."""
    try:
        check(connection, None if row.series_id is None else Place(row.series_id, row.series_day))
    except AuthorisedFull as error:
        raise SlotTaken from error


def asks_to_move(connection: Connection, ids: Collection[int]) -> list[Line]:
    """The requests that would move one of these appointments, and were not answered yet."""
    return list(connection.execute(FULL.where(_ASKS_TO_MOVE, _A.replaces.in_(list(ids)))))


def cancelled_with(connection: Connection, booking_id: int) -> list[int]:
    """What was cancelled in one go with an appointment of a series, itself among them; by id."""
    series = select(_A.series_id).where(_A.id == booking_id).scalar_subquery()
    mine = select(_C.at, _C.by).where(_C.appointment_id == booking_id, _C.event == "cancelled")
    last = connection.execute(mine.order_by(_C.id.desc()).limit(1)).first()
    if last is None:
        return [booking_id]
    together = select(_A.id).join(_C, _C.appointment_id == _A.id).where(_A.series_id == series)
    same = together.where(_A.status == "cancelled", _C.event == "cancelled", _C.at == last.at, _C.by == last.by)
    return list(connection.scalars(same.order_by(_A.id))) or [booking_id]
