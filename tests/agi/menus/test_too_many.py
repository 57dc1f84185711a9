"""As many appointments as the clinic allows: told before anything is asked, with what can be done instead."""

from datetime import date

import pytest

from tests.agi.menus.talking import ALICE, BRUNO, in_order, talk, went_to


@pytest.fixture
def full(clinic):
    """Bruno holds three."""
    return [clinic.book("bruno", clinic.slot(place=place)) for place in (0, 4, 8)]


def test_it_is_told_before_anything_is_asked(clinic, full):
    call = talk(clinic, *BRUNO, "1")
    wanted = ("booking/too-many", "main/hear", "main/cancel", "main/move", "main/person")
    assert in_order(call.heard, *wanted)
    assert call.trail[-1] == "too_many"
    assert "choose/specialty" not in call.heard


@pytest.mark.parametrize(("key", "menu"), [("2", "appointments"), ("3", "cancel"), ("4", "reschedule")])
def test_something_can_be_done_about_them(clinic, full, key, menu):
    assert talk(clinic, *BRUNO, "1", key).trail[-1] == menu


@pytest.mark.parametrize(("key", "menu"), [("0", "reception"), ("*", "main"), ("9", "too_many"), ("1", "too_many")])
def test_the_keys_mean_here_what_they_mean_everywhere(clinic, full, key, menu):
    assert talk(clinic, *BRUNO, "1", key).trail[-1] == menu


def test_after_the_list_comes_the_main_menu(clinic, full):
    assert talk(clinic, *BRUNO, "1", "2", "1", "1", "1").trail[-1] == "main"


def test_a_request_made_meanwhile_counts_too(clinic, full):
    clinic.bookings.cancel(clinic.people["bruno"], full[0].id, "cannot_attend", via="web")

    def elsewhere(_heard):
        clinic.book("bruno", clinic.slot(place=12))
        return "1"

    call = talk(clinic, *BRUNO, "1", "2", "1", "2", "2", "3", elsewhere)
    assert in_order(call.heard, "booking/read-back", "booking/too-many", "main/hear")


def five_from(clinic, number):
    for n in range(5):
        who = clinic.patients.register(f"Filho {n}", date(2015, 1, 1 + n))
        hold = clinic.bookings.hold(clinic.slot(), by="t")
        clinic.bookings.book(who, hold, clinic.terms(hold.slot), via="telephone", caller=number)


def test_five_bookings_of_one_number_are_told_before_a_person(clinic):
    five_from(clinic, "5511987654321")
    call = talk(clinic, *BRUNO, "1")
    assert in_order(call.heard, "booking/too-many-from-number", "reception/one-moment")
    assert call.variables["ALO_WHY"] == "too many bookings from one number"


def test_another_number_may_go_on(clinic):
    five_from(clinic, "5511955554444")
    assert talk(clinic, *BRUNO, "1").trail[-1] == "choose_specialty"


def test_the_number_of_the_trunk_is_nobodys(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"trunk_number": "5511987654321"}))
    five_from(clinic, "5511987654321")
    assert went_to(talk(clinic, *ALICE, "1", "1")) == ""
