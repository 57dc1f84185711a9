"""What the clinic does with appointments, and the one table of transitions."""

from datetime import timedelta

import pytest

from clinic.bookings import ExtraQuotaFull, Overlaps, WrongStatus
from clinic.transitions import TRANSITIONS, TooSoon, live, to
from clinic.visits import Extra

STATUSES = {"pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"}


def request_of(clinic, who="alice"):
    return clinic.book(who, clinic.slot("rita", "cardiology"), "cardiology")


def extra(clinic, hours=5):
    start = clinic.slot("marina").starts_at.replace(hour=12 + hours)
    kind = clinic.directory.kind("consultation")
    return Extra(clinic.at.doctors["marina"], clinic.at.units["centro"], start, kind, "attendant", "dor forte")


@pytest.mark.parametrize("event", ["accepted", "declined", "expired", "arrived", "fulfilled", "noshow", "cancelled"])
@pytest.mark.parametrize("status", sorted(STATUSES))
def test_only_what_the_table_says_happens(status, event):
    if (status, event) in TRANSITIONS:
        assert to(status, event) in STATUSES
    else:
        with pytest.raises(WrongStatus):
            to(status, event)


def test_what_takes_time_is_live():
    assert {status: live(status) for status in STATUSES} == {
        "pending": 1, "booked": 1, "arrived": 1, "fulfilled": None, "cancelled": None, "noshow": None,
    }  # fmt: skip


def test_a_request_is_accepted(clinic):
    assert clinic.bookings.accept(request_of(clinic).id, "user:rita").status == "booked"


def test_a_declined_request_frees_its_time_at_once(clinic):
    slot = clinic.slot("rita", "cardiology")
    clinic.bookings.decline(request_of(clinic).id, "user:rita")
    assert clinic.slot("rita", "cardiology") == slot


def test_a_request_nobody_answers_expires(clinic):
    asked = request_of(clinic)
    clinic.clock.move(hours=25)
    assert (clinic.bookings.expire_requests(), clinic.bookings.expire_requests()) == (1, 0)
    assert clinic.bookings.get(asked.id).status == "cancelled"


def test_an_answered_request_is_not_answered_again(clinic):
    asked = request_of(clinic)
    clinic.bookings.accept(asked.id, "user:rita")
    with pytest.raises(WrongStatus):
        clinic.bookings.decline(asked.id, "user:rita")


def test_the_day_of_a_visit(clinic):
    booked = clinic.book("alice")
    assert clinic.bookings.arrive(booked.id, "user:desk").status == "arrived"
    assert clinic.bookings.fulfil(booked.id, "user:desk").status == "fulfilled"


def test_nobody_arrives_before_the_day(clinic):
    booked = clinic.book("alice")
    clinic.clock.now = booked.starts_at - timedelta(days=1)
    with pytest.raises(TooSoon):
        clinic.bookings.arrive(booked.id, "user:desk")
    clinic.clock.now = booked.starts_at + timedelta(days=1)
    assert clinic.bookings.arrive(booked.id, "user:desk").status == "arrived"


def test_nobody_is_missing_before_the_time(clinic):
    booked = clinic.book("alice")
    clinic.clock.now = booked.starts_at - timedelta(minutes=1)
    with pytest.raises(TooSoon):
        clinic.bookings.no_show(booked.id, "user:desk")
    clinic.clock.now = booked.starts_at
    assert clinic.bookings.no_show(booked.id, "user:desk").status == "noshow"


def test_a_no_show_is_corrected_on_the_same_day_only(clinic):
    ids = [clinic.book(who).id for who in ("alice", "bruno")]
    clinic.clock.move(hours=5)
    for booking_id in ids:
        clinic.bookings.no_show(booking_id, "user:desk")
    assert clinic.bookings.arrive(ids[0], "user:desk").status == "arrived"
    clinic.clock.move(days=1)
    with pytest.raises(WrongStatus):
        clinic.bookings.arrive(ids[1], "user:desk")


def test_an_encaixe_needs_no_slot_but_a_place_in_the_quota(clinic):
    for hours, who in enumerate(("alice", "bruno"), start=5):
        assert clinic.bookings.book_extra(clinic.people[who], extra(clinic, hours), "user:desk").status == "booked"
    with pytest.raises(ExtraQuotaFull):
        clinic.bookings.book_extra(clinic.people["carla"], extra(clinic), "user:desk")


def test_a_cancelled_encaixe_gives_its_place_back(clinic):
    for who in ("alice", "bruno"):
        booked = clinic.bookings.book_extra(clinic.people[who], extra(clinic), "user:desk")
    clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", "desk")
    assert clinic.bookings.book_extra(clinic.people["carla"], extra(clinic), "user:desk").status == "booked"


def test_an_encaixe_finds_the_patients_time_taken(clinic):
    clinic.bookings.book_extra(clinic.people["alice"], extra(clinic), "user:desk")
    with pytest.raises(Overlaps):
        clinic.bookings.book_extra(clinic.people["alice"], extra(clinic), "user:desk")


def test_what_nobody_noted_on_the_day_is_noted_after_it(clinic):
    ids = [clinic.book(who).id for who in ("alice", "bruno")]
    clinic.clock.move(days=2)
    assert clinic.bookings.fulfil(ids[0], "user:desk").status == "fulfilled"
    lines = clinic.desk.cards.visit(ids[0], "user:desk").changes[1:]
    assert [(one.event, one.at, one.by) for one in lines] == [
        ("arrived", clinic.clock(), "user:desk"),
        ("fulfilled", clinic.clock(), "user:desk"),
    ]
    assert clinic.bookings.no_show(ids[1], "user:desk").status == "noshow"


def test_on_its_day_nobody_is_seen_who_did_not_come(clinic):
    booked = clinic.book("alice")
    clinic.clock.now = booked.starts_at + timedelta(hours=1)
    with pytest.raises(WrongStatus):
        clinic.bookings.fulfil(booked.id, "user:desk")
