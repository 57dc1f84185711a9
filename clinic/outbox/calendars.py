"""The visit as the patient's calendar keeps it: one entry, however often it is moved."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, or_, select

from clinic.media.outgoing import CalendarEntry
from clinic.roster import UnitInfo
from db.session import Database
from db.tables import Appointment, AppointmentChange

METHODS: dict[str, Literal["REQUEST", "CANCEL"]] = {
    "booked": "REQUEST", "accepted": "REQUEST", "moved": "REQUEST", "cancelled": "CANCEL",
}  # fmt: skip
MOST_MOVES = 50

_A, _C = Appointment, AppointmentChange


class Calendars:
    """Makes entries. `organizer`: the address letters come from."""

    def __init__(self, database: Database, organizer: str) -> None:
        self._database, self._organizer = database, organizer

    def entry(self, kind: str, visit: Any, unit: UnitInfo, clinic: str, place: str) -> CalendarEntry | None:
        """What goes with a message of this kind; None for those that change nothing in a calendar.

        Nothing of what the visit is for is in it: calendars are shared.
        """
        if kind not in METHODS:
            return None
        versions = self._versions(visit.id, visit.code, visit.starts_at)
        return CalendarEntry(
            f"visit-{min(versions)}@alo-clinica", self._sequence(versions), METHODS[kind], visit.starts_at,
            visit.ends_at, f"Consulta · {clinic}", place, unit.zone, self._organizer,
        )  # fmt: skip

    def _versions(self, appointment_id: int, code: str, starts_at: datetime) -> list[int]:
        """The appointment and all it came from, by being moved or taken back."""
        found, at, spelled = [appointment_id], starts_at, code
        for _ in range(MOST_MOVES):
            again = (_A.code == spelled) & (_A.starts_at == at) & (_A.id < found[-1])
            came = select(_A.id, _A.code, _A.starts_at).where(or_(_A.replaced_by == found[-1], again))
            before = self._database.first(came.order_by(_A.id.desc()).limit(1))
            if before is None:
                break
            appointment_id, spelled, at = before
            found.append(appointment_id)
        return found

    def _sequence(self, versions: list[int]) -> int:
        """Grows with every change of any of them."""
        counted = self._database.first(select(func.count()).where(_C.appointment_id.in_(versions)))
        return int(counted[0]) - 1 if counted and counted[0] else 0
