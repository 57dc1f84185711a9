"""Where the clinic works, who works there and on what terms."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class ClinicProfile(Table):
    """One row, made by the first migration: the clinic's own settings as JSON (see clinic.profile.Profile).

    `directory_version` counts the changes of units, doctors, payers and hours, so that others know when to read again.
    """

    __tablename__ = "clinic_profile"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    directory_version: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime | None]


class Unit(Table):
    """A place of the clinic, with its own time zone."""

    __tablename__ = "units"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(BinText(120), unique=True)
    spoken: Mapped[str | None]
    street: Mapped[str]
    district: Mapped[str] = mapped_column(BinText(120), default="")
    city: Mapped[str] = mapped_column(BinText(120))
    state: Mapped[str] = mapped_column(BinText(2))
    zone: Mapped[str] = mapped_column(BinText(64))
    phone: Mapped[str | None] = mapped_column(BinText(20), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class OpeningHours(Table):
    """When people answer at a unit; times are the unit's own."""

    __tablename__ = "opening_hours"
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class Holiday(Table):
    """The clinic's own holidays (or, with `works`, a public holiday it works on)."""

    __tablename__ = "holidays"
    id: Mapped[Id]
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("units.id"))
    works: Mapped[bool] = mapped_column(default=False)


class VisitKind(Table):
    """Primeira consulta, consulta, retorno, exame.

    `before_minutes`, `after_minutes`: preparation and cleaning, in which the doctor is not booked; nobody is told.
    """

    __tablename__ = "visit_kinds"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(BinText(20), unique=True)
    name: Mapped[str] = mapped_column(BinText(80))
    minutes: Mapped[int]
    before_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    after_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    preparation: Mapped[str | None] = mapped_column(Text)
    bookable_by: Mapped[list[str]] = mapped_column(JSON)


class Specialty(Table):
    """A specialty; `needs_rqe` is off only for general practice.

    `kind_id`: the kind of visit booked under it, where that is fixed (exams).
    """

    __tablename__ = "specialties"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(BinText(120), unique=True)
    spoken: Mapped[str | None]
    needs_rqe: Mapped[bool] = mapped_column(default=True)
    kind_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("visit_kinds.id"))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Doctor(Table):
    """A doctor; `title` is what is spoken before the name ("doutora").

    `slots_due_at`: since when the slots are behind what was decided; a worker makes them anew. `weight`, 1 to 10: the
    share of the visits for which any doctor will do (see clinic.fairness).
    """

    __tablename__ = "doctors"
    id: Mapped[Id]
    name: Mapped[str]
    name_search: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(BinText(20))
    spoken: Mapped[str | None]
    crm: Mapped[str] = mapped_column(BinText(12))
    crm_state: Mapped[str] = mapped_column(BinText(2))
    approves: Mapped[bool] = mapped_column(default=False)
    approval_hours: Mapped[int] = mapped_column(default=24)
    return_days: Mapped[int] = mapped_column(default=30)
    extra_quota: Mapped[int] = mapped_column(default=2)
    weight: Mapped[int] = mapped_column(default=1, server_default="1")
    agenda_version: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    slots_due_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crm", "crm_state"), OPTIONS)


class DoctorSpecialty(Table):
    """CFM 2.336/2023: without its RQE nobody is announced as specialist."""

    __tablename__ = "doctor_specialties"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True)
    specialty_id: Mapped[int] = mapped_column(Ref, ForeignKey("specialties.id"), primary_key=True, index=True)
    rqe: Mapped[str | None] = mapped_column(BinText(12))


class Payer(Table):
    """Who pays: `private` is particular; the others are convênios."""

    __tablename__ = "payers"
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(BinText(120), unique=True)
    spoken: Mapped[str | None]
    private: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class DoctorPayer(Table):
    """Which doctor takes which payer at which unit."""

    __tablename__ = "doctor_payers"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True)
    payer_id: Mapped[int] = mapped_column(Ref, ForeignKey("payers.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"), primary_key=True)
    __table_args__ = (Index("ix_doctor_payers_payer_unit", "payer_id", "unit_id"), OPTIONS)


class PayerQuota(Table):
    """How many visits a day a doctor takes from a payer; `unit_id` 0: at all units together, so it is no key.

    `version` serialises those who book under it.
    """

    __tablename__ = "payer_quotas"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True)
    payer_id: Mapped[int] = mapped_column(Ref, ForeignKey("payers.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    per_day: Mapped[int]
    version: Mapped[int] = mapped_column(default=0)


class Price(Table):
    """What a doctor charges for a kind of visit, particular, in centavos."""

    __tablename__ = "prices"
    doctor_id: Mapped[int] = mapped_column(Ref, ForeignKey("doctors.id"), primary_key=True)
    kind_id: Mapped[int] = mapped_column(Ref, ForeignKey("visit_kinds.id"), primary_key=True)
    cents: Mapped[int]
