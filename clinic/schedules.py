"""Making the slots: from hours, absences and holidays, for the booking window; what is taken is never touched."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select, update

from clinic import live
from clinic.clock import Clock
from clinic.names import need
from clinic.offered import pass_by
from clinic.planning import Away, Planned, clash, overlaps_any, plan
from clinic.profile import Profile, Profiles
from clinic.public_holidays import holiday_name
from clinic.roster import HoursRow, Roster, Rosters, load_roster
from clinic.transitions import TAKES_TIME
from db.session import Database
from db.tables import Absence, Appointment, ClinicProfile, Doctor, Holiday, Slot, WorkingHours

BATCH = 500
TOPIC = "schedule"
T = TypeVar("T")
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


class OverlappingHours(Exception):
    """Two of the hours claim the same minute of one doctor."""

    def __init__(self, one: HoursRow, other: HoursRow) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


@dataclass(frozen=True, slots=True)
class _Existing:
    """A slot as it is; `free` also when its hold has lapsed."""

    id: int
    free: bool
    held: bool
    off_plan: bool
    planned: Planned


class Schedules:
    """Changes hours, absences and holidays, and makes the slots follow."""

    def __init__(self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        self._database, self._rosters, self._profiles, self._clock = database, rosters, profiles, clock

    def set_hours(self, doctor_id: int, hours: Sequence[HoursInput]) -> None:
        """Replace a doctor's weekly hours and make the slots anew. Raises OverlappingHours, ValueError."""
        rows = [_row(doctor_id, one) for one in hours]

        def work(connection: Connection) -> None:
            _lock(connection, doctor_id)
            roster = load_roster(connection)
            found = clash(rows, _zones(roster), self._clock().date())
            if found:
                raise OverlappingHours(*found)
            connection.execute(delete(WorkingHours).where(WorkingHours.doctor_id == doctor_id))
            if rows:
                connection.execute(insert(WorkingHours), [_columns(row) for row in rows])
            connection.execute(ANNOUNCE)
            self._make(connection, doctor_id)
            self._tell(connection, doctor_id)

        self._database.write(work)
        self._rosters.forget()

    def add_hours(self, connection: Connection, doctor_id: int, one: HoursInput) -> None:
        """One more of a doctor's weekly hours, within a transaction; free time follows. Raises OverlappingHours.

        Whoever commits has the rosters forget what they know.
        """
        _lock(connection, doctor_id)
        roster, row = load_roster(connection), _row(doctor_id, one)
        found = clash([*roster.hours_of.get(doctor_id, ()), row], _zones(roster), self._clock().date())
        if found:
            raise OverlappingHours(*found)
        connection.execute(insert(WorkingHours).values(**_columns(row)))
        connection.execute(ANNOUNCE)
        self._make(connection, doctor_id)

    def remove_hours(self, connection: Connection, doctor_id: int, one: HoursInput) -> bool:
        """The same backwards; False where the doctor has no such hours."""
        _lock(connection, doctor_id)
        its = [getattr(WorkingHours, name) == value for name, value in _columns(_row(doctor_id, one)).items()]
        if not connection.execute(delete(WorkingHours).where(*its)).rowcount:
            return False
        connection.execute(ANNOUNCE)
        self._make(connection, doctor_id)
        return True

    def add_absence(self, doctor_id: int, starts_at: datetime, ends_at: datetime, reason: str = "") -> list[int]:
        """The doctor is away: free and held time goes at once. Returns the ids of the appointments hit, by time.

        The same absence sent twice is kept once.
        """
        span = (Absence.doctor_id == doctor_id, Absence.starts_at == starts_at, Absence.ends_at == ends_at)

        def work(connection: Connection) -> list[int]:
            _lock(connection, doctor_id)
            away = {"doctor_id": doctor_id, "starts_at": starts_at, "ends_at": ends_at, "reason": reason}
            if connection.execute(select(Absence.id).where(*span)).first() is None:
                connection.execute(insert(Absence).values(**away))
            self._make(connection, doctor_id)
            hit = list(connection.scalars(_appointments_in(doctor_id, starts_at, ends_at)))
            self._tell(connection, doctor_id)
            return hit

        return self._database.write(work)

    def remove_absence(self, absence_id: int) -> None:
        """The doctor is there after all: the time can be booked again."""

        def work(connection: Connection) -> None:
            doctor_id = connection.scalar(select(Absence.doctor_id).where(Absence.id == absence_id))
            if doctor_id is not None:
                _lock(connection, doctor_id)
                connection.execute(delete(Absence).where(Absence.id == absence_id))
                self._make(connection, doctor_id)
                self._tell(connection, doctor_id)

        self._database.write(work)

    def add_holiday(self, day: date, name: str, unit_id: int | None = None, works: bool = False) -> None:
        """The clinic's own holiday (`works`: a public one on which it is open); all doctors' slots follow."""

        def work(connection: Connection) -> None:
            holiday = {"day": day, "name": name, "unit_id": unit_id, "works": works}
            need(connection, self._clock(), (name,))
            connection.execute(insert(Holiday).values(**holiday))
            connection.execute(ANNOUNCE)

        self._database.write(work)
        self._rosters.forget()
        self.extend()

    def generate(self, doctor_id: int, until: date | None = None) -> int:
        """Bring a doctor's slots in line with the hours, up to `until` (or the booking window); how many were made."""

        def work(connection: Connection) -> int:
            _lock(connection, doctor_id)
            return self._make(connection, doctor_id, until)

        return self._database.write(work)

    def extend(self) -> int:
        """Every night: the booking window moves on by a day, for every doctor; how many slots were made."""
        doctors = self._database.rows(select(Doctor.id).where(Doctor.active))
        return sum(self.generate(row.id) for row in doctors)

    def _tell(self, connection: Connection, doctor_id: int) -> None:
        """Whoever looks at this doctor's agenda sees the change."""
        live.put(connection, TOPIC, doctor_id, at=self._clock(), doctor_id=doctor_id)

    def _make(self, connection: Connection, doctor_id: int, until: date | None = None) -> int:
        """Regenerate within a transaction that holds the doctor."""
        now, profile = self._clock(), self._profiles.get()
        last = until or now.astimezone(UTC).date() + timedelta(days=profile.booking_days + 1)
        pass_by(connection, doctor_id, now - timedelta(days=1), self._rosters.get().unit)
        away = _absences(connection, doctor_id, now)
        planned = [one for one in _planned(connection, doctor_id, now, last, profile, away) if one.ends_at > now]
        existing = _existing(connection, doctor_id, now)
        return _bring_in_line(connection, doctor_id, planned, existing, away)


def _bring_in_line(
    connection: Connection, doctor_id: int, planned: list[Planned], existing: list[_Existing], away: list[Away]
) -> int:
    wanted = set(planned)
    stays = {one.id: one for one in existing if _stays(one, wanted, away)}
    for ids in _batches([one.id for one in existing if one.id not in stays]):
        connection.execute(delete(Slot).where(Slot.id.in_(ids)))
    for off in (True, False):
        changed = [one.id for one in stays.values() if one.off_plan != off and (one.planned not in wanted) is off]
        for ids in _batches(changed):
            connection.execute(update(Slot).where(Slot.id.in_(ids)).values(off_plan=off))
    new = list(_not_taken(planned, [one.planned for one in stays.values()]))
    for some in _batches(new):
        connection.execute(insert(Slot), [_slot(doctor_id, one) for one in some])
    return len(new)


def _stays(one: _Existing, wanted: set[Planned], away: list[Away]) -> bool:
    """Booked and blocked time always stays; free time while it is planned; held time unless the doctor is away."""
    if one.free:
        return one.planned in wanted
    return not (one.held and overlaps_any(one.planned, away))


def _not_taken(planned: Iterable[Planned], taken: Iterable[Planned]) -> Iterable[Planned]:
    """Those of a plan in order that overlap nothing of what is there."""
    there = sorted(taken)
    place = 0
    for one in planned:
        while place < len(there) and there[place].ends_at <= one.starts_at:
            place += 1
        if place == len(there) or there[place].starts_at >= one.ends_at:
            yield one


def _planned(
    connection: Connection, doctor_id: int, now: datetime, last: date, profile: Profile, away: list[Away]
) -> list[Planned]:
    roster = load_roster(connection)
    first = now.date() - timedelta(days=1)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    states = {unit.id: unit.state for unit in roster.units}

    def closed(unit_id: int, day: date) -> bool:
        return holiday_name(day, states[unit_id], unit_id, roster.holidays, profile.optional_holidays) is not None

    hours = [row for row in roster.hours_of.get(doctor_id, ()) if row.unit_id in states]
    active = doctor_id in roster.doctors and roster.doctors[doctor_id].active
    return plan(hours if active else (), _zones(roster), days, profile.noon, away, closed)


def _zones(roster: Roster) -> dict[int, Any]:
    return {unit.id: unit.tz for unit in roster.units}


def _lock(connection: Connection, doctor_id: int) -> None:
    """Nobody else makes this doctor's slots now, and no appointment with them is written (it refers to this row)."""
    changed = update(Doctor).where(Doctor.id == doctor_id).values(agenda_version=Doctor.agenda_version + 1)
    if not connection.execute(changed).rowcount:
        raise KeyError(doctor_id)


def _existing(connection: Connection, doctor_id: int, now: datetime) -> list[_Existing]:
    """The doctor's slots from now on, locked, so that none is held or booked meanwhile."""
    columns = select(Slot.id, Slot.status, Slot.held_until, Slot.off_plan)
    wanted = columns.add_columns(Slot.starts_at, Slot.ends_at, Slot.unit_id, Slot.modality, Slot.period)
    mine = wanted.where(Slot.doctor_id == doctor_id, Slot.ends_at > now, Slot.starts_at > now - timedelta(days=1))
    # By the index that no change of status moves a row in: in another, a row claimed meanwhile could be missed.
    steady = mine.with_hint(Slot, "FORCE INDEX (uq_slots_doctor_id_starts_at)", "mysql")
    return [_seen(row, now) for row in connection.execute(steady.order_by(Slot.starts_at).with_for_update())]


def _seen(row: Any, now: datetime) -> _Existing:
    held = row.status == "held" and row.held_until > now
    left_over = row.status == "blocked" and row.off_plan
    free = row.status == "free" or left_over or (row.status == "held" and not held)
    return _Existing(row.id, free, held, row.off_plan, Planned(*row[4:]))


def _slot(doctor_id: int, one: Planned) -> dict[str, Any]:
    return {
        "doctor_id": doctor_id, "unit_id": one.unit_id, "modality": one.modality, "period": one.period,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "status": "free",
    }  # fmt: skip


def _absences(connection: Connection, doctor_id: int, now: datetime) -> list[Away]:
    mine = select(Absence.starts_at, Absence.ends_at).where(Absence.doctor_id == doctor_id, Absence.ends_at > now)
    return [Away(*row) for row in connection.execute(mine)]


def _appointments_in(doctor_id: int, starts_at: datetime, ends_at: datetime) -> Any:
    hit = select(Appointment.id).where(Appointment.doctor_id == doctor_id, Appointment.status.in_(TAKES_TIME))
    return hit.where(Appointment.starts_at < ends_at, Appointment.ends_at > starts_at).order_by(Appointment.starts_at)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _row(doctor_id: int, one: HoursInput) -> HoursRow:
    if one.slot_minutes <= 0 or not 0 <= one.weekday <= 6 or one.starts == one.ends:
        raise ValueError(one)
    return HoursRow(
        doctor_id, one.unit_id, one.weekday, one.starts, one.ends, one.modality, one.slot_minutes,
        one.valid_from, one.valid_until,
    )  # fmt: skip


def _columns(row: HoursRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in HoursRow.__slots__}
