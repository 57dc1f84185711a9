"""Call-flow 5: move."""

from datetime import timedelta

import pytest

from agi.phone import HangUp
from clinic.visits import Extra
from tests.agi.menus.talking import BRUNO, CARLA, in_order, talk


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


def test_a_retorno_is_moved_within_its_days_only(clinic):
    visit = clinic.book("bruno")
    clinic.clock.now = visit.starts_at
    clinic.bookings.arrive(visit.id, by="desk")
    clinic.bookings.fulfil(visit.id, by="desk")
    clinic.clock.move(days=20)
    talk(clinic, *BRUNO, "1", "1", "1", "1", uniqueid="books")
    call = talk(clinic, *BRUNO, "4", "5", (visit.starts_at + timedelta(days=31)).strftime("%d%m"), "3", "1")
    assert in_order(call.heard, "booking/return", "booking/until", "times/nearest", "reschedule/done")


def test_a_retorno_with_no_day_left_stays_as_it_is(clinic):
    visit = clinic.book("bruno")
    clinic.clock.now = visit.starts_at
    clinic.bookings.arrive(visit.id, by="desk")
    clinic.bookings.fulfil(visit.id, by="desk")
    clinic.clock.move(days=29)
    talk(clinic, *BRUNO, "1", "1", "1", "1", uniqueid="books")
    (retorno,) = mine(clinic)
    away = visit.starts_at + timedelta(days=29)
    clinic.agenda.add_absence(retorno.doctor_id, away, away + timedelta(days=3), "férias")
    assert "reschedule/nothing-free" in talk(clinic, *BRUNO, "4").heard
    assert [one.id for one in mine(clinic)] == [retorno.id]


def test_a_move_that_waits_for_the_doctor_keeps_both(clinic):
    old = clinic.book("bruno", clinic.slot("rita", "cardiology", 5), specialty="cardiology")
    clinic.bookings.accept(old.id, by="desk")
    call = talk(clinic, *BRUNO, "4", "1", "1")
    assert "reschedule/requested" in call.heard
    assert "reschedule/done" not in call.heard
    assert {one.status for one in mine(clinic)} == {"booked", "pending"}


def test_a_move_onto_another_appointment_is_told(clinic):
    clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    moving = clinic.book("bruno", clinic.slot(place=9))
    call = talk(clinic, *BRUNO, "4", "2", "1", "1")
    assert "booking/overlaps" in call.heard
    assert moving.id in {one.id for one in mine(clinic)}


def test_cancelled_by_somebody_else_meanwhile_is_told(clinic, booked):
    def desk(_heard):
        clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", via="desk")
        return "1"

    assert "common/changed-meanwhile" in talk(clinic, *BRUNO, "4", "1", desk).heard


def test_a_visit_without_specialty_is_moved_with_its_doctor(clinic):
    at = clinic.clock() + timedelta(days=1, hours=8)
    kind = clinic.directory.kind("consultation")
    extra = Extra(clinic.at.doctors["marina"], clinic.at.units["centro"], at, kind, "reception", "dor")
    clinic.bookings.book_extra(clinic.people["bruno"], extra, by="user:1")
    assert "reschedule/done" in talk(clinic, *BRUNO, "4", "1", "1").heard


def test_a_hold_that_ran_out_is_had_anew_while_nobody_took_the_time(clinic):
    old = clinic.book("bruno")

    def thinks_too_long(_heard):
        clinic.clock.move(minutes=6)
        return "1"

    call = talk(clinic, *BRUNO, "4", "1", thinks_too_long)
    assert in_order(call.heard, "reschedule/read-back", "reschedule/done")
    assert "booking/just-taken" not in call.heard
    (moved,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert (moved.code, moved.starts_at) != (old.code, old.starts_at)


def test_star_at_the_times_comes_back_to_which_one(clinic, booked):
    clinic.book("bruno")
    heard = talk(clinic, *BRUNO, "4", "1", "*", "*").heard
    asked = [one for one in heard if one in {"reschedule/which", "reschedule/moving", "main/book"}]
    assert asked == ["main/book", "reschedule/which", "reschedule/moving", "reschedule/which", "main/book"]


def test_who_has_no_contact_hears_the_new_code_twice(clinic):
    clinic.book("carla", clinic.slot(place=5))
    assert talk(clinic, *CARLA, "4", "1", "1").heard.count("booking/code") == 2


def test_until_when_the_clinic_answers_a_move_is_told(clinic):
    old = clinic.book("bruno", clinic.slot("rita", "cardiology", 5), specialty="cardiology")
    clinic.bookings.accept(old.id, by="desk")
    call = talk(clinic, *BRUNO, "4", "1", "1")
    assert in_order(call.heard, "reschedule/requested", "booking/answer-until", "booking/code")
