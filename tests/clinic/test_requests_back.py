"""What is taken back does not stand in its own way: a request to move comes back beside the visit it would move."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select, update

from clinic.agenda import HoursInput
from clinic.editing import stamp
from clinic.quotas import QuotaFull
from clinic.roster import EVERYWHERE
from db.tables import AppointmentChange, Doctor
from tests.clinic.test_requests_to_move import left, request_to_move, visit

__all__ = ["request_to_move", "visit"]


@pytest.fixture
def approving(clinic):
    """Every doctor answers first."""
    clinic.database.change(update(Doctor).values(approves=True))
    clinic.practice.forget()


def limit(clinic, count):
    """So many visits a day with Marina by Saúde."""
    doctor = clinic.at.doctors["marina"]
    seen = stamp(clinic.practice.payer_quotas(doctor))
    clinic.practice.set_payer_quotas(doctor, {(clinic.at.payers["saude"], EVERYWHERE): count}, seen)


def asked_for(clinic, who):
    """A first request, by Saúde."""
    slot = clinic.slot("marina")
    terms = replace(clinic.terms(slot), payer_id=clinic.at.payers["saude"])
    return clinic.bookings.book(clinic.people[who], clinic.bookings.hold(slot, by="call"), terms, "telephone")


@pytest.fixture
def only_visit(clinic, approving):
    """Alice's, on a day that takes no other one of her payer; she asks for another time of that day."""
    booked = clinic.bookings.accept(asked_for(clinic, "alice").id, "user:marina")
    limit(clinic, 1)
    there = clinic.bookings.hold(clinic.slot("marina"), by="call")
    assert there.slot.starts_at.date() == booked.starts_at.date()
    return booked, clinic.bookings.reschedule(clinic.people["alice"], booked.id, there, "web")


@pytest.mark.parametrize("given_up", [0, 1], ids=["visit", "request"])
def test_a_visit_and_its_request_are_one_for_the_quota(clinic, only_visit, given_up):
    before, alice = left(clinic), clinic.people["alice"]
    clinic.bookings.cancel(alice, only_visit[given_up].id, "other", "web")
    clinic.bookings.undo(alice, only_visit[given_up].id, "web")
    assert left(clinic) == before


def test_what_somebody_else_took_of_the_quota_is_gone(clinic, only_visit):
    booked, alice = only_visit[0], clinic.people["alice"]
    clinic.bookings.cancel(alice, booked.id, "other", "web")
    asked_for(clinic, "bruno")
    with pytest.raises(QuotaFull):
        clinic.bookings.undo(alice, booked.id, "web")
    assert left(clinic) == []


def mornings(clinic):
    """Marina and Paulo are there at the same times; theirs of a day."""
    for doctor in ("marina", "paulo"):
        hours = [HoursInput(clinic.at.units["centro"], day, time(8), time(12)) for day in range(5)]
        clinic.agenda.set_hours(clinic.at.doctors[doctor], hours)
    return (
        clinic.agenda.on_day(clinic.criteria("general", of), date(2026, 11, 24)).times for of in ("marina", "paulo")
    )


def hour(clinic, slot):
    return clinic.bookings.hold(slot, by="call", minutes=60), clinic.terms(slot, kind="first")


def known(clinic):
    return clinic.people["alice"]


def stranger(clinic):
    return clinic.patients.pre_register(None, date(1990, 1, 1), "5511955554444", None, None)


@pytest.fixture(params=[known, stranger])
def person(clinic, request):
    return request.param(clinic)


@pytest.fixture
def overlapping(clinic, approving, person):
    """A visit, a request to move it by half of its length, and another time that is free."""
    marina, paulo = mornings(clinic)
    booked = clinic.bookings.book(person, *hour(clinic, marina[4]), "telephone")
    booked = clinic.bookings.accept(booked.id, "user:marina")
    hold, terms = hour(clinic, paulo[5])
    asked = clinic.bookings.reschedule(person, booked.id, hold, "web", terms)
    assert asked.starts_at == booked.starts_at + timedelta(minutes=30)
    return booked, asked, paulo[0]


def theirs(clinic, person):
    return [(one.starts_at, one.status) for one in clinic.bookings.upcoming(person)]


def test_a_request_comes_back_over_the_visit_it_would_move(clinic, person, overlapping):
    _, asked, _ = overlapping
    before = theirs(clinic, person)
    clinic.bookings.cancel(person, asked.id, "other", "web")
    clinic.bookings.undo(person, asked.id, "web")
    assert theirs(clinic, person) == before


def test_so_does_one_that_was_moved(clinic, person, overlapping):
    _, asked, other = overlapping
    before, (hold, terms) = theirs(clinic, person), hour(clinic, other)
    clinic.bookings.reschedule(person, asked.id, hold, "web", terms)
    clinic.bookings.undo(person, asked.id, "web")
    assert theirs(clinic, person) == before


def test_a_move_stays_where_the_time_that_was_asked_for_is_the_patients_otherwise(clinic, visit, request_to_move):
    paulo = clinic.agenda.next_free(clinic.criteria("cardiology", "paulo"), limit=20)[15]
    hold, terms = clinic.bookings.hold(paulo, by="call"), clinic.terms(paulo, "cardiology")
    new = clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone", terms, key="call:2")
    marina = clinic.agenda.next_free(clinic.criteria("general", "marina"), limit=30)
    other = clinic.book("alice", next(slot for slot in marina if slot.starts_at == request_to_move.starts_at))
    assert clinic.bookings.withdraw("call:2") is False
    assert {one.id for one in clinic.bookings.upcoming(clinic.people["alice"])} == {new.id, other.id}
    lines = select(AppointmentChange.event).where(AppointmentChange.appointment_id == new.id)
    assert clinic.database.rows(lines.order_by(AppointmentChange.id))[-1].event == "kept"
