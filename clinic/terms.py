"""What is read back before it is booked, and whether it may be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from clinic.roster import KindInfo, Roster

BY_PATIENTS = frozenset({"telephone", "web"})


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom, where, what for, who pays. `approves`: the doctor answers first. `return_of`: whose retorno it is."""

    doctor_id: int
    unit_id: int
    specialty_id: int | None
    kind: KindInfo
    payer_id: int | None
    modality: str
    price_cents: int | None
    approves: bool
    return_of: int | None = None


class NotAllowed(Exception):
    """These terms are not to be had; `reason`: what stands against them."""

    def __init__(self, reason: Literal["doctor", "kind", "payer", "people", "quota", "return", "authorised"]) -> None:
        super().__init__(reason)
        self.reason = reason


def check(roster: Roster, terms: Terms, via: str) -> None:
    """The directory's rules at the moment of booking: what was offered may have been withdrawn. Raises NotAllowed."""
    doctor = roster.doctors.get(terms.doctor_id)
    unit = roster.unit.get(terms.unit_id)
    if doctor is None or not doctor.active or unit is None or not unit.active or not _announced(roster, terms):
        raise NotAllowed("doctor")
    if via in BY_PATIENTS and "patient" not in terms.kind.bookable_by:
        raise NotAllowed("kind")
    if terms.payer_id is not None and (terms.doctor_id, terms.payer_id, terms.unit_id) not in roster.accepts:
        raise NotAllowed("payer")
    if (terms.kind.code == "return") is not (terms.return_of is not None):
        raise NotAllowed("return")


def _announced(roster: Roster, terms: Terms) -> bool:
    return terms.specialty_id is None or terms.doctor_id in roster.announceable.get(terms.specialty_id, ())


def local_day(roster: Roster, unit_id: int, moment: datetime) -> date:
    """The day at a unit."""
    return moment.astimezone(roster.unit[unit_id].tz).date()
