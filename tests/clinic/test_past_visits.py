"""What earlier visits mean for the next one."""

from datetime import date

import pytest

from clinic.bookings import NotAllowed


def visited(clinic, who="alice", kind="consultation"):
    """A visit that took place an hour from now, and it is the evening of that day."""
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    booked = clinic.bookings.book(clinic.people[who], hold, clinic.terms(slot, kind=kind), "telephone")
    clinic.clock.move(hours=8)
    clinic.bookings.arrive(booked.id, "user:desk")
    return clinic.bookings.fulfil(booked.id, "user:desk")


def book_return(clinic, of, who="alice", place=0, doctor="marina"):
    slot = clinic.slot(doctor, place=place)
    hold = clinic.bookings.hold(slot, by="call")
    return clinic.bookings.book(
        clinic.people[who], hold, clinic.terms(slot, kind="return", return_of=of.id), "telephone"
    )


def test_a_consultation_opens_a_return_with_that_doctor(clinic):
    visit = visited(clinic)
    found = clinic.bookings.open_return(clinic.people["alice"])
    assert (found.appointment_id, found.doctor_id) == (visit.id, visit.doctor_id)
    assert found.until == date(2026, 12, 23)  # thirty days


def test_nobody_has_a_return_without_a_visit(clinic):
    clinic.book("alice")
    assert clinic.bookings.open_return(clinic.people["alice"]) is None


def test_a_return_is_used_once(clinic):
    visit = visited(clinic)
    booked = book_return(clinic, visit)
    assert clinic.bookings.open_return(clinic.people["alice"]) is None
    with pytest.raises(NotAllowed):
        book_return(clinic, visit)
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    assert clinic.bookings.open_return(clinic.people["alice"])


def test_a_return_does_not_open_another(clinic):
    booked = book_return(clinic, visited(clinic))
    clinic.clock.move(hours=24)
    clinic.bookings.arrive(booked.id, "user:desk")
    clinic.bookings.fulfil(booked.id, "user:desk")
    assert clinic.bookings.open_return(clinic.people["alice"]) is None


def test_a_return_ends_when_the_doctor_says(clinic):
    visited(clinic)
    clinic.clock.move(days=30)
    assert clinic.bookings.open_return(clinic.people["alice"])
    clinic.clock.move(days=1)
    assert clinic.bookings.open_return(clinic.people["alice"]) is None


def test_a_return_is_not_booked_for_a_later_day(clinic):
    visit = visited(clinic)
    late = next(n for n in range(400) if clinic.slot("marina", place=n).starts_at.date() > date(2026, 12, 23))
    with pytest.raises(NotAllowed):
        book_return(clinic, visit, place=late)


def test_a_return_is_with_the_same_doctor(clinic):
    with pytest.raises(NotAllowed):
        book_return(clinic, visited(clinic), doctor="paulo")


def test_somebody_elses_visit_opens_no_return(clinic):
    with pytest.raises(NotAllowed):
        book_return(clinic, visited(clinic), who="bruno")


def test_a_return_of_no_visit_is_no_return(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    with pytest.raises(NotAllowed):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot, kind="return"), "telephone")


def test_a_return_may_be_moved_within_its_days(clinic):
    booked = book_return(clinic, visited(clinic))
    hold = clinic.bookings.hold(clinic.slot(), by="call")
    assert clinic.bookings.reschedule(clinic.people["alice"], booked.id, hold, "telephone").status == "booked"


def test_the_return_of_a_doctor_who_left_is_gone(clinic):
    visit = visited(clinic)
    clinic.directory.set_active(visit.doctor_id, active=False)
    assert clinic.bookings.open_return(clinic.people["alice"]) is None


def test_the_last_doctor_is_of_the_last_visit(clinic):
    assert clinic.bookings.return_and_last_doctor(clinic.people["alice"])[1] is None
    visit = visited(clinic)
    clinic.book("alice", clinic.slot("paulo"))  # still to come
    assert clinic.bookings.return_and_last_doctor(clinic.people["alice"])[1].doctor_id == visit.doctor_id


def test_a_doctor_who_left_is_not_the_last_doctor(clinic):
    visit = visited(clinic)
    clinic.directory.set_active(visit.doctor_id, active=False)
    assert clinic.bookings.return_and_last_doctor(clinic.people["alice"])[1] is None
