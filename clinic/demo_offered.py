"""The time the demo's doctors offered in the weeks before it began, as if its slots had come and gone."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from clinic import demo_data as data
from clinic.demo_visits import AWAY_DAYS, DAYS, Staff
from clinic.services import Clinic

Row = tuple[int, int, date, int]


def offered(clinic: Clinic, staff: Iterable[Staff], today: date) -> list[Row]:
    """Doctor, unit, day and minutes of each past shift; holidays and the doctor's leave are left out."""
    return [row for one in staff for row in _of(clinic, one, today)]


def _of(clinic: Clinic, one: Staff, today: date) -> Iterator[Row]:
    last = AWAY_DAYS if one.physician.name == data.ON_LEAVE else 0
    for day in (today - timedelta(days=n) for n in range(DAYS, last, -1)):
        for shift in one.physician.shifts:
            unit = one.units[shift.place.name]
            if day.weekday() in shift.weekdays and clinic.units.holiday(unit, day) is None:
                begin, end = (datetime.combine(day, hour) for hour in shift.hours)
                yield one.id, unit, day, (end - begin) // timedelta(minutes=1)
