"""What touches the time of many doctors at once: free time on closed days goes in the same moment, the rest follows.

The slots of a thousand doctors are not made anew while somebody waits for a page. So whoever changes a holiday, a unit
or the settings marks the doctors within the same transaction, and a worker makes their slots, one doctor after the
other (Schedules.catch_up). A mark goes with the slots that are made, so nothing is lost when the worker stops.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal, select, update

from clinic import live
from clinic.public_holidays import OwnHoliday, holiday_name
from clinic.roster import HOLIDAYS, UNITS, UnitInfo
from db.tables import Doctor, Slot
from db.types import UtcDateTime

BLOCKED = case((Slot.status == "booked", "booked"), else_="blocked")
"""Booked time stays booked, and is not free again when it is cancelled; a hold is lost, as it is in an absence."""


def due(connection: Connection, now: datetime) -> None:
    """From now on the slots of all doctors are behind.

    Every doctor's row is locked, so that until this transaction ends nobody makes slots by what was before.
    """
    connection.execute(update(Doctor).where(Doctor.active).values(slots_due_at=_since(now)))


def due_of(connection: Connection, doctor_id: int, now: datetime) -> None:
    """The slots of this doctor are behind until somebody makes them: also if whoever was to do it now is ended."""
    connection.execute(update(Doctor).where(Doctor.id == doctor_id).values(slots_due_at=_since(now)))


def _since(now: datetime) -> Any:
    return func.coalesce(Doctor.slots_due_at, literal(now, UtcDateTime()))


def close_days(connection: Connection, days: Iterable[date], optional: bool) -> None:
    """Nobody can take time any more on those of the days on which a unit is closed, by what stands at this moment.

    To be called after `due`. `optional`: days that the law leaves to each place count as holidays.
    """
    own = [OwnHoliday(*row) for row in connection.execute(HOLIDAYS)]
    units = [UnitInfo(*row) for row in connection.execute(UNITS)]
    doctors = list(connection.scalars(select(Doctor.id).where(Doctor.active)))
    wanted = list(days)
    for unit in units if doctors else ():
        for day in (one for one in wanted if holiday_name(one, unit.state, unit.id, own, optional)):
            _block(connection, doctors, unit, day)


def tell(connection: Connection, now: datetime) -> None:
    """Whoever watches the agenda looks again: at what is closed already, before the slots are made anew."""
    live.put(connection, live.SCHEDULE, 0, at=now)


def window(now: datetime, booking_days: int) -> list[date]:
    """The days for which there are slots."""
    first = now.astimezone(UTC).date() - timedelta(days=1)
    return [first + timedelta(days=n) for n in range(booking_days + 3)]


def _block(connection: Connection, doctors: Sequence[int], unit: UnitInfo, day: date) -> None:
    """By doctor and time, as the index has them: another way would read, and lock, all slots there are."""
    start = datetime.combine(day, time(), unit.tz).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), unit.tz).astimezone(UTC)
    there: tuple[ColumnElement[bool], ...] = (
        Slot.doctor_id.in_(doctors), Slot.starts_at >= start, Slot.starts_at < end, Slot.unit_id == unit.id,
        Slot.status != "blocked",
    )  # fmt: skip
    by_time = update(Slot).where(*there).with_hint("FORCE INDEX (uq_slots_doctor_id_starts_at)", dialect_name="mysql")
    connection.execute(by_time.values(status=BLOCKED, off_plan=True, held_until=None, hold_token=None))
