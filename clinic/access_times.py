"""How soon one is seen: days until the first and the third free time, by doctor and by specialty.

The third free time is the usual measure of access: the first may be a gap somebody has just left. Days are those of
the calendar, by the unit's clock; 0 is today. Beside it the longest wait that ANS RN 566/2022 allows plans, in working
days: 7 for the basic specialties, 14 for the others; exams have other limits and are not looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from clinic.clock import Clock
from clinic.roster import Roster, Rosters, SpecialtyRow, UnitInfo
from clinic.units import Units
from clinic.visit_figures import next_free
from db.session import Database
from db.types import folded

BASIC = ("clinica geral", "clinica medica", "pediatria", "ginecologia", "obstetricia", "cirurgia geral")
BASIC_DAYS, OTHER_DAYS = 7, 14
SATURDAY = 5
THIRD = 3
Free = tuple[datetime, UnitInfo]


@dataclass(frozen=True, slots=True)
class Wait:
    """Days to the first and third free time, None where there is none; `limit` in working days, `late` beyond it."""

    key: int
    name: str
    first: int | None
    third: int | None
    limit: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """By doctor and by specialty; `third` is the median of the doctors who have three free times."""

    doctors: Sequence[Wait] = ()
    specialties: Sequence[Wait] = ()

    @property
    def third(self) -> float | None:
        """The median of the doctors' third free times, in days."""
        known = [one.third for one in self.doctors if one.third is not None]
        return median(known) if known else None

    @property
    def without(self) -> int:
        """How many doctors have no third free time at all."""
        return sum(one.third is None for one in self.doctors)


class AccessTimes:
    """Looks at the free times as they are now."""

    def __init__(self, database: Database, rosters: Rosters, units: Units, clock: Clock) -> None:
        self._database, self._rosters, self._units, self._clock = database, rosters, units, clock

    def find(self, doctors: Iterable[int], unit_id: int | None = None, specialty_id: int | None = None) -> Access:
        """For those of the doctors who work here now."""
        roster = self._rosters.get()
        active = [one for one in doctors if roster.doctors[one].active]
        free = self._free(roster, active, unit_id) if active else {}
        by_specialty = {
            one.id: [free[doctor] for doctor in roster.announceable[one.id] if doctor in free]
            for one in roster.specialties
            if specialty_id in (None, one.id)
        }
        return Access(
            [self._wait(one, roster.doctors[one].name, free[one]) for one in active],
            [self._of_specialty(roster.specialty[one], times) for one, times in by_specialty.items() if times],
        )

    def _free(self, roster: Roster, doctors: list[int], unit_id: int | None) -> dict[int, list[Free]]:
        found: dict[int, list[Free]] = {one: [] for one in doctors}
        rows: Any = self._database.rows(next_free(doctors, unit_id, self._clock(), THIRD))
        for doctor, unit, starts_at in rows:
            found[doctor].append((starts_at, roster.unit[unit]))
        return found

    def _wait(self, key: int, name: str, times: list[Free]) -> Wait:
        days = [self._days(one) for one in sorted(times, key=lambda one: one[0])]
        return Wait(key, name, days[0] if days else None, days[THIRD - 1] if len(days) >= THIRD else None)

    def _of_specialty(self, one: SpecialtyRow, times: list[list[Free]]) -> Wait:
        """Of all its doctors together: whoever is free sooner."""
        free = [time for some in times for time in some]
        wait = self._wait(one.id, one.name, free)
        if one.kind_id is not None:
            return wait
        limit = BASIC_DAYS if folded(one.name).startswith(BASIC) else OTHER_DAYS
        return Wait(one.id, one.name, wait.first, wait.third, limit, self._late(free, limit))

    def _late(self, free: list[Free], limit: int) -> bool:
        if not free:
            return True
        starts_at, unit = min(free, key=lambda one: one[0])
        return starts_at.astimezone(unit.tz).date() > self._after(unit, limit)

    def _after(self, unit: UnitInfo, working_days: int) -> date:
        """The day that is so many working days from today."""
        day = self._today(unit)
        while working_days:
            day += timedelta(days=1)
            working_days -= day.weekday() < SATURDAY and self._units.holiday(unit.id, day) is None
        return day

    def _days(self, one: Free) -> int:
        starts_at, unit = one
        return (starts_at.astimezone(unit.tz).date() - self._today(unit)).days

    def _today(self, unit: UnitInfo) -> date:
        return self._clock().astimezone(unit.tz).date()
