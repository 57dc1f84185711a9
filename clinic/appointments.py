"""The rows of appointments: how they are read, written, told in the history, and joined to their slots.

Everything here runs inside a transaction of `Bookings` or `Visits`.
"""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, null, select, union_all, update

from clinic import live as live_events
from clinic import whose
from clinic.holds import CLAIMABLE, FREE, Hold, SlotTaken, exactly, of_this_slot
from clinic.kinds import KindInfo
from clinic.margins import DAY
from clinic.outbox import facts
from clinic.people import Person
from clinic.protocols import Contact
from clinic.transitions import WrongStatus, live, to
from clinic.whose import of_each_kind
from db.batch import run_all
from db.prepared import Insert, Prepared, Query, among, inserting
from db.tables import Appointment, AppointmentChange, Patient, PreRegistration, Slot

UNDO = timedelta(seconds=10)
Line = Any  # a row of FULL, or of COLUMNS: SQLAlchemy does not type rows this wide


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment as callers and pages see it; `answer_by` while it is a request; `price_cents` in centavos."""

    id: int
    code: str
    status: str
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    unit_id: int
    specialty_id: int | None
    kind_id: int
    payer_id: int | None
    modality: str
    confirmed: bool
    answer_by: datetime | None
    price_cents: int | None


class NotYours(Exception):
    """There is no such appointment of this person."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, by which medium, when, and during which call; `contact` numbers what is none."""

    by: str
    via: str
    at: datetime
    call_id: str | None = None
    note: str = ""
    contact: Contact = field(default_factory=Contact, compare=False)


_A = Appointment
COLUMNS = (
    _A.id, _A.code, _A.status, _A.starts_at, _A.ends_at, _A.doctor_id, _A.unit_id, _A.specialty_id, _A.kind_id,
    _A.payer_id, _A.modality, _A.confirmed_at, _A.answer_by, _A.price_cents,
)  # fmt: skip
FULL = select(*COLUMNS, _A.patient_id, _A.pre_registration_id, _A.return_of, _A.slot_id, _A.tell_by_phone).add_columns(
    _A.cancel_reason, _A.replaced_by, _A.replaces, _A.idempotency_key, _A.caller, _A.series_id, _A.series_day
)

TAKEN = select(_A.id, _A.starts_at, _A.ends_at, _A.replaces)  # few columns: read at every attempt to book
_LIVE = {
    kind: TAKEN.where(column == bindparam("person"), _A.live == 1, _A.ends_at > bindparam("now"))
    for kind, column in whose.COLUMNS.items()
}
_LAST_OF_CALLER = select(null(), null(), null(), func.max(_A.caller_n)).where(
    _A.caller == bindparam("caller"), _A.caller_day == bindparam("day")
)
LIVE = {kind: Query(live) for kind, live in _LIVE.items()}
LIVE_AND_CALLER = {kind: Query(union_all(live, _LAST_OF_CALLER)) for kind, live in _LIVE.items()}


def _upcoming(theirs: ColumnElement[bool]) -> Any:
    live = select(*COLUMNS).where(theirs, _A.live == 1, _A.starts_at >= bindparam("now"))
    return live.where(among(_A.status, ("booked", "pending"))).order_by(_A.starts_at)


UPCOMING = of_each_kind(_upcoming)


def _lock_of(table: Any) -> Prepared:
    mine = update(table).where(table.id == bindparam("person"))
    return Prepared(mine.values(booking_version=table.booking_version + 1))


LOCKS = {"patient": _lock_of(Patient), "pre_registration": _lock_of(PreRegistration)}
WITH_VISIT = "with_visit"
"""Why a request to move a visit ended that is there no more."""


def _asks_to_move(theirs: ColumnElement[bool]) -> Any:
    asks = FULL.where(theirs, _A.live == 1, _A.status == "pending", _A.replaces == bindparam("visit"))
    return asks.order_by(_A.slot_id)


ASKS_TO_MOVE = of_each_kind(_asks_to_move)
INSERT = Insert(Appointment)
INSERT_CHANGE = inserting(AppointmentChange)
_TAKE: dict[str, Any] = {
    "status": "booked",
    "held_until": None,
    "hold_token": None,
    "appointment_id": bindparam("appointment"),
}
_STILL_HELD = (Slot.hold_token == bindparam("token"), Slot.status == "held", Slot.held_until > bindparam("now"))
CLAIM = Prepared(of_this_slot(*_STILL_HELD).values(**_TAKE))
LET_GO = Prepared(
    of_this_slot(Slot.appointment_id == bindparam("appointment")).values(
        status="held", held_until=bindparam("until"), hold_token=bindparam("token"), appointment_id=None
    )
)
FREED = Prepared(of_this_slot(Slot.appointment_id == bindparam("appointment")).values(**FREE, appointment_id=None))
RECLAIM = Prepared(of_this_slot(CLAIMABLE).values(**_TAKE))
STILL_ITS = select(Slot.id).where(*_STILL_HELD)
IN_ITS_TIME = (
    select(Slot.id, Slot.starts_at, Slot.ends_at)
    .where(
        Slot.doctor_id == bindparam("doctor"), Slot.starts_at >= bindparam("start"), Slot.starts_at < bindparam("end")
    )
    .order_by(Slot.id)
)
ITS_OWN = IN_ITS_TIME.with_only_columns(Slot.id).where(Slot.appointment_id == bindparam("appointment"))


def booking(row: Any) -> Booking:
    """A row of COLUMNS (and perhaps more) as a Booking."""
    return Booking(*(*row[:11], row[11] is not None, *row[12:14]))


def made(appointment_id: int, row: dict[str, Any]) -> Booking:
    """An appointment that was just written with these columns."""
    of_row = (name for name in Booking.__slots__ if name not in ("id", "confirmed"))
    return Booking(id=appointment_id, confirmed=False, **{name: row[name] for name in of_row})


def lock(connection: Connection, person: Person) -> None:
    """One booking of a person at a time; others wait here. Raises KeyError for somebody who is not on file."""
    if not LOCKS[person.kind].run(connection, {"person": person.id}).rowcount:
        raise KeyError(person.ref)


def lock_owner(connection: Connection, row: Line) -> None:
    """The same, of whom an appointment is for."""
    kind, person = owner(row)
    LOCKS[kind].run(connection, {"person": person})


def owner(row: Line) -> tuple[str, int]:
    """Whom an appointment is for: the kind of person, and the id."""
    return ("pre_registration", row.pre_registration_id) if row.patient_id is None else ("patient", row.patient_id)


def live_ones(connection: Connection, person: Person, now: datetime) -> list[Line]:
    """What takes this person's time from now on: rows of TAKEN, unordered."""
    return LIVE[person.kind].run(connection, {"person": person.id, "now": now})


def lock_and_look(connection: Connection, person: Person, now: datetime) -> list[Line]:
    """`lock` and `live_ones`, in one round trip."""
    return _locked(connection, person, LIVE, {"now": now})


def lock_and_count(
    connection: Connection, person: Person, now: datetime, caller: str, day: date
) -> tuple[list[Line], int]:
    """The same, and how many bookings were made from a number that day."""
    given = {"now": now, "caller": caller, "day": day}
    *others, last = _locked(connection, person, LIVE_AND_CALLER, given)
    return others, last.replaces or 0


def _locked(connection: Connection, person: Person, query: dict[str, Query], given: dict[str, Any]) -> list[Line]:
    mine = {"person": person.id}
    changed, found = run_all(connection, (LOCKS[person.kind], mine), (query[person.kind], {**mine, **given}))
    if not changed:
        raise KeyError(person.ref)
    return list(found)


def theirs(connection: Connection, person: Person, booking_id: int) -> Line:
    """One appointment of this person. Raises NotYours."""
    row = one(connection, booking_id)
    if row is None or getattr(row, f"{person.kind}_id") != person.id:
        raise NotYours
    return row


def one(connection: Connection, booking_id: int) -> Line | None:
    """One appointment with all its columns."""
    return connection.execute(FULL.where(Appointment.id == booking_id)).first()


def take(connection: Connection, hold: Hold, kind: KindInfo, values: dict[str, Any], act: Act, event: str) -> int:
    """Write an appointment and claim the held slots for it, last and briefest; its id. Raises SlotTaken.

    What is beside it is looked for once it is written: from then on nobody makes slots that do not know of it.
    """
    appointment_id = _insert(connection, values, act)
    hold = exactly(connection, hold, kind, act.at)
    number, given = act.contact.steps(connection, act, event, appointment_id)
    line = (INSERT_CHANGE, _line(appointment_id, act, event, None, values["status"], number))
    mine = {"token": hold.token, "now": act.at, "appointment": appointment_id}
    claims = [(CLAIM, {**mine, "slot": one}) for one in hold.slot_ids]
    told = facts.steps(appointment_id, event, act.by, act.at)
    _, *done = run_all(connection, line, *claims, *told, *given, live_events.of(appointment_id, values, act.at))
    if not all(done[: len(claims)]):
        raise SlotTaken
    return appointment_id


def add(connection: Connection, values: dict[str, Any], act: Act, event: str) -> int:
    """Write an appointment and the first line of its history; its id."""
    appointment_id = _insert(connection, values, act)
    tell(connection, appointment_id, act, event, None, values["status"])
    return appointment_id


def _insert(connection: Connection, values: dict[str, Any], act: Act) -> int:
    return INSERT.run(connection, {**values, "live": live(values["status"]), "created_at": act.at})


def tell(connection: Connection, appointment_id: int, act: Act, event: str, before: str | None, after: str) -> None:
    """A line of the history, what is to be told of it, and word of it to who is watching."""
    number, given = act.contact.steps(connection, act, event, appointment_id)
    line = (INSERT_CHANGE, _line(appointment_id, act, event, before, after, number))
    told = facts.steps(appointment_id, event, act.by, act.at)
    run_all(connection, line, *told, *given, live_events.of_appointment(appointment_id, act.at))


def _line(
    appointment_id: int, act: Act, event: str, before: str | None, after: str, number: str | None
) -> dict[str, Any]:
    return {
        "appointment_id": appointment_id, "at": act.at, "event": event, "from_status": before, "to_status": after,
        "by": act.by, "via": act.via, "call_id": act.call_id, "note": act.note, "protocol": number,
    }  # fmt: skip


def change(connection: Connection, row: Line, event: str, act: Act, **values: Any) -> None:
    """Take an appointment to the status that follows an event, as the table says. Raises WrongStatus.

    Claimed by one conditional UPDATE: whoever changed it meanwhile goes first.
    """
    after = to(row.status, event)
    if after == "cancelled":
        values["extra_n"] = None  # an encaixe gives its place in the day's quota back
    changed = update(Appointment).where(Appointment.id == row.id, Appointment.status == row.status)
    if not connection.execute(changed.values(status=after, live=live(after), **values)).rowcount:
        now = connection.scalar(select(Appointment.status).where(Appointment.id == row.id))
        raise WrongStatus(now or "", event)
    tell(connection, row.id, act, event, row.status, after)
    if after == "cancelled":
        _end_requests(connection, row, act)


def _end_requests(connection: Connection, row: Line, act: Act) -> None:
    """Requests to move what is cancelled, or was moved, end with it, and come back with it where that is taken back."""
    kind, person = owner(row)
    for one in ASKS_TO_MOVE[kind].run(connection, {"person": person, "visit": row.id}):
        change(connection, one, "withdrawn", act, cancel_reason=WITH_VISIT)
        let_go(connection, one, act.at)


def let_go(connection: Connection, row: Line, now: datetime, undo: timedelta = UNDO) -> None:
    """The slots of an appointment stay held for ten seconds by whoever freed them, then anybody may have them."""
    freed = {"appointment": row.id, "until": now + undo, "token": undo_token(row.id)}
    around = {"doctor": row.doctor_id, "start": row.starts_at - DAY, "end": row.ends_at + DAY}
    for slot in connection.scalars(ITS_OWN, {**around, "appointment": row.id}).all():
        (LET_GO if undo else FREED).run(connection, {**freed, "slot": slot})


def undo_token(appointment_id: int) -> str:
    """Under this the freed slots of an appointment are held."""
    return f"undo:{appointment_id}"


def new_code() -> str:
    """Six digits to say on the telephone; the database sees to it that no two live ones are equal."""
    return str(100_000 + secrets.randbelow(900_000))
