"""Records of somebody else, one for each argument of a route that names one: Bruno's, Rita's, of the unit Santana.

They are real: a page that says "there is no such thing" of an id that never was shows nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from admin_web.api.availability import hold_id, holder
from db.tables import AppointmentChange, OutboxRow, WebhookSubscription
from tests.admin_web.site import Site

DESK = frozenset({"attendant", "centro_attendant"})
MANAGING = frozenset({"manager", "admin"})
STAFF = DESK | MANAGING
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Others:
    """How to make the record, as whom its owner comes in, and who else may see everybody's."""

    make: Callable[[Site], object]
    owner: str
    seen_by: frozenset[str]


def _visit(site: Site) -> int:
    """Bruno's, with Rita at Santana."""
    clinic = site.clinic
    theirs = clinic.bookings.upcoming(clinic.people["bruno"])
    return (theirs or [clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology")])[0].id


def _to_tell(site: Site) -> int:
    """Bruno has nothing but a telephone, so the desk is to call."""
    clinic, visit = site.clinic, _visit(site)
    clinic.practice.offer_again(None, [visit], "test")
    last = select(AppointmentChange.id).where(AppointmentChange.appointment_id == visit)
    return clinic.database.first(last.order_by(AppointmentChange.id.desc()))[0]


def _absence(site: Site) -> int:
    clinic, rita = site.clinic, site.clinic.at.doctors["rita"]
    start: datetime = clinic.clock() + timedelta(days=40)
    clinic.practice.add_absence(rita, start, start + timedelta(hours=8))
    return clinic.practice.absences(rita)[0].id


def _session(site: Site) -> int:
    user = site.user("other_patient")
    site.clinic.sessions.open(user)
    return site.clinic.sessions.list(user)[0].id


def _hold(site: Site) -> str:
    clinic = site.clinic
    return hold_id(clinic.desk.bookings.hold(clinic.slot("paulo"), holder(site.viewer("other_patient")), 10))


def _message(site: Site) -> int:
    clinic = site.clinic
    row = {
        "uid": "f" * 32, "kind": "booked", "audience": "patient", "medium": "email", "status": "failed",
        "reason": "address-550", "batch": "b" * 32, "created_at": clinic.clock(), "dedupe": "test:others",
        "patient_id": clinic.people["bruno"].id, "appointment_id": _visit(site), "version": clinic.clock(),
    }  # fmt: skip
    return clinic.database.change(insert(OutboxRow).values(**row)).lastrowid


def _closing(site: Site) -> int:
    site.clinic.closings.add(date(2026, 12, 24), "Véspera", site.clinic.at.units["norte"])
    return site.clinic.closings.own()[0].id


def _token(site: Site) -> int:
    return site.clinic.personal_tokens.create(site.user("other_patient"), "Agenda", ["appointments:read"], 30)[0].id


def _place(site: Site) -> int:
    clinic = site.clinic
    heart, norte = clinic.at.specialties["cardiology"], clinic.at.units["norte"]
    return clinic.waiting_list.join(clinic.people["bruno"], heart, "web", unit_id=norte).id


def _offer(site: Site) -> int:
    clinic, offers, until = site.clinic, site.clinic.waiting_list.offers, site.clinic.clock() + timedelta(hours=2)
    there = [one.id for one in offers.open_for([clinic.people["bruno"].id])]
    return there[0] if there else offers.make(_place(site), clinic.slot("rita", "cardiology"), 30, until, "test")


def _unfinished(site: Site) -> int:
    return site.clinic.patients.pre_register(None, date(1990, 1, 2), None, None, None).id


def _import(site: Site) -> int:
    return site.clinic.csv_imports.try_out("patients", "x.csv", b"nome;nascimento\nRui;01/02/1990\n", "user:1")


def _program(site: Site) -> int:
    database, at = site.clinic.database, site.clinic.clock()
    there = database.first(select(WebhookSubscription.id))
    row = {"label": "Painel", "url": "https://painel.example/", "secret": "x", "created_at": at, "by": "test"}
    return there[0] if there else database.change(insert(WebhookSubscription).values(**row)).lastrowid


def _delivery(site: Site) -> int:
    clinic, one = site.clinic, _program(site)
    row = {
        "uid": "e" * 32, "kind": "ping", "audience": "program", "subscription_id": one, "lane": 1, "status": "failed",
        "created_at": clinic.clock(), "dedupe": "test:delivery",
    }  # fmt: skip
    return clinic.database.change(insert(OutboxRow).values(**row)).lastrowid


OTHERS: dict[str, Others] = {
    "patient_id": Others(lambda site: site.clinic.people["bruno"].id, "manager", STAFF),  # one register for all units
    "appointment_id": Others(_visit, "other_patient", MANAGING | {"attendant"}),
    "doctor_id": Others(lambda site: site.clinic.at.doctors["rita"], "rita", MANAGING),
    "unit_id": Others(lambda site: site.clinic.at.units["norte"], "manager", MANAGING | {"attendant"}),
    "absence_id": Others(_absence, "rita", MANAGING),
    "change_id": Others(_to_tell, "manager", MANAGING | {"attendant"}),
    "session_id": Others(_session, "other_patient", NOBODY),
    "token_id": Others(_token, "other_patient", NOBODY),
    "hold_id": Others(_hold, "other_patient", NOBODY),
    "place_id": Others(_place, "other_patient", MANAGING | {"attendant"}),
    "offer_id": Others(_offer, "other_patient", MANAGING | {"attendant"}),
    "request_id": Others(lambda site: site.clinic.portal.requests.ask(site.clinic.people["bruno"].id, "access"),
                         "manager", STAFF),
    "pre_id": Others(_unfinished, "manager", STAFF),
    "user_id": Others(lambda site: site.user("centro_attendant"), "manager", MANAGING),
    "closing_id": Others(_closing, "manager", MANAGING),
    "import_id": Others(_import, "manager", MANAGING),
    "message_id": Others(_message, "manager", MANAGING),
    "subscription_id": Others(_program, "manager", MANAGING),
    "delivery_id": Others(_delivery, "manager", MANAGING),
}  # fmt: skip
"""A new argument that names somebody's record wants a maker here."""
NOBODYS = {
    "version": "a file of ours", "filename": "a file of ours", "line": "the demo's telephone", "pace": "a voice",
    "prompt_id": "a voice", "sort": "an example of ours", "kind": "a text of the clinic's, for managers alone",
    "audience": "a text of the clinic's, for managers alone", "mail_id": "the mailbox of who runs the machine",
    "token": "a secret: who has it may", "record_id": "the clinic's directory, which everybody may read",
    "slot_id": "a time on offer is everybody's", "batch": "a number drawn by lot, for managers alone",
}  # fmt: skip
"""Arguments that name nothing of anybody's, and why."""


def add_rita(site: Site) -> None:
    """The other doctor, who may log in as well."""
    user = site.clinic.users.create("Rita", ["doctor"], by="test", doctor_id=site.clinic.at.doctors["rita"])
    site.users["rita"] = user
