"""What may be wished for in the list, by the same rules at the desk and by program."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from clinic.roster import Roster

Fault = Literal["specialty", "doctor", "unit", "unit_of_doctor", "payer", "payer_of_doctor", "payer_there"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A time of a specialty; with this doctor, at this unit, paid by this payer, or by any of them (None)."""

    specialty_id: int | None
    doctor_id: int | None = None
    unit_id: int | None = None
    payer_id: int | None = None


def faults(roster: Roster, units: Collection[int], wanted: Wanted) -> Iterator[Fault]:
    """What does not fit in a wish; `units`: for which whoever asks may wish."""
    if wanted.specialty_id not in {one.id for one in roster.specialties}:
        yield "specialty"
    elif wanted.doctor_id and wanted.doctor_id not in roster.announceable[wanted.specialty_id]:
        yield "doctor"
    if wanted.unit_id and wanted.unit_id not in units:
        yield "unit"
    elif wanted.unit_id and wanted.doctor_id and wanted.unit_id not in _works_at(roster, wanted.doctor_id):
        yield "unit_of_doctor"
    if wanted.payer_id and wanted.payer_id not in {one.id for one in roster.payers}:
        yield "payer"
    elif wanted.payer_id and wanted.doctor_id:
        there = roster.accepted_at.get((wanted.doctor_id, wanted.payer_id))
        if there is None:
            yield "payer_of_doctor"
        elif wanted.unit_id in units and wanted.unit_id not in there:
            yield "payer_there"


def _works_at(roster: Roster, doctor_id: int) -> set[int]:
    return {one.unit_id for one in roster.hours_of.get(doctor_id, ())}
