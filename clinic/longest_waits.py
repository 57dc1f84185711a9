"""How long a convênio may let its people wait (ANS RN 566/2022, art. 3º), and whether the agenda keeps to it.

The days are working days after the day of asking. Basic consultations (pediatria, clínica médica, cirurgia geral,
ginecologia e obstetrícia; a medicina de família é da clínica médica) 7; other medical specialties 14; sessions with
fonoaudiólogo, nutricionista, psicólogo, terapeuta ocupacional and fisioterapeuta 10; dentistas 7; análises clínicas 3;
other diagnosis and therapy 10. The doctor decides on the retorno, so it has no limit (art. 3º). What binds is the
convênio, not the clinic, and any doctor of its network fulfils it; particular has no limit.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from clinic.public_holidays import holiday_name
from clinic.roster import Roster, UnitInfo
from clinic.slots import Criteria, SlotInfo
from db.types import folded

BASIC, SPECIALIST, SESSION, DENTIST, LABORATORY, DIAGNOSIS = 7, 14, 10, 7, 3, 10
EXAM = "exam"
BY_NAME = (
    (("pediatria", "clinica medica", "clinica geral", "clinico geral", "cirurgia geral", "cirurgiao geral"), BASIC),
    (("ginecologia", "obstetricia", "medicina de familia"), BASIC),
    (("fonoaudiolog", "nutricionis", "nutricao", "psicolog", "terapia ocupacional", "fisioterap"), SESSION),
    (("odontolog", "dentist", "cirurgiao dentista", "cirurgiao-dentista"), DENTIST),
)
"""How the names of specialties begin; any other is a medical specialty of its own (as cardiologia pediátrica is)."""
LABORATORIES = ("laborator", "analises clinicas", "coleta", "exame de sangue")
FREE_DAYS = (5, 6)
DAY = timedelta(days=1)


class Agenda(Protocol):
    """What is asked of the agenda (`clinic.agenda.Agenda`)."""

    def next_free(self, criteria: Criteria, after: datetime | None = None, limit: int = 3) -> list[SlotInfo]:
        """The earliest times that fit."""


@dataclass(frozen=True, slots=True)
class TooLong:
    """The next free time is too late, or there is none: `days` were allowed, so `until` was the last day.

    `first`: the time that is too late; None when there is none at all. `sooner`: the earliest time with any other
    doctor or unit that the convênio pays for, where that is soon enough.
    """

    days: int
    until: date
    first: SlotInfo | None
    sooner: SlotInfo | None = None


def days_allowed(specialty: str, kind: str = "") -> int:
    """Working days for a specialty by its name; `kind`: the code of the kind of visit, which tells exams."""
    name = folded(specialty)
    if kind == EXAM:
        return LABORATORY if any(word in name for word in LABORATORIES) else DIAGNOSIS
    return next((days for words, days in BY_NAME if name.startswith(words)), SPECIALIST)


def last_day(asked: date, days: int, state: str) -> date:
    """The last day that is soon enough: working days after `asked` by the public holidays of a state ("SP")."""
    day = asked
    while days:
        day += DAY
        if day.weekday() not in FREE_DAYS and holiday_name(day, state, 0, (), optional=False) is None:
            days -= 1
    return day


def limit(roster: Roster, specialty_id: int, payer_id: int | None, today: date, unit: UnitInfo) -> tuple[int, date]:
    """The working days allowed and the last of them; (0, date.max) where nothing limits the wait."""
    payer = roster.payer.get(payer_id or 0)
    specialty = roster.specialty.get(specialty_id)
    if payer is None or payer.private or specialty is None:
        return 0, date.max
    kind = next((one.code for one in roster.kinds if one.id == specialty.kind_id), "")
    days = days_allowed(specialty.name, kind)
    return days, last_day(today, days, unit.state)


def look(agenda: Agenda, roster: Roster, criteria: Criteria, now: datetime, booking_days: int) -> TooLong | None:
    """Whether who asks now has to wait too long for what fits; None when not, or when nothing limits the wait.

    `booking_days`: how far the agenda is open; when that is less than the limit, no free time says nothing yet.
    """
    unit = roster.unit.get(criteria.unit_id or 0) or roster.units[0]
    today = now.astimezone(unit.tz).date()
    days, until = limit(roster, criteria.specialty_id, criteria.payer_id, today, unit)
    if not days:
        return None
    first = _first(agenda, criteria)
    if _soon_enough(roster, first, until) or (first is None and today + DAY * booking_days < until):
        return None
    sooner = _first(agenda, replace(criteria, doctor_id=None, unit_id=None, modality=None, period=None))
    return TooLong(days, until, first, sooner if _soon_enough(roster, sooner, until) else None)


def _first(agenda: Agenda, criteria: Criteria) -> SlotInfo | None:
    return next(iter(agenda.next_free(criteria, None, 1)), None)


def _soon_enough(roster: Roster, slot: SlotInfo | None, until: date) -> bool:
    return slot is not None and slot.starts_at.astimezone(roster.unit[slot.unit_id].tz).date() <= until
