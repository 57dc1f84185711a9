"""Call-flow 5: move."""

import pytest

from agi.phone import HangUp
from tests.agi.menus.talking import BRUNO, in_order, talk


@pytest.fixture
def booked(clinic):
    return clinic.book("bruno", clinic.slot(place=5))


def mine(clinic):
    return clinic.bookings.upcoming(clinic.people["bruno"])


def test_the_new_time_replaces_the_old_one(clinic, booked):
    call = talk(clinic, *BRUNO, "4", "1", "1")
    (moved,) = mine(clinic)
    assert moved.id != booked.id
    assert moved.starts_at < booked.starts_at
    assert in_order(call.heard, "reschedule/moving", "reschedule/read-back", "reschedule/done", "booking/code")


def test_hanging_up_before_confirming_keeps_the_old_one(clinic, booked):
    talk(clinic, *BRUNO, "4", "1", HangUp())
    assert [one.id for one in mine(clinic)] == [booked.id]


def test_a_time_lost_meanwhile_keeps_the_old_one_and_offers_others(clinic, booked):
    def somebody_is_faster(_heard):
        clinic.book("alice")
        return "1"

    call = talk(clinic, *BRUNO, "4", somebody_is_faster)
    assert in_order(call.heard, "booking/just-taken", "times/later")
    assert [one.id for one in mine(clinic)] == [booked.id]


def test_two_chooses_another_time(clinic, booked):
    assert talk(clinic, *BRUNO, "4", "1", "2").trail[-1] == "choose_time"


def test_nothing_free_keeps_the_old_one(clinic, booked):
    start = clinic.clock()
    clinic.agenda.add_absence(booked.doctor_id, start, start.replace(year=2027), "férias")
    assert in_order(talk(clinic, *BRUNO, "4").heard, "reschedule/nothing-free", "main/book")
    assert [one.id for one in mine(clinic)] == [booked.id]


def test_none_to_move_is_told(clinic):
    assert "appointments/none" in talk(clinic, *BRUNO, "4").heard


def test_the_new_time_may_touch_the_old_one(clinic):
    old = clinic.book("bruno", clinic.slot(place=1))
    call = talk(clinic, *BRUNO, "4", "2", "1")
    assert "booking/overlaps" not in call.heard
    assert [one.id for one in mine(clinic)] != [old.id]
