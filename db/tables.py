"""All tables in one place, for migrations and tests."""

from db.access import (
    Identity,
    KnownDevice,
    LoginAttempt,
    LoginSession,
    MailedLink,
    RecoveryCode,
    User,
    UserRole,
    UserUnit,
)
from db.agenda import Absence, Appointment, AppointmentChange, Series, Slot, Waiting, WorkingHours
from db.api import KeptAnswer, PersonalToken, RefreshToken, RequestCount
from db.base import Table
from db.calls import AsteriskLink, Audit, CallRecord, LiveChannel, Protocol, SpokenName, VoiceNote
from db.contacts import MailboxPlace, SurveyAnswer, Undeliverable
from db.desk import Delay, PhoneNotice
from db.feeds import CalendarFeed
from db.imports import Import, ImportRow
from db.live import LiveEvent
from db.messages import ContactPreference, MessageText, OutboxRow
from db.people import Guess, Patient, PatientPhone, PreRegistration
from db.places import (
    ClinicProfile,
    Doctor,
    DoctorPayer,
    DoctorSpecialty,
    Holiday,
    OpeningHours,
    Payer,
    PayerQuota,
    Price,
    Specialty,
    Unit,
    VisitKind,
)
from db.portal import Acknowledgement, Consent, DataRequest, Registration
from db.reports import OfferedTime
from db.waiting import WaitingOffer
from db.webhooks import WebhookAttempt, WebhookSubscription

__all__ = [
    "Absence",
    "Acknowledgement",
    "Appointment",
    "AppointmentChange",
    "AsteriskLink",
    "Audit",
    "CalendarFeed",
    "CallRecord",
    "ClinicProfile",
    "Consent",
    "ContactPreference",
    "DataRequest",
    "Delay",
    "Doctor",
    "DoctorPayer",
    "DoctorSpecialty",
    "Guess",
    "Holiday",
    "Identity",
    "Import",
    "ImportRow",
    "KeptAnswer",
    "KnownDevice",
    "LiveChannel",
    "LiveEvent",
    "LoginAttempt",
    "LoginSession",
    "MailboxPlace",
    "MailedLink",
    "MessageText",
    "OfferedTime",
    "OpeningHours",
    "OutboxRow",
    "Patient",
    "PatientPhone",
    "Payer",
    "PayerQuota",
    "PersonalToken",
    "PhoneNotice",
    "PreRegistration",
    "Price",
    "Protocol",
    "RecoveryCode",
    "RefreshToken",
    "Registration",
    "RequestCount",
    "Series",
    "Slot",
    "Specialty",
    "SpokenName",
    "SurveyAnswer",
    "Table",
    "Undeliverable",
    "Unit",
    "User",
    "UserRole",
    "UserUnit",
    "VisitKind",
    "VoiceNote",
    "Waiting",
    "WaitingOffer",
    "WebhookAttempt",
    "WebhookSubscription",
    "WorkingHours",
]
