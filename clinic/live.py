"""What has just changed, told to who is watching: written with the fact, read by each process from a cursor.

Ids are given when a row is inserted and seen when it is committed, so 11 may be seen before 10. A reader hands on what
it sees at once, but its cursor passes a missing id only when the gap is so old that nothing can come of it any more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select

from clinic.clock import Clock
from db.batch import Step
from db.prepared import Insert, Prepared, inserting
from db.session import Database
from db.tables import Appointment, LiveEvent
from db.types import BinText, UtcDateTime

APPOINTMENT = "appointment"
SCHEDULE = "schedule"
"""What a doctor offers; `entity_id` is the doctor, 0 where it may be any."""
SESSION = "session"
"""A log-in was ended: `entity_id` is the session, and its streams close. Never handed to a browser."""
GAP = timedelta(seconds=10)
KEPT = timedelta(hours=24)
AT_ONCE = 1000
SEES_ALL = frozenset({"manager", "admin"})

_COLUMNS = ("at", "topic", "entity_id", "unit_id", "doctor_id", "patient_id")
_INSERT = Insert(LiveEvent)
_TELL = inserting(LiveEvent)
_OF_APPOINTMENT = Prepared(
    insert(LiveEvent).from_select(
        list(_COLUMNS),
        select(
            bindparam("at", type_=UtcDateTime()),
            literal(APPOINTMENT, BinText(20)),
            Appointment.id,
            Appointment.unit_id,
            Appointment.doctor_id,
            Appointment.patient_id,
        ).where(Appointment.id == bindparam("appointment")),
    )
)


@dataclass(frozen=True, slots=True)
class Event:
    """One change: of what, which, and whom it concerns. Nothing private."""

    id: int
    topic: str
    entity_id: int
    unit_id: int | None
    doctor_id: int | None
    patient_id: int | None


class Watcher(Protocol):
    """What of a `Viewer` decides which events are theirs."""

    @property
    def roles(self) -> Collection[str]:
        """Their roles."""

    @property
    def unit_ids(self) -> Collection[int]:
        """The units an attendant works at; none: all of them."""

    @property
    def doctor_id(self) -> int | None:
        """The doctor they are."""

    @property
    def patient_ids(self) -> Collection[int]:
        """The patients they act for: themselves and their dependants."""


def concerns(event: Event, viewer: Watcher) -> bool:
    """Whether somebody may know that this changed."""
    if event.topic == SESSION:
        return False
    if SEES_ALL.intersection(viewer.roles):
        return True
    if "attendant" in viewer.roles and (
        event.unit_id is None or event.unit_id in (viewer.unit_ids or (event.unit_id,))
    ):
        return True
    if "doctor" in viewer.roles and viewer.doctor_id is not None and event.doctor_id == viewer.doctor_id:
        return True
    return event.patient_id is not None and event.patient_id in viewer.patient_ids


def put(
    connection: Connection,
    topic: str,
    entity_id: int,
    unit_id: int | None = None,
    *,
    at: datetime,
    doctor_id: int | None = None,
    patient_id: int | None = None,
) -> None:
    """Tell of a change; the last statement of its transaction, so that its id is committed soon after it is given."""
    row = {
        "at": at, "topic": topic, "entity_id": entity_id, "unit_id": unit_id, "doctor_id": doctor_id,
        "patient_id": patient_id,
    }  # fmt: skip
    _INSERT.run(connection, row)


def of(appointment_id: int, values: Mapping[str, Any], at: datetime) -> Step:
    """The statement that tells of an appointment whose columns are known."""
    whose = {name: values[name] for name in ("unit_id", "doctor_id", "patient_id")}
    return _TELL, {"at": at, "topic": APPOINTMENT, "entity_id": appointment_id, **whose}


def of_appointment(appointment_id: int, at: datetime) -> Step:
    """The same of an appointment whose row says whom it concerns."""
    return _OF_APPOINTMENT, {"at": at, "appointment": appointment_id}


def put_appointment(connection: Connection, appointment_id: int, at: datetime) -> None:
    """The same, now."""
    statement, given = of_appointment(appointment_id, at)
    statement.run(connection, given)


class Reader:
    """Sees each event once, in the order in which they become visible. `cursor`: all up to it have been seen."""

    def __init__(self, database: Database, clock: Clock, cursor: int) -> None:
        self._database, self._clock = database, clock
        self.cursor = cursor
        self._seen: dict[int, datetime] = {}

    def poll(self) -> list[Event]:
        """What has become visible since the last time."""
        now = self._clock()
        new = [one for one in _after(self._database, self.cursor, AT_ONCE) if one.id not in self._seen]
        self._seen.update((one.id, now) for one in new)
        self._move_on(now)
        return new

    def _move_on(self, now: datetime) -> None:
        """Past what was seen; past a gap when what came after it was seen long ago (its transaction was undone)."""
        for one in sorted(self._seen):
            if one != self.cursor + 1 and now - self._seen[one] <= GAP:
                return
            self.cursor = one
            del self._seen[one]


class Live:
    """The events of the last day."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def put(self, topic: str, entity_id: int, unit_id: int | None = None, doctor_id: int | None = None) -> None:
        """Tell of a change that has no transaction of its own."""
        now = self._clock()
        self._database.write(lambda connection: put(connection, topic, entity_id, unit_id, at=now, doctor_id=doctor_id))

    def reader(self) -> Reader:
        """A reader of what comes from now on; what became visible in the last seconds may be told once more."""
        settled = select(func.max(LiveEvent.id)).where(LiveEvent.at < self._clock() - GAP)
        return Reader(self._database, self._clock, self._number(settled))

    def since(self, cursor: int) -> list[Event] | None:
        """What somebody missed who saw everything up to `cursor`; None when that can no longer be told."""
        oldest, newest = self._bounds()
        if cursor > newest or cursor + 1 < oldest:
            return None
        found = _after(self._database, cursor, AT_ONCE)
        return found if len(found) < AT_ONCE else None

    def sweep(self) -> int:
        """Forget what is older than a day; the last one stays, to know later what was missed."""
        last_old = self._number(select(func.max(LiveEvent.id)).where(LiveEvent.at < self._clock() - KEPT))
        upto = min(last_old, self._bounds()[1] - 1)
        return self._database.change(delete(LiveEvent).where(LiveEvent.id <= upto)).rowcount

    def _bounds(self) -> tuple[int, int]:
        row = self._database.first(select(func.min(LiveEvent.id), func.max(LiveEvent.id)))
        return (row[0] or 0, row[1] or 0) if row else (0, 0)

    def _number(self, statement: Any) -> int:
        row: Any = self._database.first(statement)
        return int(row[0] or 0)


def _after(database: Database, cursor: int, limit: int) -> list[Event]:
    wanted = select(LiveEvent.id, *(getattr(LiveEvent, name) for name in _COLUMNS[1:]))
    later = wanted.where(LiveEvent.id > cursor).order_by(LiveEvent.id).limit(limit)
    return [Event(*row) for row in database.rows(later)]
