"""From a fact to messages: who hears of it, and when; one row for each, written with the going of the fact's own row.

One row for (appointment, kind, audience, start): whatever is restarted or addressed twice, nobody is told twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from clinic.appointments import WITH_VISIT
from clinic.clock import Clock
from clinic.messages.kinds import Audience, Kind, audiences
from clinic.outbox import versions
from clinic.outbox.claims import HANDED, Row
from clinic.outbox.due_returns import DueReturns
from clinic.outbox.facts import SETTLES, TAKEN_BACK
from clinic.outbox.reminders import Reminders
from clinic.outbox.restored import knows
from clinic.roster import Rosters
from clinic.webhooks import fanout
from db.retry import taken
from db.session import Database
from db.tables import Appointment, AppointmentChange, OutboxRow, User

AFTER_THE_VISIT = timedelta(hours=2)
OVER = frozenset({"declined", "expired", "cancelled", "moved", "withdrawn"})
"""Events after which nothing of what waited still holds."""

_A, _O, _C = Appointment, OutboxRow, AppointmentChange
_OLD = aliased(Appointment)
VISITS = (
    select(_A.id, _A.code, _A.status, _A.starts_at, _A.ends_at, _A.cancel_reason, _A.patient_id, _A.pre_registration_id)
    .add_columns(_A.doctor_id, _A.unit_id, _A.return_of, _A.replaces, User.id.label("doctor_user_id"))
    .add_columns(
        select(_OLD.doctor_id).where(_OLD.replaced_by == _A.id).limit(1).scalar_subquery().label("from_doctor"),
    )
    .outerjoin(User, User.doctor_id == _A.doctor_id)
)
VISIT = VISITS.where(_A.id == bindparam("appointment"))
CHANGE = (
    select(_C.id)
    .where(_C.appointment_id == bindparam("appointment"), _C.event == bindparam("event"), _C.at == bindparam("at"))
    .order_by(_C.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to tell; `mark` tells apart what may be told several times of one start."""

    kind: Kind
    audience: Audience
    due_at: datetime
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened (`row`), to which visit, in which line of the history; `zone` is the unit's."""

    row: Row
    visit: Any
    change_id: int | None
    zone: tzinfo
    connection: Connection

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.row.created_at

    def to_all(self, kind: Kind, due_at: datetime | None = None, mark: str = "") -> Iterator[Told]:
        """A message to each who hears of this kind; no doctor without an account, nor of what she did herself."""
        doctor = self.visit.doctor_user_id
        for audience in audiences(kind):
            if audience != "doctor" or (doctor is not None and self.row.by != f"user:{doctor}"):
                yield Told(kind, audience, due_at or self.at, mark)


class Addressing:
    """Turns facts into messages."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        enabled: Callable[[Kind, Audience], bool],
        reminders: Reminders,
        returns: DueReturns,
        clock: Clock,
    ) -> None:
        """`enabled` tells which messages the clinic sends at all."""
        self._database, self._rosters, self._enabled = database, rosters, enabled
        self._reminders, self._returns, self._clock = reminders, returns, clock
        self._plans: dict[str, Callable[[Fact], Iterator[Told]]] = {
            "booked": self._booked, "requested": lambda fact: fact.to_all("requested"),
            "imported": self._reminded_again, "restored": self._restored, "accepted": self._accepted,
            "declined": lambda fact: fact.to_all("declined"), "expired": lambda fact: fact.to_all("expired"),
            "cancelled": _cancelled, "withdrawn": _withdrawn, "moved": _moved_away,
            "delayed": lambda fact: fact.to_all("delayed", mark=f"{fact.change_id}"),
            "reoffered": lambda fact: fact.to_all("reoffered", mark=f"{fact.change_id}"),
            "noshow": self._noshow, "fulfilled": self._fulfilled,
        }  # fmt: skip

    def address(self, row: Row) -> int:
        """Write the messages that follow from a fact this worker has taken; how many."""
        try:
            return self._database.write(lambda connection: self._addressed(connection, row))
        except IntegrityError as error:  # another fact of the same appointment was addressed in the same moment
            if not taken(error):
                raise
            return self._database.write(lambda connection: self._addressed(connection, row))

    def _addressed(self, connection: Connection, row: Row) -> int:
        if not connection.execute(delete(_O).where(_O.id == row.id, _O.claimed_by == row.token)).rowcount:
            return 0  # somebody else took it over
        visit = connection.execute(VISIT, {"appointment": row.appointment_id}).first()
        if visit is None:  # an import was taken back
            hush(connection, row.appointment_id, "gone", self._clock())
            return _add(connection, fanout.of_removed(connection, row, self._clock()))
        given = {"appointment": visit.id, "event": row.kind, "at": row.created_at}
        zone = self._rosters.get().unit[visit.unit_id].tz
        fact = Fact(row, visit, connection.scalar(CHANGE, given), zone, connection)
        people = {} if row.reason in TAKEN_BACK else self.told(fact)
        return _add(connection, people | fanout.of_change(connection, row, visit, fact.change_id, self._clock()))

    def told(self, fact: Fact) -> dict[str, dict[str, Any]]:
        """The messages to people; what waited and holds no more is hushed."""
        row, visit, connection = fact.row, fact.visit, fact.connection
        plan = self._plans[row.kind](fact) if row.kind in self._plans else ()
        told = [one for one in plan if self._is_sent(one)]  # before anything is hushed: who has heard of it counts
        if row.kind in OVER:
            hush(connection, visit.id, row.kind, self._clock())
        elif row.kind == "confirmed":
            hush(connection, visit.id, "confirmed", self._clock(), "reminder")
        if visit.return_of is not None:
            self._returns.follow(connection, row.kind, visit, self._clock())
        return {_dedupe(visit, one): self._values(fact, one) for one in told}

    def _is_sent(self, told: Told) -> bool:
        """A reminder is planned in any case: by the time it is due, it may have been switched on again."""
        return told.kind in ("reminder", "return_due") or self._enabled(told.kind, told.audience)

    def _values(self, fact: Fact, told: Told) -> dict[str, Any]:
        visit = fact.visit
        return {
            "uid": token_hex(16), "kind": told.kind, "audience": told.audience, "appointment_id": visit.id,
            "change_id": fact.change_id, "patient_id": visit.patient_id,
            "pre_registration_id": visit.pre_registration_id, "doctor_id": visit.doctor_id,
            "version": visit.starts_at, "due_at": told.due_at, "created_at": self._clock(), "by": fact.row.by,
        }  # fmt: skip

    # What follows from what

    def _booked(self, fact: Fact) -> Iterator[Told]:
        """One that another was moved to is told as a move, once that can be taken back no more."""
        moved = fact.visit.from_doctor is not None
        yield from _moved_here(fact) if moved else fact.to_all("booked")
        yield from self._reminded(fact)

    def _accepted(self, fact: Fact) -> Iterator[Told]:
        yield from fact.to_all("accepted")
        yield from self._reminded(fact)

    def _restored(self, fact: Fact) -> Iterator[Told]:
        """As it was before: told only to whom the last word said something else."""
        kind: Kind = "requested" if fact.visit.status == "pending" else "booked"
        yield from (one for one in fact.to_all(kind) if not knows(fact.connection, fact.visit, one.audience))
        yield from self._reminded_again(fact)

    def _reminded_again(self, fact: Fact) -> Iterator[Told]:
        """Of a visit made long ago: also of what waits for the end of quiet hours."""
        yield from self._reminded(fact, late=True)

    def _reminded(self, fact: Fact, late: bool = False) -> Iterator[Told]:
        if fact.visit.status == "booked":
            for hours, due in self._reminders.of(fact.visit.starts_at, fact.zone, fact.at, late).items():
                yield Told("reminder", "patient", due, f"{hours}h")

    def _noshow(self, fact: Fact) -> Iterator[Told]:
        """Not on the day itself, on which it may still be corrected."""
        tomorrow = fact.at.astimezone(fact.zone).date() + timedelta(days=1)
        morning = datetime.combine(tomorrow, time(), fact.zone).astimezone(UTC)
        yield from fact.to_all("noshow", self._reminders.quiet.allowed(morning, fact.zone))

    def _fulfilled(self, fact: Fact) -> Iterator[Told]:
        afterwards = fact.at + AFTER_THE_VISIT
        yield from fact.to_all("survey", self._reminders.quiet.allowed(afterwards, fact.zone))
        if due := self._returns.due(fact.connection, fact.visit.id, afterwards):
            yield from fact.to_all("return_due", due)


def _moved_here(fact: Fact) -> Iterator[Told]:
    """For a doctor who knows of no other time it is new. Who knows it as it is again hears nothing."""
    visit, earlier = fact.visit, versions.before(fact.connection, fact.visit.id)
    hers = [one for one in earlier if one.doctor_id == visit.doctor_id]
    same = len(earlier) > 1 and visit.starts_at in [one.starts_at for one in hers]
    for one in fact.to_all("moved", fact.at + SETTLES):
        which = hers if one.audience == "doctor" else earlier
        known = versions.believed(fact.connection, which, one.audience, fact.row.token)
        if not (same and known == visit.starts_at):
            yield replace(one, kind="booked") if one.audience == "doctor" and known is None else one


def _moved_away(fact: Fact) -> Iterator[Told]:
    """Where it ends with another doctor, or was given up meanwhile, it is gone for the one who had heard of it, unless
    she has heard of a later time too, which is gone by itself. All others hear of the new time."""
    later = versions.after(fact.connection, fact.visit.id)
    if not later or (later[-1].doctor_id == fact.visit.doctor_id and later[-1].status != "cancelled"):
        return
    hers = [one.id for one in later if one.doctor_id == fact.visit.doctor_id]
    if not versions.said(fact.connection, hers, "doctor", fact.row.token):
        yield from (one for one in _cancelled(fact) if one.audience == "doctor")


def _cancelled(fact: Fact) -> Iterator[Told]:
    """A doctor who was to hear of the visit, and never did, needs not hear that it is gone. Who gave up asking for
    another time keeps the visit: no patient is told then that a visit is off."""
    if fact.visit.cancel_reason == "undone":
        return
    heard, keeps = _heard(fact), _asked_to_move(fact)
    for one in fact.to_all("cancelled"):
        if one.audience == "patient" and keeps:
            continue
        if one.audience == "patient" or "sent" in heard.get(one.audience, {"sent"}):
            yield one


def _asked_to_move(fact: Fact) -> bool:
    """Whether it was a request to move a visit until then."""
    before = select(_C.from_status).where(_C.id == fact.change_id)
    return fact.visit.replaces is not None and fact.connection.scalar(before) == "pending"


def _withdrawn(fact: Fact) -> Iterator[Told]:
    """Taken back because nobody waited for it: told to those who had heard of it already. A patient who asked to move
    a visit hears what became of the visit itself, not that a time is off that was only asked for."""
    heard, of_visit = _heard(fact), fact.visit.cancel_reason == WITH_VISIT
    for one in fact.to_all("cancelled"):
        if "sent" in heard.get(one.audience, ()) and not (of_visit and one.audience == "patient"):
            yield one


def _heard(fact: Fact) -> dict[str, set[str]]:
    """What became of the messages about this visit, by audience; in another worker's hands they are as good as sent."""
    found: dict[str, set[str]] = {}
    going = and_(_O.status == "waiting", _O.claimed_by.not_in((fact.row.token, HANDED)))
    status = case((going, "sent"), else_=_O.status).label("status")
    of_it = select(_O.audience, status).where(_O.appointment_id == fact.visit.id, _O.audience.is_not(None))
    for row in fact.connection.execute(of_it.where(_O.kind != "reminder").with_for_update()):
        found.setdefault(row.audience or "", set()).add(row.status)
    return found


def _add(connection: Connection, rows: dict[str, dict[str, Any]]) -> int:
    """Write what is not there yet; how many."""
    known = set(connection.scalars(select(_O.dedupe).where(_O.dedupe.in_(rows)))) if rows else set()
    return add(connection, [{**values, "dedupe": key} for key, values in rows.items() if key not in known])


def add(connection: Connection, new: list[dict[str, Any]]) -> int:
    """Write these; how many."""
    for alike in _alike(new):
        connection.execute(insert(_O), alike)
    return len(new)


def _alike(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Rows of the same columns together, as one INSERT takes them."""
    found: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(frozenset(row), []).append(row)
    return list(found.values())


def hush(connection: Connection, appointment_id: int, why: str, at: datetime, kind: str | None = None) -> None:
    """What waits to be told to people of an appointment is not told: of this kind, or at all.

    Facts are left to their worker, and programs hear of everything.
    """
    mine = (_O.appointment_id == appointment_id, _O.status == "waiting", _O.audience.in_(("patient", "doctor")))
    which = mine if kind is None else (*mine, _O.kind == kind)
    connection.execute(update(_O).where(*which).values(status="silenced", due_at=None, settled_at=at, reason=why))


def _dedupe(visit: Any, told: Told) -> str:
    return ":".join((str(visit.id), told.kind, told.audience, f"{visit.starts_at:%Y%m%dT%H%M%S}", told.mark))
