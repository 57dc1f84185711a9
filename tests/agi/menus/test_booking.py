"""Call-flow 4, as a whole, and its first question."""

from datetime import timedelta

import pytest

from agi.phone import AtOnce, HangUp
from tests.agi.menus.talking import ALICE, BRUNO, CARLA, TypeAhead, heard_name, in_order, seen, talk, went_to

BOOKS = ("1", "1", "2", "2", "1", "1")


def test_a_booking_by_telephone_is_in_the_agenda(clinic):
    talk(clinic, *BRUNO, *BOOKS)
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert booked.doctor_id == clinic.at.doctors["marina"]
    assert booked.status == "booked"


def test_the_whole_dialogue_can_be_typed_ahead(clinic):
    call = talk(clinic, TypeAhead(*BRUNO, *BOOKS))
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1
    assert call.person.now() < 60


def test_hanging_up_before_confirming_books_nothing_and_frees_the_time(clinic):
    first = clinic.slot()
    talk(clinic, *BRUNO, *BOOKS[:-1], HangUp())
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []
    assert clinic.slot() == first


def test_the_last_doctor_is_offered_again(clinic):
    seen(clinic, days=60)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/again", "with/doctor-f", "booking/again-or-other")
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_another_doctor_than_the_last(clinic):
    seen(clinic, days=60)
    assert talk(clinic, *BRUNO, "1", "2").trail[-1] == "choose_specialty"


def test_an_open_return_is_offered_first_and_without_price(clinic):
    visit = seen(clinic)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/return", "booking/until", "booking/return-or-other", "kind/return")
    assert "booking/price" not in call.heard
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert booked.doctor_id == visit.doctor_id


def test_who_declines_the_return_is_offered_the_doctor(clinic):
    seen(clinic)
    assert talk(clinic, *BRUNO, "1", "2").trail[-1] == "again"


def test_star_goes_back_one_question_at_a_time(clinic):
    call = talk(clinic, *BRUNO, "1", "1", "2", "2", "*", "*", "*", "*")
    assert call.trail[-4:] == ["choose_doctor", "choose_payer", "choose_specialty", "main"]


def test_zero_in_the_middle_of_booking_is_a_person_who_learns_where(clinic):
    call = talk(clinic, *BRUNO, "1", "1", "2", "2", AtOnce("0"))
    assert went_to(call) == "reception"
    assert call.variables["ALO_MENU"] == "choose_time"


def test_two_calls_of_the_same_patient_do_not_book_the_same_time(clinic):
    def another_call(_heard):
        clinic.book("alice")
        return "1"

    call = talk(clinic, *ALICE, "1", "1", "1", "1", "1", another_call)
    assert len(clinic.bookings.upcoming(clinic.people["alice"])) == 1
    assert "booking/done" not in call.heard or "booking/overlaps" in call.heard


def test_who_has_no_contact_on_file_hears_the_code_twice(clinic):
    assert talk(clinic, *CARLA, *BOOKS).heard.count("booking/code") == 2
    assert talk(clinic, *BRUNO, *BOOKS, uniqueid="b").heard.count("booking/code") == 1


def test_nothing_is_said_to_be_sent(clinic):
    heard = talk(clinic, *BRUNO, *BOOKS).heard
    assert not [one for one in heard if "sent" in one]
    assert heard_name(talk(clinic, *BRUNO, uniqueid="c"), "Marina Corrêa")


def test_a_retorno_is_offered_within_its_days_only(clinic):
    visit = seen(clinic, days=27)
    last = visit.starts_at.date() + timedelta(days=30)
    call = talk(clinic, *BRUNO, "1", "1", *["4"] * 12)
    offered = [one for one in call.heard[call.heard.index("booking/return-or-other") :] if one.startswith("day/")]
    assert offered[-1] <= f"day/{last.day}"
    assert "times/no-later" in call.heard


def test_a_day_after_the_last_of_a_retorno_is_told(clinic):
    visit = seen(clinic, days=20)
    call = talk(clinic, *BRUNO, "1", "1", "5", (visit.starts_at + timedelta(days=31)).strftime("%d%m"))
    assert in_order(call.heard, "times/which-day", "booking/return", "booking/until", "times/nearest", "key/1")


def test_star_in_the_list_of_plans_comes_back_to_who_pays(clinic):
    call = talk(clinic, *BRUNO, "1", "1", "3", "*")
    assert in_order(call.heard, "choose/payer", "choose/which-payer", "choose/payer")


def test_a_clinic_with_nothing_to_book_has_a_person(clinic):
    for doctor in clinic.at.doctors.values():
        clinic.directory.set_active(doctor, False)
    call = talk(clinic, *BRUNO, "1")
    assert in_order(call.heard, "booking/nothing-to-book", "reception/one-moment")
    assert went_to(call) == "reception"


@pytest.mark.parametrize("question", ["choose_unit", "choose_doctor"])
def test_who_is_cut_off_at_a_question_goes_on_with_it(clinic, question):
    way = {"choose_unit": ("1", "2"), "choose_doctor": ("1", "2", "2")}[question]
    talk(clinic, *BRUNO, *way, HangUp(), uniqueid="cut")
    call = talk(clinic, *BRUNO, "1", uniqueid="back")
    assert in_order(call.heard, "main/resume")
    assert call.trail[-1] == question


def test_who_goes_on_and_turns_back_is_in_the_main_menu(clinic):
    talk(clinic, *BRUNO, "1", "2", "2", HangUp(), uniqueid="cut")
    assert talk(clinic, *BRUNO, "1", "*", uniqueid="back").trail[-1] == "main"


def test_who_was_cut_off_before_choosing_anything_is_not_asked(clinic):
    talk(clinic, *BRUNO, "1", HangUp(), uniqueid="cut")
    assert "main/resume" not in talk(clinic, *BRUNO, uniqueid="back").heard
