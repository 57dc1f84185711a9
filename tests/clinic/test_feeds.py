"""A doctor's calendar for calendars elsewhere."""

from datetime import timedelta

import pytest
from icalendar import Calendar


@pytest.fixture
def marina(clinic) -> int:
    return clinic.at.doctors["marina"]


def events(clinic, token):
    return Calendar.from_ical(clinic.feeds.calendar(token)).walk("VEVENT")


def test_a_visit_is_an_event(clinic, marina):
    visit = clinic.book("alice")
    [event] = events(clinic, clinic.feeds.open(marina, with_names=True))
    assert event["uid"] == f"appointment-{visit.id}@alo-clinica"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (visit.starts_at, visit.ends_at)
    assert (event["summary"], event["status"]) == ("Consulta: Alice Ferreira", "CONFIRMED")
    assert event["location"] == "Centro, Rua Quinze de Novembro, 120"


def test_without_names_nobody_is_named(clinic, marina):
    clinic.book("alice")
    token = clinic.feeds.open(marina, with_names=False)
    assert b"Alice" not in clinic.feeds.calendar(token)


def test_a_social_name_is_the_only_name(clinic, marina):
    clinic.book("carla")
    told = clinic.feeds.calendar(clinic.feeds.open(marina, with_names=True))
    assert b"Carla Souza" in told and b"Carlos" not in told


def test_a_cancelled_visit_is_taken_out_of_calendars(clinic, marina):
    visit = clinic.book("alice")
    token = clinic.feeds.open(marina, with_names=False)
    [before] = events(clinic, token)
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", via="web")
    [after] = events(clinic, token)
    assert (before["status"], after["status"]) == ("CONFIRMED", "CANCELLED")
    assert after["sequence"] > before["sequence"]


def test_a_request_is_tentative(clinic):
    clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    [event] = events(clinic, clinic.feeds.open(clinic.at.doctors["rita"], with_names=False))
    assert event["status"] == "TENTATIVE"


def test_only_the_newest_address_leads_somewhere(clinic, marina):
    old = clinic.feeds.open(marina, with_names=True)
    new = clinic.feeds.open(marina, with_names=False)
    assert clinic.feeds.calendar(old) is None
    assert clinic.feeds.calendar(new) is not None
    assert clinic.feeds.of(marina).with_names is False


def test_a_closed_calendar_is_gone(clinic, marina):
    token = clinic.feeds.open(marina, with_names=True)
    clinic.feeds.close(marina)
    assert (clinic.feeds.calendar(token), clinic.feeds.of(marina)) == (None, None)


def test_a_doctor_who_left_has_no_calendar(clinic, marina):
    token = clinic.feeds.open(marina, with_names=True)
    clinic.directory.set_active(marina, active=False)
    assert clinic.feeds.calendar(token) is None


def test_each_calendar_holds_its_own_doctors_visits(clinic):
    clinic.book("alice")
    assert events(clinic, clinic.feeds.open(clinic.at.doctors["paulo"], with_names=True)) == []


def test_old_visits_leave_the_calendar(clinic, marina):
    clinic.book("alice")
    token = clinic.feeds.open(marina, with_names=True)
    clinic.clock.now += timedelta(days=60)
    assert events(clinic, token) == []


@pytest.mark.parametrize("token", ["", "x", "é" * 300, "' OR 1=1 --"])
def test_a_wrong_address_leads_nowhere(clinic, token):
    assert clinic.feeds.calendar(token) is None
