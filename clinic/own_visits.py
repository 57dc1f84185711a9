"""A patient's own appointments and places in the waiting list, with those of their dependants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from clinic.appointments import UNDO
from clinic.cards import VISITS, CardVisit
from clinic.clock import Clock
from db.session import Database
from db.tables import Appointment, AppointmentChange, Waiting

MOST = 200
GIVEN_UP = ("cancelled", "moved")


@dataclass(frozen=True, slots=True)
class Waits:
    """A place in the waiting list."""

    id: int
    patient_id: int
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    period: str | None
    created_at: datetime


class OwnVisits:
    """Reads; one query each, whoever they are for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def of(self, patient_ids: Sequence[int]) -> tuple[list[CardVisit], list[CardVisit]]:
        """Those to come, by time, and those that were or are not any more, the newest first."""
        mine = VISITS.where(Appointment.patient_id.in_(patient_ids)).order_by(Appointment.starts_at.desc())
        visits = [CardVisit(*row) for row in self._database.rows(mine.limit(MOST))]
        coming = [one for one in reversed(visits) if self.is_to_come(one)]
        return coming, [one for one in visits if not self.is_to_come(one)]

    def is_to_come(self, visit: CardVisit) -> bool:
        """Whether something can still be done about it."""
        return visit.status in ("booked", "pending") and visit.starts_at > self._clock()

    def newer(self, visit: CardVisit) -> int | None:
        """The appointment that took the place of one that was moved."""
        if visit.cancel_reason != "moved":
            return None
        row = self._database.first(select(Appointment.replaced_by).where(Appointment.id == visit.id))
        return row[0] if row else None

    def waits(self, patient_ids: Sequence[int]) -> list[Waits]:
        """What they wait for, the oldest first."""
        columns = select(Waiting.id, Waiting.patient_id, Waiting.specialty_id, Waiting.doctor_id, Waiting.unit_id)
        live = columns.add_columns(Waiting.period, Waiting.created_at).where(Waiting.patient_id.in_(patient_ids))
        return [Waits(*row) for row in self._database.rows(live.where(Waiting.live == 1).order_by(Waiting.created_at))]

    def undo_until(self, appointment_id: int, via: str = "web") -> datetime | None:
        """Until when cancelling or moving it by a medium may be undone; None when that is over, or never was."""
        last = select(AppointmentChange.at, AppointmentChange.event, AppointmentChange.via)
        mine = last.where(AppointmentChange.appointment_id == appointment_id).order_by(AppointmentChange.id.desc())
        row = self._database.first(mine.limit(1))
        if row is None or row[1] not in GIVEN_UP or row[2] != via:
            return None
        until: datetime = row[0] + UNDO
        return until if until > self._clock() + timedelta(seconds=0.5) else None
