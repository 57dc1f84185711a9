"""The reminder of a retorno that somebody may still have: when it is planned, and whether it is still to be told.

It belongs to the treatment that was begun and offers nothing new: one for each consultation, to who has booked nothing
since. Who booked the retorno and then gave it up, or did not come, has the right to it again, and is reminded after
all; so is who gave up another visit with the same doctor.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from clinic import past_visits
from clinic.outbox.quiet import Quiet
from clinic.roster import Roster, Rosters
from clinic.terms import local_day
from db.prepared import among
from db.session import Database
from db.tables import Appointment, DataRequest, OutboxRow, User

KIND = "return_due"
AT = time(9)
"""By the clock of the unit: when people can be called back."""
EARLIEST = timedelta(days=2)
"""After the consultation: nobody is told before what they heard there themselves."""
AFTER_GIVING_UP = timedelta(days=1)
EACH_DAY = timedelta(days=1)
BOOKED = "return_booked"
COMING = frozenset({"pending", "booked"})
TAKES = frozenset({"booked", "requested", "restored", "accepted"})
GIVES_BACK = frozenset({"cancelled", "declined", "expired", "withdrawn", "noshow"})

_A, _O = Appointment, OutboxRow
VISIT = select(
    _A.id, _A.doctor_id, _A.specialty_id, _A.unit_id, _A.payer_id, _A.kind_id, _A.starts_at, _A.status,
    _A.patient_id, _A.pre_registration_id,
)  # fmt: skip
_LIVES = among(_A.status, ("pending", *past_visits.KEPT))


@dataclass(frozen=True, slots=True)
class DueReturns:
    """`days` tells how many days before its end a retorno is spoken of."""

    rosters: Rosters
    days: Callable[[], int]
    quiet: Quiet

    def due(self, connection: Connection, appointment_id: int, after: datetime) -> datetime | None:
        """When to remind of the retorno that this visit gives a right to, not before `after`; None: it gives none, or
        one that ends before anybody need be told."""
        visit = connection.execute(VISIT.where(_A.id == appointment_id)).first()
        roster = self.rosters.get()
        day = self._day(roster, visit) if visit else None
        if visit is None or day is None:
            return None
        zone = roster.unit[visit.unit_id].tz
        return self.quiet.allowed(max(datetime.combine(day, AT, zone).astimezone(UTC), after), zone)

    def _day(self, roster: Roster, visit: Any) -> date | None:
        seen = local_day(roster, visit.unit_id, visit.starts_at)
        found = past_visits.open_return(roster, visit, seen)
        if found is None or visit.status != "fulfilled":
            return None
        day = max(found.until - timedelta(days=self.days()), seen + EARLIEST)
        return day if day < found.until else None

    def follow(self, connection: Connection, event: str, visit: Any, at: datetime) -> None:
        """What happened to a retorno, for the reminder of it: silenced where it is booked, and due again where it is
        given up. `visit` is the retorno, and `at` when it happened."""
        mine = (_O.appointment_id == visit.return_of, _O.kind == KIND)
        if event in TAKES:
            over = {"status": "silenced", "due_at": None, "settled_at": at, "reason": BOOKED}
            connection.execute(update(_O).where(*mine, _O.status == "waiting").values(**over))
        elif event in GIVES_BACK and not _again(connection, visit.return_of):
            due = self.due(connection, visit.return_of, at + AFTER_GIVING_UP)
            again = {"status": "waiting", "due_at": due, "settled_at": None, "reason": None, "claimed_by": None}
            if due is not None:
                hushed = (_O.status == "silenced", _O.reason == BOOKED)
                connection.execute(update(_O).where(*mine, *hushed).values(**again, attempts=0))

    def why_not(self, database: Database, appointment_id: int, now: datetime) -> str | None:
        """Why nobody is reminded now of the retorno of this visit, as a short code; None where they are."""
        with database.read() as connection:
            visit = connection.execute(VISIT.where(_A.id == appointment_id)).one()
            roster = self.rosters.get()
            today = local_day(roster, visit.unit_id, now)
            if past_visits.open_return(roster, visit, today) is None:
                return "past"
            return _again(connection, appointment_id) or _left(connection, visit)

    def put_off(self, database: Database, appointment_id: int, now: datetime) -> datetime | None:
        """Until when it waits, where the clinic has changed the number of days since it was planned, or where a visit
        is booked that may yet be given up: that is looked at each day."""
        with database.read() as connection:
            due = self.due(connection, appointment_id, now)
            if due is not None and due > now:
                return due
            return now + EACH_DAY if _since(connection, appointment_id) else None


def _again(connection: Connection, appointment_id: int) -> str | None:
    """Whether who had this visit has booked the retorno, or been with the same doctor since."""
    found = _since(connection, appointment_id)
    if any(one.return_of == appointment_id for one in found):
        return BOOKED
    return "booked_again" if any(one.status not in COMING for one in found) else None


def _since(connection: Connection, appointment_id: int) -> Sequence[Any]:
    """The visits that they have booked with the same doctor since."""
    visit = connection.execute(VISIT.where(_A.id == appointment_id)).one()
    known = visit.patient_id is not None
    theirs = _A.patient_id == visit.patient_id if known else _A.pre_registration_id == visit.pre_registration_id
    later = (_A.doctor_id == visit.doctor_id, _A.starts_at > visit.starts_at)
    return connection.execute(select(_A.return_of, _A.status).where(theirs, *later, _LIVES)).all()


def _left(connection: Connection, visit: Any) -> str | None:
    """Whether they have had their data erased, or their account was closed."""
    erased = select(DataRequest.id).where(
        DataRequest.patient_id == visit.patient_id, DataRequest.kind == "erasure", DataRequest.status == "done",
        DataRequest.done_at > visit.starts_at,
    )  # fmt: skip
    closed = select(User.id).where(User.patient_id == visit.patient_id, User.active.is_(False))
    known = visit.patient_id is not None
    return "left_clinic" if known and any(connection.scalar(one.limit(1)) for one in (erased, closed)) else None
