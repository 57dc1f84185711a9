"""Which days are holidays at a unit: national and of its state (by the `holidays` library), and the clinic's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

# Carnaval and the others of category "optional" are a place's own decision. These of them are not days off in practice:
ORDINARY_DAYS = {"Dia do Servidor Público", "Véspera de Natal", "Véspera de Ano-Novo"}


@dataclass(frozen=True, slots=True)
class OwnHoliday:
    """A day the clinic closes (`unit_id` None: everywhere); with `works`, a public holiday on which it works."""

    day: date
    name: str
    unit_id: int | None
    works: bool


def holiday_name(day: date, state: str, unit_id: int, own: Iterable[OwnHoliday], optional: bool) -> str | None:
    """The holiday's name at that unit, or None on an ordinary day."""
    mine = [one for one in own if one.day == day and one.unit_id in (None, unit_id)]
    for one in sorted(mine, key=lambda one: one.unit_id is None):  # what is said of the unit goes first
        return None if one.works else one.name
    return _public(state, day.year, optional).get(day)


@lru_cache(maxsize=64)
def _public(state: str, year: int, optional: bool) -> dict[date, str]:
    days = holidays.country_holidays("BR", subdiv=state, years=year, language="pt_BR", categories=("public",))
    found = dict(days.items())
    if optional:
        more = holidays.country_holidays("BR", subdiv=state, years=year, language="pt_BR", categories=("optional",))
        found = {day: name for day, name in more.items() if name not in ORDINARY_DAYS} | found
    return found
