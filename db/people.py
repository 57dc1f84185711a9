"""Patients, and those not yet taken up as such."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class Patient(Table):
    """A patient; where `social_name` is set it is the only name spoken or shown.

    `booking_version` serialises the bookings of one patient.
    """

    __tablename__ = "patients"
    id: Mapped[Id]
    cpf: Mapped[str | None] = mapped_column(BinText(11), unique=True)
    birth_date: Mapped[date]
    name: Mapped[str]
    name_search: Mapped[str] = mapped_column(index=True)
    social_name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(BinText(320))
    usual_payer_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("payers.id"))
    usual_unit_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("units.id"))
    guardian_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"), index=True)
    slow_mode: Mapped[bool] = mapped_column(default=False)
    pin_hash: Mapped[str | None]
    booking_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class PatientPhone(Table):
    """A number of a patient, in E.164 without '+'."""

    __tablename__ = "patient_phones"
    patient_id: Mapped[int] = mapped_column(Ref, ForeignKey("patients.id"), primary_key=True)
    number: Mapped[str] = mapped_column(BinText(20), primary_key=True, index=True)


class PreRegistration(Table):
    """Made by telephone, apart from patients even if the CPF exists; the desk completes, merges or refuses it."""

    __tablename__ = "pre_registrations"
    id: Mapped[Id]
    cpf: Mapped[str | None] = mapped_column(BinText(11), index=True)
    birth_date: Mapped[date]
    phone: Mapped[str | None] = mapped_column(BinText(20))
    name_note_id: Mapped[int | None] = mapped_column(Ref)  # a voice note; no key, notes point to people
    protocol: Mapped[str | None] = mapped_column(BinText(20))
    status: Mapped[str] = mapped_column(BinText(10), default="new")
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"))
    booking_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Guess(Table):
    """An attempt to say who one is that has not succeeded; `cpf` and `caller` are digests, never the digits.

    `caller` is the calling number, or the call where none is shown; `cpf` is NULL where only a birth date was tried.
    """

    __tablename__ = "guesses"
    id: Mapped[Id]
    cpf: Mapped[str | None] = mapped_column(BinText(32))
    caller: Mapped[str] = mapped_column(BinText(32))
    at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (
        Index("ix_guesses_cpf_at", "cpf", "at"),
        Index("ix_guesses_caller_at", "caller", "at"),
        OPTIONS,
    )
