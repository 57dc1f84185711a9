"""What people answer by a link in a message: they come, they do not, another time suits better; no reminders, please.

A link speaks of an appointment as it was when it was sent. Whatever happened since, it leads to the newest version of
it. The answer goes the way of every other: the same services, the same history, so one answer closes all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from clinic.appointments import Booking
from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.holds import Hold
from clinic.messages.links import Link, Links
from clinic.messages.preferences import Preference, Preferences
from clinic.people import Person
from clinic.terms import Terms
from clinic.transitions import WrongStatus
from db.session import Database
from db.tables import Appointment, Patient

MOST_MOVES = 50
CHANGEABLE = ("booked", "pending")


class LinkExpired(Exception):
    """The visit was days ago: nothing is shown any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An appointment as its link shows it, no more than the message said. `changed`: it is at another time now."""

    link: Link
    id: int
    status: str
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    unit_id: int
    modality: str
    confirmed_at: datetime | None
    slot_id: int | None
    patient_id: int | None
    patient: str
    open: bool
    """Whether something can still be done about it."""
    stands: datetime | None = None
    """When the visit is that this asks, or asked, to move, as long as that stands."""

    @property
    def changed(self) -> bool:
        """Whether the message spoke of another time."""
        return self.starts_at.replace(second=0, microsecond=0) != self.link.version


_A, _MOVES = Appointment, aliased(Appointment)
ROW: Any = (
    select(_A.id, _A.status, _A.starts_at, _A.ends_at, _A.doctor_id, _A.unit_id, _A.modality, _A.confirmed_at)
    .add_columns(_A.slot_id, _A.patient_id, Patient.name, Patient.social_name)
    .add_columns(_A.live, _A.code, _A.replaced_by, _A.pre_registration_id, _A.replaces)
    .add_columns(_MOVES.starts_at.label("stands"))
    .outerjoin(Patient, Patient.id == _A.patient_id)
    .outerjoin(_MOVES, and_(_MOVES.id == _A.replaces, _MOVES.status == "booked"))
)


class Answers:
    """Reads links and does what they are for."""

    def __init__(
        self, database: Database, links: Links, bookings: DeskBookings, preferences: Preferences, clock: Clock
    ) -> None:
        self._database, self._links, self._bookings = database, links, bookings
        self._preferences, self._clock = preferences, clock

    def read(self, token: str, *, ever: bool = False) -> Asked | None:
        """What a link shows; None for what is no link of ours. Raises LinkExpired, unless it is good for `ever`."""
        link = self._links.read(token)
        row = self._newest(link.appointment_id) if link else None
        if link is None or row is None:
            return None
        if not ever and Links.expired(link, self._clock()):
            raise LinkExpired
        coming = row.status in CHANGEABLE and row.starts_at > self._clock()
        return Asked(link, *(*row[:10], row.social_name or row.name or "", coming, self._stands(row)))

    def confirm(self, asked: Asked) -> Booking:
        """They will come. Raises WrongStatus, NotYours."""
        _check_open(asked, "confirmed")
        return self._bookings.confirm(self._person(asked), asked.id, asked.link.via)

    def cancel(self, asked: Asked, reason: str, note: str = "") -> Booking:
        """They will not come; for ten seconds it can be undone. Raises WrongStatus, NotYours."""
        _check_open(asked, "cancelled")
        return self._bookings.cancel(self._person(asked), asked.id, reason, asked.link.via, note=note)

    def undo(self, asked: Asked) -> Booking:
        """As it was before they cancelled. Raises SlotTaken, Overlaps, WrongStatus, NotYours."""
        return self._bookings.undo(self._person(asked), asked.id, asked.link.via)

    def move(self, asked: Asked, hold: Hold, terms: Terms | None, key: str | None) -> Booking:
        """To a held time, both or neither. Raises as `Bookings.reschedule` does."""
        _check_open(asked, "moved")
        return self._bookings.reschedule(self._person(asked), asked.id, hold, asked.link.via, terms, key=key)

    def wishes(self, asked: Asked) -> Preference | None:
        """Whether this patient wants reminders; None for who is not on file yet."""
        return self._preferences.of(asked.patient_id) if asked.patient_id else None

    def remind(self, asked: Asked, wanted: bool) -> None:
        """Reminders or none, from now on; nothing happens for who is not on file yet."""
        if asked.patient_id:
            self._preferences.remind(asked.patient_id, wanted, self._person(asked).ref)

    def asks(self, asked: Asked, wanted: bool) -> None:
        """Whether they may be asked how a visit was; nothing happens for who is not on file yet."""
        if asked.patient_id:
            self._preferences.ask(asked.patient_id, wanted, self._person(asked).ref)

    def _person(self, asked: Asked) -> Person:
        return self._bookings.person_of(asked.id)

    def _newest(self, appointment_id: int) -> Any:
        """What an appointment has become: where it was moved to, or what was restored under a code it had."""
        row, codes = self._row(_A.id == appointment_id), []
        for _ in range(MOST_MOVES):
            if row is None:
                return None
            codes.append(row.code)
            if row.replaced_by is None:
                break
            row = self._row(_A.id == row.replaced_by) or row
        return row if row.live or row.status != "cancelled" else self._restored(row, codes) or row

    def _restored(self, row: Any, codes: list[str]) -> Any:
        known = row.patient_id is not None
        theirs = _A.patient_id == row.patient_id if known else _A.pre_registration_id == row.pre_registration_id
        return self._row(_A.live == 1, _A.code.in_(codes), theirs)

    def _stands(self, row: Any) -> datetime | None:
        """When the visit is that a request would move, or would have; it may have moved since."""
        if row.stands or row.status != "cancelled" or row.replaces is None:
            return row.stands  # type: ignore[no-any-return]
        visit = self._newest(row.replaces)
        return visit.starts_at if visit is not None and visit.status == "booked" else None

    def _row(self, *which: ColumnElement[bool]) -> Any:
        return self._database.first(ROW.where(*which))


def _check_open(asked: Asked, event: str) -> None:
    """Raises WrongStatus for what was, or is not any more."""
    if not asked.open:
        raise WrongStatus(asked.status, event)
