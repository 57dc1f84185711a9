"""What the agenda is asked and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clinic.kinds import NO_MARGIN, Margin

Period = Literal["morning", "afternoon"]
Reason = Literal["outside_window", "past", "holiday", "full", "no_hours"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a time must fit. `minutes`: the length that is needed, 0 for whatever a slot has; `margin`: beside it;
    `moving`: the appointment that would be moved there, 0 for none."""

    specialty_id: int
    doctor_id: int | None = None
    unit_id: int | None = None
    payer_id: int | None = None
    modality: str | None = None
    period: Period | None = None
    minutes: int = 0
    margin: Margin = NO_MARGIN
    moving: int = 0


@dataclass(frozen=True, slots=True)
class SlotInfo:
    """A piece of a doctor's time; `modality`: in_person, video or any (either). Moments are aware, UTC."""

    id: int
    doctor_id: int
    unit_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class DayTimes:
    """The times of one day; where there are none, `reason` says why and `nearest` holds up to three others."""

    reason: Reason | None
    holiday_name: str | None
    times: list[SlotInfo]
    nearest: list[SlotInfo]
