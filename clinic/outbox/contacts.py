"""By what somebody is reached: the medium they prefer, where the clinic has it and they can be reached by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from clinic.media.outgoing import Medium
from db.tables import (
    Appointment,
    ContactPreference,
    Identity,
    Patient,
    PatientPhone,
    PreRegistration,
    Undeliverable,
    User,
)

MOBILE = 13
"""Digits of a Brazilian mobile with 55, area and ninth digit; a landline, with 12, takes no SMS."""

_A, _P = Appointment, Patient
_GUARDIAN = aliased(Patient)


def mobile_of(patient_id: Any) -> Any:
    """The patient's number that takes SMS, as one column."""
    number, mine = PatientPhone.number, PatientPhone.patient_id == patient_id
    return select(func.min(number)).where(mine, func.length(number) == MOBILE).scalar_subquery()


def _doctors(kind: str) -> Any:
    """An address that was typed wrongly must not get to know whose visits they are; see `Users.verified`."""
    theirs = select(func.min(Identity.value)).join(User, User.id == Identity.user_id)
    shown = [Identity.verified_at.is_not(None)] if kind == "email" else []
    return theirs.where(User.doctor_id == _A.doctor_id, User.active, Identity.kind == kind, *shown).scalar_subquery()


def _dead(address: Any) -> Any:
    """Whether letters to it came back."""
    return exists(select(Undeliverable.address).where(Undeliverable.address == func.lower(address)))


PATIENTS = (
    _P.email.label("email"), _GUARDIAN.email.label("guardian_email"), mobile_of(_P.id).label("phone"),
    mobile_of(_GUARDIAN.id).label("guardian_phone"), PreRegistration.phone.label("own_phone"),
    _dead(_P.email).label("email_dead"), _dead(_GUARDIAN.email).label("guardian_email_dead"),
    ContactPreference.surveys.label("wants_surveys"),
    ContactPreference.reminders.label("wants_reminders"), ContactPreference.medium.label("preferred"),
)  # fmt: skip
DOCTORS = (
    _doctors("email").label("doctor_email"), _doctors("phone").label("doctor_phone"),
    _dead(_doctors("email")).label("doctor_email_dead"),
)  # fmt: skip


def joined(visits: Any) -> Any:
    """A query of appointments joined to their patients, with all it takes to reach everybody."""
    return of_patients(visits.add_columns(*DOCTORS), _A)


def of_patients(rows: Any, of: Any) -> Any:
    """A query of rows `of` patients or pre-registrations, joined to the patients, with all it takes to reach them."""
    return (
        rows.add_columns(*PATIENTS)
        .outerjoin(_GUARDIAN, _GUARDIAN.id == _P.guardian_id)
        .outerjoin(PreRegistration, PreRegistration.id == of.pre_registration_id)
        .outerjoin(ContactPreference, ContactPreference.patient_id == of.patient_id)
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """A medium of the clinic's, and what it knows somebody by."""

    medium: str
    to: str


def contact(row: Any, audience: str, media: Mapping[str, Medium]) -> Contact | None:
    """The best way to reach them; None where there is none. For a child without contact it is the guardian's."""
    ways = list(_of_doctor(row) if audience == "doctor" else _of_patient(row))
    usable = [one for one in ways if one.to and one.medium in media]
    preferred = (one for one in usable if audience == "patient" and one.medium == row.preferred)
    return next(preferred, None) or next(iter(usable), None)


def cut_off(row: Any, audience: str) -> bool:
    """Whether letters to an address of theirs came back."""
    return bool(row.doctor_email_dead if audience == "doctor" else row.email_dead or row.guardian_email_dead)


def _of_patient(row: Any) -> Iterator[Contact]:
    yield Contact("email", "" if row.email_dead else row.email or "")
    yield Contact("sms", row.phone or _mobile(row.own_phone))
    yield Contact("email", "" if row.guardian_email_dead else row.guardian_email or "")
    yield Contact("sms", row.guardian_phone or "")


def _of_doctor(row: Any) -> Iterator[Contact]:
    yield Contact("email", "" if row.doctor_email_dead else row.doctor_email or "")
    yield Contact("sms", _mobile(row.doctor_phone))


def _mobile(number: str | None) -> str:
    return number if number and len(number) == MOBILE else ""
