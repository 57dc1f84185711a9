"""One doctor's slots, brought in line with hours, absences and holidays; what is taken is never touched."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select, update

from clinic import live
from clinic.margins import kept_beside
from clinic.offered import pass_by
from clinic.planning import Away, Planned, overlaps_any, plan
from clinic.profile import Profile, profile_of
from clinic.public_holidays import OwnHoliday, holiday_name
from clinic.roster import HOLIDAYS, HOURS, UNITS, HoursRow, UnitInfo
from db.tables import Absence, Doctor, Slot, WorkingHours

BATCH = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Existing:
    """A slot as it is; `free` also when its hold has lapsed; `left_over`: blocked since nobody has it any more."""

    id: int
    free: bool
    held: bool
    left_over: bool
    off_plan: bool
    planned: Planned


def lock(connection: Connection, doctor_id: int) -> None:
    """Nobody else makes this doctor's slots now, and no appointment with them is written (it refers to this row).

    The slots are made next, so they are behind no more. Raises KeyError.
    """
    counted = {"agenda_version": Doctor.agenda_version + 1, "slots_due_at": None}
    changed = update(Doctor).where(Doctor.id == doctor_id).values(counted)
    if not connection.execute(changed).rowcount:
        raise KeyError(doctor_id)


def keep_from(connection: Connection, doctor_id: int) -> None:
    """Nobody makes this doctor's slots until this transaction is over; any number may do so at once.

    Who takes slots first and writes what refers to the doctor after would wait for the maker, and the maker for them.
    """
    connection.execute(select(Doctor.id).where(Doctor.id == doctor_id).with_for_update(read=True))


def make(connection: Connection, doctor_id: int, now: datetime, until: date | None = None) -> int:
    """Make the slots anew up to `until` (or the booking window), in a transaction that holds the doctor; how many."""
    profile = profile_of(connection)
    last = until or now.astimezone(UTC).date() + timedelta(days=profile.booking_days + 1)
    units = {row[0]: UnitInfo(*row) for row in connection.execute(UNITS)}
    pass_by(connection, doctor_id, now - timedelta(days=1), units)
    away = _absences(connection, doctor_id, now)
    planned = _planned(connection, doctor_id, _days(now, last), units, profile, away)
    existing = _existing(connection, doctor_id, now)
    made = _bring_in_line(connection, doctor_id, [one for one in planned if one.ends_at > now], existing, away)
    live.put(connection, live.SCHEDULE, doctor_id, at=now, doctor_id=doctor_id)
    return made


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
    beside = kept_beside(connection, doctor_id, new)
    for some in _batches(new):
        connection.execute(insert(Slot), [_slot(doctor_id, one, beside.get(one.starts_at)) for one in some])
    return len(new)


def _stays(one: _Existing, wanted: set[Planned], away: list[Away]) -> bool:
    """Booked and blocked time always stays; free time while it is planned; held time unless the doctor is away.

    What was left over goes; where it is planned again, it is made anew, to be booked.
    """
    if one.left_over:
        return False
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


def _days(now: datetime, last: date) -> list[date]:
    first = now.date() - timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _planned(
    connection: Connection,
    doctor_id: int,
    days: list[date],
    units: dict[int, UnitInfo],
    profile: Profile,
    away: list[Away],
) -> list[Planned]:
    own = [OwnHoliday(*row) for row in connection.execute(HOLIDAYS)]

    def closed(unit_id: int, day: date) -> bool:
        return holiday_name(day, units[unit_id].state, unit_id, own, profile.optional_holidays) is not None

    zones = {unit.id: unit.tz for unit in units.values()}
    return plan(_hours(connection, doctor_id), zones, days, profile.noon, away, closed)


def _hours(connection: Connection, doctor_id: int) -> list[HoursRow]:
    """At units that are in use; none for whom is not."""
    if not connection.scalar(select(Doctor.active).where(Doctor.id == doctor_id)):
        return []
    return [HoursRow(*row) for row in connection.execute(HOURS.where(WorkingHours.doctor_id == doctor_id))]


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
    free = row.status == "free" or (row.status == "held" and not held)
    return _Existing(row.id, free, held, left_over, row.off_plan, Planned(*row[4:]))


def _slot(doctor_id: int, one: Planned, visit: int | None) -> dict[str, Any]:
    """A slot to be; taken at once where the margin of a visit reaches into it."""
    return {
        "doctor_id": doctor_id, "unit_id": one.unit_id, "modality": one.modality, "period": one.period,
        "starts_at": one.starts_at, "ends_at": one.ends_at, "status": "booked" if visit else "free",
        "appointment_id": visit,
    }  # fmt: skip


def _absences(connection: Connection, doctor_id: int, now: datetime) -> list[Away]:
    mine = select(Absence.starts_at, Absence.ends_at).where(Absence.doctor_id == doctor_id, Absence.ends_at > now)
    return [Away(*row) for row in connection.execute(mine)]


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
