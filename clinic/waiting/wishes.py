"""What somebody in the waiting list waits for."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from clinic.kinds import KindInfo
from clinic.slots import Criteria, Period


@dataclass(frozen=True, slots=True)
class Wish:
    """A place in the list that waits for an offer; `payer_id` is the one they usually use where none was said."""

    id: int
    patient_id: int | None
    pre_registration_id: int | None
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    period: str | None
    modality: str | None
    after_slot: int | None
    created_at: datetime
    payer_id: int | None

    @property
    def who(self) -> tuple[int | None, int | None]:
        """Whose it is: patient or pre-registration."""
        return self.patient_id, self.pre_registration_id

    @property
    def criteria(self) -> Criteria:
        """What a time must fit."""
        period = cast(Period | None, self.period)
        return Criteria(self.specialty_id, self.doctor_id, self.unit_id, self.payer_id, self.modality, period)

    def for_a(self, kind: KindInfo) -> Criteria:
        """The same for a visit of that kind."""
        return replace(self.criteria, minutes=kind.minutes, margin=kind.margin)
