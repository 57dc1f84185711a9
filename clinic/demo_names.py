"""Every name the demo clinic can speak: what is recorded and shipped for it (prompts/demo_names.txt)."""

from collections.abc import Iterator
from datetime import date, timedelta

from clinic.demo_data import CLINIC, KINDS, PHYSICIANS, PLACES, PLANS, PRIVATE, SPECIALTIES
from clinic.demo_people import dependants
from clinic.public_holidays import holiday_name

STATE = "SP"
YEARS = (2026, 2029)
"""First year and the one after the last whose holidays are named; the names return every year."""


def spoken_names() -> list[str]:
    """In a steady order, each once."""
    return list(dict.fromkeys(_all()))


def _all() -> Iterator[str]:
    yield CLINIC
    for place in PLACES:
        yield from (place.name, place.street)
    yield from SPECIALTIES
    yield from (doctor.spoken or doctor.name for doctor in PHYSICIANS)
    yield from (PRIVATE, *PLANS)
    yield from (preparation for *_, preparation, _ in KINDS if preparation)
    yield from _holidays()
    yield from dependants()


def _holidays() -> Iterator[str]:
    first, end = (date(year, 1, 1) for year in YEARS)
    days = (first + timedelta(days=n) for n in range((end - first).days))
    return (name for day in days if (name := holiday_name(day, STATE, 0, (), optional=True)))
