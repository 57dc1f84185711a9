"""What is looked at before a person's time and a slot are taken, under the lock of that person."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from clinic import appointments, past_visits
from clinic.appointments import Act, Booking, Line, booking
from clinic.holds import Hold, SlotTaken
from clinic.kinds import KindInfo
from clinic.margins import beside, length
from clinic.own_slots import own_of
from clinic.people import Person
from clinic.roster import Roster
from clinic.slot_making import keep_from
from clinic.terms import NotAllowed, local_day


class Overlaps(Exception):
    """The same person has another appointment at that time: `booking`."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(booking.id)
        self.booking = booking


class TooMany(Exception):
    """The person holds as many future appointments as the clinic allows: `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class TooManyFromNumber(Exception):
    """As many bookings were made from this number today as the clinic allows: `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def check_overlap(connection: Connection, others: Iterable[Line], starts_at: datetime, ends_at: datetime) -> None:
    """A person's minute is taken once. Raises Overlaps."""
    for other in others:
        if other.starts_at < ends_at and starts_at < other.ends_at:
            raise Overlaps(booking(appointments.one(connection, other.id)))


def check_count(others: Iterable[Line], person: Person, limit: int) -> None:
    """Requests to move count with what they would replace. Raises TooMany."""
    live = list(others)
    limit = limit if person.kind == "patient" else 1
    ids = {other.id for other in live}
    if sum(other.replaces not in ids for other in live) >= limit:
        raise TooMany(limit)


def check_return(connection: Connection, roster: Roster, person: Person, values: dict[str, Any], but: int = 0) -> None:
    """A retorno belongs to one consultation, of the same doctor, within the days the doctor set. Raises NotAllowed."""
    if values["return_of"] is None:
        return
    day = local_day(roster, values["unit_id"], values["starts_at"])
    returnable = past_visits.RETURNABLE[person.kind].statement
    for row in connection.execute(returnable, past_visits.returnable(person, values["starts_at"], but)):
        found = past_visits.open_return(roster, row, day)
        if found and row.id == values["return_of"] and row.doctor_id == values["doctor_id"]:
            return
    raise NotAllowed("return")


def what_moves(connection: Connection, old: Line, status: str) -> Line:
    """What goes where an appointment is moved: itself; but the visit that it asks to move, where it goes to a time that
    needs no answer. The request ends with that visit then. Who is not on file yet keeps one time beside the visit, so
    what they asked for before goes where they ask once more."""
    if status == "pending" and old.status == "booked" and old.patient_id is None:
        given = {"person": old.pre_registration_id, "visit": old.id}
        return next(iter(appointments.ASKS_TO_MOVE["pre_registration"].run(connection, given)), old)
    agreed = old.status == "pending" and old.replaces and status == "booked"
    visit = appointments.one(connection, old.replaces) if agreed else None
    return visit if visit is not None and visit.status == "booked" else old


def visit_of(old: Line) -> int:
    """The visit that something is about: of a request to move one, that one."""
    return int(old.replaces if old.status == "pending" and old.replaces else old.id)


def still_asks(old: Line, values: dict[str, Any]) -> dict[str, Any]:
    """A request to move a visit that goes to another time to be asked for is one to move the same visit."""
    return {"replaces": old.replaces} if old.status == values["status"] == "pending" else {}


def goes(connection: Connection, old: Line, doctor_id: int, act: Act) -> None:
    """What moves is there no more, nor are the requests to move it, whose slots go with them: so who makes slots of the
    doctor it goes to is kept away before. Raises WrongStatus."""
    keep_from(connection, doctor_id)
    appointments.change(connection, old, "moved", act, cancel_reason="moved")


def hand_over(connection: Connection, old: Line, hold: Hold, kind: KindInfo, now: datetime) -> Hold:
    """The hold with what the appointment that moves has itself of it: that goes from hand to hand, and is never free.

    Part of the transaction that moves it, which has locked its person, and keeps the makers of slots away (`goes`).
    Raises SlotTaken where that is not its own.
    """
    own = own_of(connection, old.id)
    margin = kind.margin_of(length(hold.slot))
    wanted = beside(connection, hold.slot, length(hold.slot), margin, now) if margin and own.slots else []
    if not own.ids.issuperset(hold.own):
        raise SlotTaken
    shared = sorted(own.ids.intersection([*hold.own, *wanted]))
    theirs = {"appointment": old.id, "until": hold.until, "token": hold.token}
    for one in shared:
        appointments.LET_GO.run(connection, {**theirs, "slot": one})
    return replace(hold, slot_ids=tuple(sorted({*hold.slot_ids, *shared})), own=())


@dataclass(frozen=True, slots=True)
class FromNumber:
    """A calling number's bookings of one day are counted; `number` None where no number is shown."""

    number: str | None
    day: date
    limit: int

    def lock_and_look(self, connection: Connection, person: Person, now: datetime) -> tuple[list[Line], dict[str, Any]]:
        """What takes the person's time, and the next place in the number's count, held by a unique constraint."""
        if self.number is None:
            return appointments.lock_and_look(connection, person, now), {}
        others, last = appointments.lock_and_count(connection, person, now, self.number, self.day)
        return others, {"caller": self.number, "caller_day": self.day, "caller_n": last + 1}

    def check(self, columns: dict[str, Any]) -> None:
        """Raises TooManyFromNumber."""
        if columns.get("caller_n", 0) > self.limit:
            raise TooManyFromNumber(self.limit)
