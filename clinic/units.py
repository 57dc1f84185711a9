"""The clinic's places, and when people answer there."""

from datetime import date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from clinic.phones import normalise, variants
from clinic.profile import Profiles
from clinic.public_holidays import holiday_name
from clinic.roster import Rosters, UnitInfo

__all__ = ["UnitInfo", "Units"]
BRASILIA = ZoneInfo("America/Sao_Paulo")


class Units:
    """Reads units; they are few, and kept in memory."""

    def __init__(self, rosters: Rosters, profiles: Profiles) -> None:
        self._rosters, self._profiles = rosters, profiles

    def all(self) -> list[UnitInfo]:
        """Active units in their fixed order."""
        return list(self._rosters.get().units)

    def known(self) -> list[UnitInfo]:
        """All units, those that are closed now as well: there are appointments that name them."""
        return list(self._rosters.get().unit.values())

    def get(self, unit_id: int) -> UnitInfo:
        """One unit, active or not. Raises KeyError."""
        return self._rosters.get().unit[unit_id]

    def clock_zone(self) -> tzinfo:
        """By which clock pages of no unit tell the time: the first unit's; Brasília's where there is none yet."""
        return next((unit.tz for unit in self.all()), BRASILIA)

    def by_dialled(self, number: str) -> UnitInfo:
        """The unit whose telephone was dialled, else the first one. Raises LookupError for a clinic without units."""
        units = self._rosters.get().units
        if not units:
            raise LookupError("the clinic has no unit yet")
        dialled = normalise(number)
        mine = [unit for unit in units if dialled and unit.phone and dialled in variants(unit.phone)]
        return mine[0] if mine else units[0]

    def holiday(self, unit_id: int, day: date) -> str | None:
        """The holiday that day is at the unit, or None."""
        roster = self._rosters.get()
        optional = self._profiles.get().optional_holidays
        return holiday_name(day, roster.unit[unit_id].state, unit_id, roster.holidays, optional)

    def people_answer(self, unit_id: int, at: datetime) -> bool:
        """Whether somebody is there to answer: opening hours by the unit's own clock, holidays left out.

        A unit that closes at 00:00 closes at the day's end.
        """
        here = at.astimezone(self.get(unit_id).tz)
        open_now = any(
            unit == unit_id
            and weekday == here.weekday()
            and opens <= here.time() < (time.max if closes == time() else closes)
            for unit, weekday, opens, closes in self._rosters.get().opening
        )
        return open_now and self.holiday(unit_id, here.date()) is None
