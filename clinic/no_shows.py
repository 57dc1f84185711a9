"""After several no-shows a patient books by talking to the reception; the desk books for everybody, and may forgive.

Off unless the clinic says how many. Nobody is denied care: who is told so is led to people.
"""

from datetime import datetime

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection, bindparam, exists, func, select

from clinic import appointments
from clinic.appointments import Act, NotYours
from clinic.people import Person
from clinic.profile import Profile
from clinic.taking import TooMany
from clinic.transitions import WrongStatus
from db.prepared import Query
from db.tables import Appointment, AppointmentChange

FORGIVEN = "forgiven"
"""The line of a no-show's history by which it counts no more; that they did not come stays true."""
_A, _C = Appointment, AppointmentChange
_FORGIVEN = exists().where(_C.appointment_id == _A.id, _C.event == FORGIVEN).correlate(_A)
COUNT = Query(
    select(func.count().label("missed")).where(
        _A.patient_id == bindparam("person"), _A.status == "noshow", _A.starts_at >= bindparam("since"), ~_FORGIVEN
    )
)


class AfterNoShows(TooMany):
    """They missed as many visits as the clinic lets pass (`limit`, of late: `count`): people book for them."""

    def __init__(self, limit: int, count: int) -> None:
        super().__init__(limit)
        self.count = count


def since(profile: Profile, now: datetime) -> datetime:
    """From when on no-shows count."""
    return now - relativedelta(months=profile.no_show_months)


def counted(profile: Profile, person: Person, now: datetime) -> dict[str, object]:
    """The parameters of COUNT."""
    return {"person": person.id, "since": since(profile, now)}


def applies(profile: Profile, person: Person) -> bool:
    """Whether anything is to be counted: only patients on file have a past."""
    return profile.no_shows > 0 and person.kind == "patient"


def check(connection: Connection, profile: Profile, person: Person, now: datetime) -> None:
    """In a transaction that holds the person. Raises AfterNoShows."""
    if applies(profile, person):
        judge(profile, COUNT.run(connection, counted(profile, person, now))[0].missed)


def judge(profile: Profile, count: int) -> None:
    """Raises AfterNoShows where that many are too many."""
    if 0 < profile.no_shows <= count:
        raise AfterNoShows(profile.no_shows, count)


def forgive(connection: Connection, booking_id: int, act: Act) -> None:
    """A no-show counts no more (`act.note`: why); saying it twice is no harm. Raises NotYours, WrongStatus."""
    row = appointments.one(connection, booking_id)
    if row is None:
        raise NotYours
    appointments.lock_owner(connection, row)
    row = appointments.one(connection, booking_id)
    if row is None or row.status != "noshow":
        raise WrongStatus(row.status if row else "", FORGIVEN)
    told = select(_C.id).where(_C.appointment_id == booking_id, _C.event == FORGIVEN)
    if connection.execute(told.limit(1)).first() is None:
        appointments.tell(connection, booking_id, act, FORGIVEN, row.status, row.status)
