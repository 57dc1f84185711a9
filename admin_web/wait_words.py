"""What pages say where a convênio's people would wait longer than ANS RN 566/2022 allows; it looks into the agenda."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from admin_web.words import day, when
from clinic import longest_waits
from clinic.longest_waits import TooLong
from clinic.slots import Criteria, SlotInfo

if TYPE_CHECKING:
    from clinic.services import Clinic


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that is too long, in words; `sooner` is another doctor's time, `sooner_said` says it."""

    late: TooLong
    payer: str
    said: str
    sooner: SlotInfo | None = None
    sooner_said: str = ""


def wait(clinic: "Clinic", criteria: Criteria) -> Wait | None:
    """Whether what fits comes too late for its convênio. None: no, or nothing limits the wait."""
    roster, window = clinic.desk.roster(), clinic.profile.get().booking_days
    late = longest_waits.look(clinic.agenda, roster, criteria, clinic.clock(), window)
    if late is None:
        return None
    payer, specialty = roster.payer[criteria.payer_id or 0].name, roster.specialty[criteria.specialty_id].name
    first = late.first
    whose = f"com {roster.doctors[criteria.doctor_id].name}" if criteria.doctor_id else f"de {specialty}"
    said = f"Pelo {payer} não há horário livre {whose} por enquanto."
    if first:
        said = (
            f"Pelo {payer}, o próximo horário livre {whose} é {when(first.starts_at, roster.unit[first.unit_id].tz)}."
        )
    said += f" O convênio tem {late.days} dias úteis para atender, até {day(late.until)} (ANS, RN 566/2022)."
    if late.sooner is None or late.sooner == first:
        return Wait(late, payer, said)
    other = roster.doctors[late.sooner.doctor_id].name
    at = when(late.sooner.starts_at, roster.unit[late.sooner.unit_id].tz)
    return Wait(late, payer, said, late.sooner, f"{at}, com {other}")


def wait_beyond(clinic: "Clinic", criteria: Criteria, slot: SlotInfo) -> Wait | None:
    """The same for who is about to take a time of a doctor's: nothing where that time itself is soon enough."""
    roster = clinic.desk.roster()
    unit = roster.unit[slot.unit_id]
    today = clinic.clock().astimezone(unit.tz).date()
    _, until = longest_waits.limit(roster, criteria.specialty_id, criteria.payer_id, today, unit)
    if slot.starts_at.astimezone(unit.tz).date() <= until:
        return None
    return wait(clinic, replace(criteria, doctor_id=slot.doctor_id))
