"""The agenda: hours, slots, appointments and what happened to them."""

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class WorkingHours(Table):
    """A doctor's weekly hours at a unit, in the unit's own time; `modality`: in_person, video or any."""

    __tablename__ = "working_hours"
    id: Mapped[Id]
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), index=True)
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"))
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]
    modality: Mapped[str] = mapped_column(BinText(10), default="in_person")
    slot_minutes: Mapped[int] = mapped_column(default=30)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class Absence(Table):
    """A doctor is away from `starts_at` to `ends_at`."""

    __tablename__ = "absences"
    id: Mapped[Id]
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("ix_absences_doctor_ends", "doctor_id", "ends_at"), OPTIONS)


class Slot(Table):
    """A piece of a doctor's time: free, held, booked or blocked. A held one past `held_until` counts as free.

    `period` is morning or afternoon by the unit's own clock. `off_plan`: taken, but no longer in the working hours (or
    within an absence); it is blocked, not freed, when its appointment goes. `hold_token` begins with who holds it.
    """

    __tablename__ = "slots"
    id: Mapped[Id]
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"))
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"))
    modality: Mapped[str] = mapped_column(BinText(10))
    period: Mapped[str] = mapped_column(BinText(10))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(BinText(8), default="free")
    held_until: Mapped[datetime | None]
    hold_token: Mapped[str | None] = mapped_column(BinText(80))
    appointment_id: Mapped[int | None] = mapped_column(Ref)
    off_plan: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("doctor_id", "starts_at"),
        # The search: one dive a doctor; the rest is filtered within the index.
        Index("ix_slots_search", "doctor_id", "status", "starts_at", "unit_id", "modality", "period"),
        Index("ix_slots_hold", "hold_token", "held_until"),
        OPTIONS,
    )


class Appointment(Table):
    """A visit, asked for or agreed.

    `live` is 1 while it takes its time, else NULL; only the transition table sets it. `replaces`: the booked one that
    this request, once accepted, takes the place of. `caller_n` counts the bookings of a number on `caller_day`.
    `series_day`: the day of its series that it stands for, wherever it was moved to.
    """

    __tablename__ = "appointments"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(BinText(6))
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"))
    pre_registration_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("pre_registrations.id"))
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"))
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"))
    specialty_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("specialties.id"))
    kind_id: Mapped[int] = mapped_column(Ref, ForeignKey("visit_kinds.id"))
    payer_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("payers.id"))
    return_of: Mapped[int | None] = mapped_column(Ref, ForeignKey("appointments.id"))
    modality: Mapped[str] = mapped_column(BinText(10))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    slot_id: Mapped[int | None] = mapped_column(Ref)
    live: Mapped[int | None]
    status: Mapped[str] = mapped_column(BinText(10))
    cancel_reason: Mapped[str | None] = mapped_column(BinText(40))
    confirmed_at: Mapped[datetime | None]
    confirmed_via: Mapped[str | None] = mapped_column(BinText(20))
    replaced_by: Mapped[int | None] = mapped_column(Ref, ForeignKey("appointments.id"))
    replaces: Mapped[int | None] = mapped_column(Ref, ForeignKey("appointments.id"))
    answer_by: Mapped[datetime | None]
    price_cents: Mapped[int | None]
    via: Mapped[str] = mapped_column(BinText(20))
    caller: Mapped[str | None] = mapped_column(BinText(20))
    caller_day: Mapped[date | None]
    caller_n: Mapped[int | None]
    idempotency_key: Mapped[str | None] = mapped_column(BinText(120), unique=True)
    extra_day: Mapped[date | None]
    extra_n: Mapped[int | None]
    extra_reason: Mapped[str | None]
    tell_by_phone: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    series_id: Mapped[int | None] = mapped_column(Ref)
    series_day: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("code", "live"),
        UniqueConstraint("slot_id", "live"),
        UniqueConstraint("patient_id", "starts_at", "live"),
        UniqueConstraint("pre_registration_id", "starts_at", "live"),
        UniqueConstraint("doctor_id", "extra_day", "extra_n"),
        UniqueConstraint("caller", "caller_day", "caller_n"),
        Index("ix_appointments_doctor_start", "doctor_id", "starts_at"),
        Index("ix_appointments_status_answer_by", "status", "answer_by"),
        Index("ix_appointments_tell_start", "tell_by_phone", "starts_at"),
        Index("ix_appointments_series", "series_id", "series_day"),
        OPTIONS,
    )


class Series(Table):
    """Visits that repeat every so many weeks; `authorised`: how many of them the payer allows, under which number."""

    __tablename__ = "series"
    id: Mapped[Id]
    made_by: Mapped[str] = mapped_column(BinText(60))
    every_weeks: Mapped[int]
    authorised: Mapped[int | None]
    authorisation: Mapped[str] = mapped_column(BinText(40), default="")
    created_at: Mapped[datetime]


class AppointmentChange(Table):
    """One row for each change: who, when, by which medium. `protocol`: its contact's, where that was no call."""

    __tablename__ = "appointment_changes"
    id: Mapped[Id]
    appointment_id: Mapped[int] = mapped_column(Ref, ForeignKey("appointments.id"), index=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(BinText(20))
    from_status: Mapped[str | None] = mapped_column(BinText(10))
    to_status: Mapped[str] = mapped_column(BinText(10))
    by: Mapped[str] = mapped_column(BinText(60))
    via: Mapped[str] = mapped_column(BinText(20))
    call_id: Mapped[str | None] = mapped_column(BinText(64))
    note: Mapped[str] = mapped_column(default="")
    protocol: Mapped[str | None] = mapped_column(BinText(20))
    # Whom to tell by telephone: few kinds of events, of the last weeks.
    __table_args__ = (Index("ix_appointment_changes_event_at", "event", "at"), OPTIONS)


class Waiting(Table):
    """Somebody waits for a time with a specialty or a doctor.

    `wish` spells who waits for what; `live` is 1 while they do: the same wish is one row. `after_slot`: the last slot
    there was when times were free that did not suit; what was free then is not offered. NULL: nothing was free.
    """

    __tablename__ = "waiting_list"
    id: Mapped[Id]
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"))
    pre_registration_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("pre_registrations.id"))
    specialty_id: Mapped[int] = mapped_column(Ref, ForeignKey("specialties.id"))
    doctor_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("doctors.id"))
    unit_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("units.id"))
    payer_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("payers.id"))
    period: Mapped[str | None] = mapped_column(BinText(10))
    modality: Mapped[str | None] = mapped_column(BinText(10))
    after_slot: Mapped[int | None] = mapped_column(Ref)
    wish: Mapped[str] = mapped_column(BinText(120))
    live: Mapped[int | None] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(BinText(10), default="waiting")
    via: Mapped[str] = mapped_column(BinText(20))
    protocol: Mapped[str | None] = mapped_column(BinText(20))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("wish", "live"),
        Index("ix_waiting_list_specialty_status_created", "specialty_id", "status", "created_at"),
        Index("ix_waiting_list_live_created", "live", "created_at"),
        OPTIONS,
    )
