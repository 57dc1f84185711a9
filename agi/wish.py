"""What a caller wants to book, as it takes shape question by question."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Self

from clinic.agenda import Criteria, SlotInfo
from clinic.bookings import Terms
from clinic.directory import KindInfo
from clinic.people import Person
from clinic.services import Clinic


@dataclass(frozen=True)
class Wish:
    """Nothing is chosen yet where a field is None; `return_of` is the visit that a retorno belongs to."""

    specialty_id: int = 0
    doctor_id: int | None = None
    unit_id: int | None = None
    payer_id: int | None = None
    modality: str | None = None
    settled: bool = False
    """With whom and on what terms is known already (again with the last doctor, a retorno)."""
    return_of: int | None = None
    until: str = ""
    """The last day of a retorno (ISO 8601)."""
    _kinds: dict[int | None, KindInfo] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What a visit to each doctor will be, once asked."""

    @property
    def last_day(self) -> date | None:
        """No time after this day will do."""
        return date.fromisoformat(self.until) if self.until else None

    def but(self, **changes: Any) -> Self:
        """The same wish with these fields changed."""
        return replace(self, **changes)

    def criteria(self, clinic: Clinic, person: Person) -> Criteria:
        """What to search for: times long enough for the kind of visit it will be."""
        kind = self.kind(clinic, person, self.doctor_id)
        return Criteria(
            specialty_id=self.specialty_id,
            doctor_id=self.doctor_id,
            unit_id=self.unit_id,
            payer_id=self.payer_id,
            modality=self.modality,
            minutes=kind.minutes,
            margin=kind.margin,
        )

    def kind(self, clinic: Clinic, person: Person, doctor_id: int | None) -> KindInfo:
        """Retorno, the specialty's own kind, or first or later visit with that doctor."""
        if self.return_of is not None:
            return clinic.directory.kind("return")
        known = self._kinds.get(doctor_id)
        if known is None:
            known = self._kinds[doctor_id] = clinic.directory.kind_for(person, doctor_id, self.specialty_id)
        return known

    def terms(self, clinic: Clinic, person: Person, slot: SlotInfo) -> Terms:
        """What is read back and booked; a price is only there for particular, never for a retorno."""
        kind = self.kind(clinic, person, slot.doctor_id)
        return Terms(
            doctor_id=slot.doctor_id,
            unit_id=slot.unit_id,
            specialty_id=self.specialty_id,
            kind=kind,
            payer_id=self.payer_id,
            modality=self.modality or ("in_person" if slot.modality == "any" else slot.modality),
            price_cents=self._price(clinic, slot.doctor_id, kind),
            approves=clinic.directory.doctor(slot.doctor_id).approves,
            return_of=self.return_of,
        )

    def _price(self, clinic: Clinic, doctor_id: int, kind: KindInfo) -> int | None:
        if self.return_of is not None or self.payer_id is None or not clinic.directory.payer(self.payer_id).private:
            return None
        return clinic.directory.price(doctor_id, kind.id)

    def kept(self) -> dict[str, Any]:
        """As it is written down for who is cut off and calls again."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.init}
