"""The shapes of the waiting list: what comes in and what goes out."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from admin_web.api.availability import Modality
from admin_web.api.types import Given, Paged, RecordId, Shown


class PlacesQuery(Paged):
    """Who waits; `unit_id`: for this unit, or for any."""

    unit_id: RecordId | None = None
    specialty_id: RecordId | None = None
    patient_id: RecordId | None = None


class NewPlace(Given):
    """Who waits, and for what; what is left out does not matter to them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"patient_id": 12, "specialty_id": 1, "doctor_id": 4, "payer_id": 2, "period": "morning"}]
        }
    )
    patient_id: RecordId
    specialty_id: RecordId
    doctor_id: RecordId | None = None
    unit_id: RecordId | None = None
    payer_id: RecordId | None = None
    period: Literal["morning", "afternoon"] | None = None
    modality: Modality | None = None
    only_new: bool = False
    """The times that are free do not suit: only what becomes free from now on is offered."""


class PlaceOffer(Shown):
    """What is kept for who waits, until when."""

    id: int
    doctor_id: int
    unit_id: int
    starts_at: datetime
    until: datetime


class WaitingPlace(Shown):
    """A place in the list. `offered_before`: how many times were offered already; `offer`: what is kept now."""

    id: int
    patient_id: int | None
    pre_registration_id: int | None
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    payer_id: int | None
    period: str | None
    modality: str | None
    via: str
    protocol: str | None
    created_at: datetime
    offered_before: int
    offer: PlaceOffer | None


class Places(Shown):
    """A part of the list."""

    items: list[WaitingPlace]
    next_cursor: str | None


class ShownOffer(Shown):
    """An offer.

    `status`: open; accepted; pending (asked for, the doctor answers); moved or cancelled, as the visit was since;
    declined; lapsed (not answered); met (they have an appointment); left (the list); taken (back, by the clinic); gone.
    """

    id: int
    place_id: int
    patient_id: int | None
    doctor_id: int
    unit_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime
    until: datetime
    status: str
    appointment_id: int | None
