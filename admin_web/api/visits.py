"""The shapes of appointments: what comes in and what goes out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from admin_web.api.availability import Modality
from admin_web.api.types import Given, Moment, Paged, RecordId, Shown, Words

Status = Literal["pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"]
Reason = Literal[
    "cannot_attend", "feeling_better", "time_or_place", "another_clinic", "clinic", "doctor_away", "other",
]  # fmt: skip
HoldId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class AppointmentsQuery(Paged):
    """Which appointments; `from` and `until` bound the start."""

    patient_id: RecordId | None = None
    doctor_id: RecordId | None = None
    unit_id: RecordId | None = None
    status: Status | None = None
    since: Moment | None = None
    until: Moment | None = None


class Appointment(Shown):
    """An appointment. `answer_by`: until when the doctor answers a request; money in centavos. Those of one `series_id`
    repeat one another; null for one that does not repeat."""

    id: int
    code: str
    status: Status
    starts_at: datetime
    ends_at: datetime
    doctor_id: int
    unit_id: int
    specialty_id: int | None
    kind_id: int
    payer_id: int | None
    modality: str
    price_cents: int | None
    answer_by: datetime | None
    confirmed_at: datetime | None
    cancel_reason: str | None
    via: str
    replaced_by: int | None
    patient_id: int | None
    series_id: int | None


class Appointments(Shown):
    """A part of the appointments."""

    items: list[Appointment]
    next_cursor: str | None


class Change(Shown):
    """A line of an appointment's history."""

    id: int
    at: datetime
    event: str
    by: str
    via: str
    note: str
    protocol: str | None


class History(Shown):
    """How an appointment came to be what it is."""

    items: list[Change]


class Time(Given):
    """A time that is held, or one that is free: one of the two."""

    hold_id: HoldId | None = None
    slot_id: RecordId | None = None


class NewAppointment(Time):
    """For whom, when and as what; what is left out is chosen as at the desk."""

    patient_id: RecordId
    specialty_id: RecordId | None = None
    kind_id: RecordId | None = None
    payer_id: RecordId | None = None
    modality: Modality | None = None
    reason: Words = ""
    """Why staff book all the same for who missed several visits, where the clinic has such a rule."""
    over_quota: bool = False
    """Staff know that the payer has all its visits of that day, and book all the same."""


class Rescheduling(Time):
    """To which time."""

    over_quota: bool = False
    """Staff know that the payer has all its visits of that day, and move it all the same."""


class Cancelling(Given):
    """Why; "other" wants a note."""

    reason: Reason
    note: Words = ""


class Declining(Given):
    """Why the doctor does not agree; the patient is told, so it may not be empty."""

    note: Words
