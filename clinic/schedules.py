"""Making the slots: from hours, absences and holidays, for the booking window; what is taken is never touched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from clinic.clock import Clock
from clinic.planning import clash
from clinic.profile import ChangedMeanwhile
from clinic.roster import HoursRow, Roster, Rosters, load_roster
from clinic.slot_making import lock, make
from clinic.transitions import TAKES_TIME
from db.session import Database
from db.tables import Absence, Appointment, ClinicProfile, Doctor, Unit, WorkingHours

AT_ONCE = 10
"""Doctors in a row, before other work has its turn."""
ANNOUNCE = update(ClinicProfile).where(ClinicProfile.id == 1).values(
    directory_version=ClinicProfile.directory_version + 1
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HoursInput:
    """Hours on one weekday (0 is Monday), in the unit's own time; `ends` 00:00 is midnight at the day's end."""

    unit_id: int
    weekday: int
    starts: time
    ends: time
    modality: str = "in_person"
    slot_minutes: int = 30
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """How many doctors' slots are behind what was decided, and since when (None where none are)."""

    doctors: int
    since: datetime | None


class OverlappingHours(Exception):
    """Two of the hours claim the same minute of one doctor."""

    def __init__(self, one: HoursRow, other: HoursRow) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


class Schedules:
    """Changes a doctor's hours and absences, and makes the slots follow; those of all doctors by and by."""

    def __init__(self, database: Database, rosters: Rosters, clock: Clock) -> None:
        self._database, self._rosters, self._clock = database, rosters, clock

    def set_hours(
        self,
        doctor_id: int,
        hours: Sequence[HoursInput],
        still: Callable[[list[HoursRow]], bool] = lambda _rows: True,
    ) -> None:
        """Replace a doctor's weekly hours and make the slots anew. `still`: whether these may be replaced.

        Raises OverlappingHours, ValueError, ChangedMeanwhile.
        """
        rows = [_row(doctor_id, one) for one in hours]

        def work(connection: Connection) -> None:
            lock(connection, doctor_id)
            roster = load_roster(connection)
            if not still(roster.hours_of.get(doctor_id, [])):
                raise ChangedMeanwhile
            found = clash(rows, _zones(roster), self._clock().date())
            if found:
                raise OverlappingHours(*found)
            in_use = WorkingHours.unit_id.in_(select(Unit.id).where(Unit.active))  # others wait for their unit
            connection.execute(delete(WorkingHours).where(WorkingHours.doctor_id == doctor_id, in_use))
            if rows:
                connection.execute(insert(WorkingHours), [_columns(row) for row in rows])
            connection.execute(ANNOUNCE)
            make(connection, doctor_id, self._clock())

        self._database.write(work)
        self._rosters.forget()

    def add_hours(self, connection: Connection, doctor_id: int, one: HoursInput) -> None:
        """One more of a doctor's weekly hours, within a transaction; free time follows. Raises OverlappingHours.

        Whoever commits has the rosters forget what they know.
        """
        lock(connection, doctor_id)
        roster, row = load_roster(connection), _row(doctor_id, one)
        found = clash([*roster.hours_of.get(doctor_id, ()), row], _zones(roster), self._clock().date())
        if found:
            raise OverlappingHours(*found)
        connection.execute(insert(WorkingHours).values(**_columns(row)))
        connection.execute(ANNOUNCE)
        make(connection, doctor_id, self._clock())

    def remove_hours(self, connection: Connection, doctor_id: int, one: HoursInput) -> bool:
        """The same backwards; False where the doctor has no such hours."""
        lock(connection, doctor_id)
        its = [getattr(WorkingHours, name) == value for name, value in _columns(_row(doctor_id, one)).items()]
        if not connection.execute(delete(WorkingHours).where(*its)).rowcount:
            return False
        connection.execute(ANNOUNCE)
        make(connection, doctor_id, self._clock())
        return True

    def add_absence(self, doctor_id: int, starts_at: datetime, ends_at: datetime, reason: str = "") -> list[int]:
        """The doctor is away: free and held time goes at once. Returns the ids of the appointments hit, by time.

        The same absence sent twice is kept once.
        """
        span = (Absence.doctor_id == doctor_id, Absence.starts_at == starts_at, Absence.ends_at == ends_at)

        def work(connection: Connection) -> list[int]:
            lock(connection, doctor_id)
            away = {"doctor_id": doctor_id, "starts_at": starts_at, "ends_at": ends_at, "reason": reason}
            if connection.execute(select(Absence.id).where(*span)).first() is None:
                connection.execute(insert(Absence).values(**away))
            make(connection, doctor_id, self._clock())
            hit = list(connection.scalars(_appointments_in(doctor_id, starts_at, ends_at)))
            return hit

        return self._database.write(work)

    def remove_absence(self, absence_id: int) -> None:
        """The doctor is there after all: the time can be booked again."""

        def work(connection: Connection) -> None:
            doctor_id = connection.scalar(select(Absence.doctor_id).where(Absence.id == absence_id))
            if doctor_id is not None:
                lock(connection, doctor_id)
                connection.execute(delete(Absence).where(Absence.id == absence_id))
                make(connection, doctor_id, self._clock())

        self._database.write(work)

    def generate(self, doctor_id: int, until: date | None = None) -> int:
        """Bring a doctor's slots in line with the hours, up to `until` (or the booking window); how many were made."""

        def work(connection: Connection) -> int:
            lock(connection, doctor_id)
            return make(connection, doctor_id, self._clock(), until)

        return self._database.write(work)

    def extend(self) -> int:
        """Every night: the booking window moves on by a day, for every doctor; how many slots were made."""
        doctors = self._database.rows(select(Doctor.id).where(Doctor.active))
        return sum(self.generate(row.id) for row in doctors)

    def behind(self) -> Behind:
        """How many doctors' slots wait to be made anew (see clinic.replanning)."""
        counted = select(func.count(), func.min(Doctor.slots_due_at)).where(Doctor.slots_due_at.is_not(None))
        row = self._database.first(counted)
        return Behind(row[0], row[1]) if row else Behind(0, None)

    def catch_up(self) -> int:
        """The worker's part: make the slots of some of them, those who wait longest first; how many doctors."""
        waiting = select(Doctor.id).where(Doctor.slots_due_at.is_not(None)).order_by(Doctor.slots_due_at, Doctor.id)
        found = self._database.rows(waiting.limit(AT_ONCE))
        for row in found:
            self._make_anew(row.id)
        return len(found)

    def _make_anew(self, doctor_id: int) -> None:
        def work(connection: Connection) -> None:
            lock(connection, doctor_id)
            make(connection, doctor_id, self._clock())

        self._database.write(work)


def _zones(roster: Roster) -> dict[int, Any]:
    return {unit.id: unit.tz for unit in roster.units}


def _appointments_in(doctor_id: int, starts_at: datetime, ends_at: datetime) -> Any:
    hit = select(Appointment.id).where(Appointment.doctor_id == doctor_id, Appointment.status.in_(TAKES_TIME))
    return hit.where(Appointment.starts_at < ends_at, Appointment.ends_at > starts_at).order_by(Appointment.starts_at)


def _row(doctor_id: int, one: HoursInput) -> HoursRow:
    if one.slot_minutes <= 0 or not 0 <= one.weekday <= 6 or one.starts == one.ends:
        raise ValueError(one)
    return HoursRow(
        doctor_id, one.unit_id, one.weekday, one.starts, one.ends, one.modality, one.slot_minutes,
        one.valid_from, one.valid_until,
    )  # fmt: skip


def _columns(row: HoursRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in HoursRow.__slots__}
