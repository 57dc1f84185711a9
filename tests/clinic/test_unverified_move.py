"""Who is not on file yet asks a doctor who answers first for another time: one visit, and one request beside it."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest

from clinic.bookings import Overlaps, SlotTaken, TooMany, WrongStatus
from clinic.offers import Wanted
from tests.clinic.test_contention import at_once

RECEPTION = "user:1"


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def caller(clinic):
    """Registered by telephone."""
    return clinic.patients.pre_register(None, date(1990, 1, 1), "5511955554444", None, None)


def book(clinic, caller, slot):
    hold = clinic.bookings.hold(slot, by="call")
    return clinic.bookings.book(caller, hold, clinic.terms(slot, "cardiology"), "telephone")


@pytest.fixture
def visit(clinic, caller):
    asked = book(clinic, caller, clinic.slot("rita", "cardiology"))
    return clinic.bookings.accept(asked.id, "user:rita")


def by_caller(clinic, caller, old, place=0):
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology", place), by="call")
    return clinic.bookings.reschedule(caller, old.id, hold, "telephone")


def by_desk(clinic, _, old, place=0):
    desk = clinic.desk.bookings
    return desk.move(old.id, desk.hold(clinic.slot("rita", "cardiology", place), RECEPTION), RECEPTION)


BOTH = pytest.mark.parametrize("move", [by_caller, by_desk], ids=["caller", "desk"])


def left(clinic, caller):
    return [(one.id, one.status) for one in clinic.bookings.upcoming(caller)]


@BOTH
def test_the_visit_stands_until_the_doctor_says_yes(clinic, caller, visit, move):
    asked = move(clinic, caller, visit)
    assert left(clinic, caller) == [(visit.id, "booked"), (asked.id, "pending")]
    clinic.bookings.accept(asked.id, "user:rita")
    assert left(clinic, caller) == [(asked.id, "booked")]


@BOTH
def test_who_asks_once_more_asks_for_that_time_instead(clinic, caller, visit, move):
    first = move(clinic, caller, visit)
    other = move(clinic, caller, visit, 2)
    assert left(clinic, caller) == [(visit.id, "booked"), (other.id, "pending")]
    clinic.clock.move(seconds=10)
    assert clinic.slot("rita", "cardiology").starts_at == first.starts_at


def test_it_is_no_second_visit_nor_is_there_room_for_one(clinic, caller, visit):
    by_caller(clinic, caller, visit)
    with pytest.raises(TooMany):
        book(clinic, caller, clinic.slot("paulo", "cardiology"))


def test_a_visit_that_is_over_is_no_future_one(clinic, caller, visit):
    clinic.clock.now = visit.ends_at
    assert book(clinic, caller, clinic.slot("paulo", "cardiology")).status == "booked"


def test_both_end_and_both_come_back(clinic, caller, visit):
    asked = by_caller(clinic, caller, visit)
    clinic.bookings.cancel(caller, visit.id, "other", "telephone")
    assert left(clinic, caller) == []
    clinic.bookings.undo(caller, visit.id, "telephone")
    found = [(one.code, one.status) for one in clinic.bookings.upcoming(caller)]
    assert found == [(visit.code, "booked"), (asked.code, "pending")]


def test_who_booked_another_one_meanwhile_does_not_get_both(clinic, caller):
    first = book(clinic, caller, clinic.slot("paulo", "cardiology"))
    clinic.bookings.cancel(caller, first.id, "other", "telephone")
    other = book(clinic, caller, clinic.slot("paulo", "cardiology", 2))
    with pytest.raises(SlotTaken):
        clinic.bookings.undo(caller, first.id, "telephone")
    assert left(clinic, caller) == [(other.id, "booked")]


def test_nor_who_asked_for_another_time_meanwhile(clinic, caller, visit):
    asked = by_caller(clinic, caller, visit)
    clinic.bookings.cancel(caller, asked.id, "other", "telephone")
    other = by_caller(clinic, caller, visit, 2)
    with pytest.raises(SlotTaken):
        clinic.bookings.undo(caller, asked.id, "telephone")
    assert left(clinic, caller) == [(visit.id, "booked"), (other.id, "pending")]


def test_the_desk_may_bring_both_back(clinic, caller):
    first = book(clinic, caller, clinic.slot("paulo", "cardiology"))
    clinic.desk.bookings.cancel_for(first.id, "other", RECEPTION)
    other = book(clinic, caller, clinic.slot("paulo", "cardiology", 2))
    again = clinic.desk.bookings.take_back(first.id, RECEPTION)
    assert {one for one, _ in left(clinic, caller)} == {again.id, other.id}


def test_who_is_refused_has_neither(clinic, caller, visit):
    by_caller(clinic, caller, visit)
    clinic.desk.intake.refuse(caller.id, RECEPTION)
    assert left(clinic, caller) == []


def test_who_is_found_on_file_has_both(clinic, caller, visit):
    asked, alice = by_caller(clinic, caller, visit), clinic.people["alice"]
    clinic.desk.intake.merge(caller.id, alice.id, RECEPTION)
    assert left(clinic, alice) == [(visit.id, "booked"), (asked.id, "pending")]
    clinic.bookings.accept(asked.id, "user:rita")
    assert left(clinic, alice) == [(asked.id, "booked")]


def test_the_desk_is_told_that_there_is_one_already(clinic, caller, visit):
    offer = clinic.desk.offers.offer(caller, clinic.slot("paulo", "cardiology"), Wanted())
    assert [(one.what, one.number, one.forbids) for one in offer.conflicts] == [("many", 1, False)]


def test_many_calls_of_one_person_keep_one_time_beside_the_visit(clinic, caller, visit):
    slots = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), visit.ends_at + timedelta(days=1), 16)

    def asks(slot):
        try:
            hold = clinic.bookings.hold(slot, f"call-{slot.id}")
            clinic.bookings.reschedule(caller, visit.id, hold, "telephone")
        except (SlotTaken, WrongStatus, Overlaps) as stood:
            return type(stood).__name__
        return "done"

    assert Counter(at_once([partial(asks, slot) for slot in slots], 16)) == {"done": 16}
    assert [status for _, status in left(clinic, caller)] == ["booked", "pending"]
