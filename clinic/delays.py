"""A doctor runs late: the visits of the day that are still to come are expected later, and each is told so."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from clinic import appointments, live
from clinic.appointments import Act
from clinic.clock import Clock
from clinic.roster import Rosters
from db.session import Database
from db.tables import Appointment, Delay, Doctor

LONGEST = 8 * 60
TOPIC = "delay"
STILL_TO_COME = ("booked", "pending", "arrived")


@dataclass(frozen=True, slots=True)
class Affected:
    """A visit that is expected later. `movable`: to another time; not who is here."""

    id: int
    starts_at: datetime
    expected_at: datetime
    status: str
    movable: bool


class Delays:
    """One row for a doctor and a day; the last word counts."""

    def __init__(self, database: Database, rosters: Rosters, clock: Clock) -> None:
        self._database, self._rosters, self._clock = database, rosters, clock

    def would_hit(self, doctor_id: int, day: date, minutes: int) -> list[Affected]:
        """Whom it concerns, before anything is written."""
        rows = self._database.rows(_still_to_come(doctor_id, *self._span(day), self._clock()))
        return [_affected(row, minutes) for row in rows if self._local(row) == day]

    def set(self, doctor_id: int, day: date, minutes: int, by: str, reason: str = "") -> list[Affected]:
        """The doctor is `minutes` late from now on; 0: in time again. Raises ValueError, KeyError."""
        if not 0 <= minutes <= LONGEST:
            raise ValueError(minutes)
        self._rosters.get().doctors[doctor_id]
        now = self._clock()
        row = {
            "doctor_id": doctor_id, "day": day, "since": now - timedelta(hours=1), "minutes": minutes,
            "reason": reason, "by": by, "at": now,
        }  # fmt: skip
        act = Act(by, "desk", now, note=str(minutes))

        def work(connection: Connection) -> list[Affected]:
            # One after the other for the same doctor: the row may not be there yet to be locked.
            connection.execute(select(Doctor.id).where(Doctor.id == doctor_id).with_for_update())
            connection.execute(delete(Delay).where(Delay.doctor_id == doctor_id, Delay.day == day))
            connection.execute(insert(Delay).values(**row))
            found = connection.execute(_still_to_come(doctor_id, *self._span(day), now)).all()
            hit = [one for one in found if self._local(one) == day]
            for one in hit:
                event = "delayed" if minutes else "on_time"
                appointments.tell(connection, one.id, act, event, one.status, one.status)
            live.put(connection, TOPIC, doctor_id, at=now, doctor_id=doctor_id)
            return [_affected(one, minutes) for one in hit]

        return self._database.write(work)

    def _local(self, row: Any) -> date:
        moment: datetime = row.starts_at
        return moment.astimezone(self._rosters.get().unit[row.unit_id].tz).date()

    def _span(self, day: date) -> tuple[datetime, datetime]:
        zones = {unit.tz for unit in self._rosters.get().unit.values()}
        starts = [datetime.combine(day, time(), zone).astimezone(UTC) for zone in zones]
        return min(starts), max(starts) + timedelta(days=1)


def _still_to_come(doctor_id: int, start: datetime, end: datetime, now: datetime) -> Any:
    """Nobody is told about what should have begun an hour ago."""
    mine = select(Appointment.id, Appointment.starts_at, Appointment.status, Appointment.unit_id)
    theirs = mine.where(Appointment.doctor_id == doctor_id, Appointment.status.in_(STILL_TO_COME))
    span = theirs.where(Appointment.starts_at >= max(start, now - timedelta(hours=1)), Appointment.starts_at < end)
    return span.order_by(Appointment.starts_at)


def _affected(row: Any, minutes: int) -> Affected:
    later = row.starts_at + timedelta(minutes=minutes)
    return Affected(row.id, row.starts_at, later, row.status, movable=row.status != "arrived")
