"""The visit as the patient's calendar keeps it: one entry, however often it is moved."""

from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from clinic.media.outgoing import CalendarEntry
from clinic.roster import UnitInfo
from db.prepared import Query
from db.session import Database
from db.tables import Appointment, AppointmentChange

METHODS: dict[str, Literal["REQUEST", "CANCEL"]] = {
    "booked": "REQUEST", "accepted": "REQUEST", "moved": "REQUEST", "cancelled": "CANCEL",
}  # fmt: skip
MOST_MOVES = 50

_A, _C = Appointment, AppointmentChange
_OLD = aliased(Appointment)
_MOVED_HERE = _OLD.replaced_by == _A.id
_TAKEN_BACK = and_(_OLD.code == _A.code, _OLD.starts_at == _A.starts_at, _OLD.id < _A.id)
COLUMNS = (
    select(func.max(_OLD.id)).where(_MOVED_HERE).correlate(_A).scalar_subquery().label("moved_from"),
    select(func.max(_OLD.id)).where(_TAKEN_BACK).correlate(_A).scalar_subquery().label("restored_from"),
    select(func.count(_C.id)).where(_C.appointment_id == _A.id).correlate(_A).scalar_subquery().label("changes"),
)
"""Of which appointment this one is a newer version, and how often it was changed."""
VERSION = Query(select(_A.id, *COLUMNS).where(_A.id == bindparam("appointment")))


class Calendars:
    """Makes entries. `organizer`: the address letters come from."""

    def __init__(self, database: Database, organizer: str) -> None:
        self._database, self._organizer = database, organizer

    def entry(self, kind: str, visit: Any, unit: UnitInfo, clinic: str, place: str) -> CalendarEntry | None:
        """What goes with a message of this kind; None for those that change nothing in a calendar.

        `visit` has COLUMNS. Nothing of what the visit is for is in it: calendars are shared.
        """
        if kind not in METHODS:
            return None
        first, changes = self._first(visit)
        return CalendarEntry(
            f"visit-{first}@alo-clinica", changes - 1, METHODS[kind], visit.starts_at,
            visit.ends_at, f"Consulta · {clinic}", place, unit.zone, self._organizer,
        )  # fmt: skip

    def _first(self, visit: Any) -> tuple[int, int]:
        """The appointment from which all came, and how often any of them was changed: that only grows."""
        at, changes = visit, int(visit.changes)
        for _ in range(MOST_MOVES):
            before = at.moved_from or at.restored_from
            found = self._database.ask(VERSION, {"appointment": before}) if before else ()
            if not found:
                break
            at = found[0]
            changes += int(at.changes)
        return int(at.id), changes
