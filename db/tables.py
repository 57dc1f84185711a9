"""All tables in one place, for migrations and tests."""

from db.agenda import Absence, Appointment, AppointmentChange, Slot, Waiting, WorkingHours
from db.base import Table
from db.calls import AsteriskLink, Audit, CallRecord, LiveChannel, Protocol, SpokenName, VoiceNote
from db.people import Guess, Patient, PatientPhone, PreRegistration
from db.places import (
    ClinicProfile,
    Doctor,
    DoctorPayer,
    DoctorSpecialty,
    Holiday,
    OpeningHours,
    Payer,
    Price,
    Specialty,
    Unit,
    VisitKind,
)

__all__ = [
    "Absence",
    "Appointment",
    "AppointmentChange",
    "AsteriskLink",
    "Audit",
    "CallRecord",
    "ClinicProfile",
    "Doctor",
    "DoctorPayer",
    "DoctorSpecialty",
    "Guess",
    "Holiday",
    "LiveChannel",
    "OpeningHours",
    "Patient",
    "PatientPhone",
    "Payer",
    "PreRegistration",
    "Price",
    "Protocol",
    "Slot",
    "Specialty",
    "SpokenName",
    "Table",
    "Unit",
    "VisitKind",
    "VoiceNote",
    "Waiting",
    "WorkingHours",
]
