"""Call-flow 3, and a call taken up again."""

import pytest

from agi.phone import HangUp
from tests.agi.menus.talking import BRUNO, CARLA, heard_name, in_order, talk, went_to

TO_TIMES = ("1", "1", "2", "2")


def test_the_next_appointment_comes_first(clinic):
    clinic.book("bruno")
    call = talk(clinic, *BRUNO)
    assert in_order(call.heard, "main/next", "weekday/0", "day/23", "month/11", "main/book")
    assert heard_name(call, "Marina Corrêa")


def test_who_has_none_hears_the_choices_at_once(clinic):
    call = talk(clinic, *BRUNO)
    offered = ["main/book", "main/hear", "main/cancel", "main/move", "main/complaint", "main/person"]
    assert [one for one in call.heard if one.startswith("main/")] == offered


def test_confirming_is_offered_while_something_waits_for_it(clinic):
    clinic.book("bruno")
    assert "main/confirm" in talk(clinic, *BRUNO).heard


def test_star_hears_it_again(clinic):
    assert talk(clinic, *BRUNO, "*").heard.count("main/book") == 2


def test_zero_is_a_person(clinic):
    assert went_to(talk(clinic, *BRUNO, "0")) == "reception"


def test_a_social_name_is_the_only_name(clinic):
    assert not heard_name(talk(clinic, *CARLA), "Carlos Souza")


def test_who_is_cut_off_is_asked_whether_to_go_on(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, HangUp(), uniqueid="cut")
    clinic.clock.move(minutes=9)
    call = talk(clinic, *BRUNO, "1", uniqueid="back")
    assert in_order(call.heard, "main/resume", "times/later")
    assert call.trail[-1] == "choose_time"


def test_who_does_not_want_to_go_on_is_in_the_main_menu(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, HangUp(), uniqueid="cut")
    assert talk(clinic, *BRUNO, "2", uniqueid="back").trail[-1] == "main"


def test_after_ten_minutes_nobody_is_asked(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, HangUp(), uniqueid="cut")
    clinic.clock.move(minutes=11)
    assert "main/resume" not in talk(clinic, *BRUNO, uniqueid="back").heard


def test_who_had_finished_is_not_asked(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, "1", "1", uniqueid="done")
    assert "main/resume" not in talk(clinic, *BRUNO, uniqueid="back").heard


@pytest.mark.parametrize("key", ["8", "7"])
def test_a_key_of_nothing_is_told(clinic, key):
    assert in_order(
        talk(clinic, *BRUNO, key, "2").heard, "main/book", "common/wrong-key", "main/book", "appointments/none"
    )


def test_nine_says_the_next_appointment_again(clinic):
    clinic.book("bruno")
    assert talk(clinic, *BRUNO, "9").heard.count("main/next") == 2


def test_the_next_appointment_names_its_unit(clinic):
    clinic.book("bruno")
    call = talk(clinic, *BRUNO)
    assert in_order(call.heard, "main/next", "hour/10", "with/doctor-f", "at/unit", "main/book")
    assert heard_name(call, "Centro")


def test_a_move_that_was_cut_off_goes_on_too(clinic):
    clinic.book("bruno")
    talk(clinic, *BRUNO, "4", HangUp(), uniqueid="cut")
    assert talk(clinic, *BRUNO, "1", uniqueid="back").trail[-2:] == ["reschedule", "choose_time"]


def test_who_was_handed_to_a_person_was_not_cut_off(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, "0", uniqueid="person")
    assert "main/resume" not in talk(clinic, *BRUNO, uniqueid="back").heard


def test_somebody_else_is_not_asked_to_go_on(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, HangUp(), uniqueid="cut")
    assert "main/resume" not in talk(clinic, *CARLA, uniqueid="other").heard


@pytest.mark.parametrize(
    ("key", "menu"),
    [("1", "choose_specialty"), ("2", "appointments"), ("3", "cancel"), ("4", "choose_time"), ("5", "confirm")],
)
def test_each_key_leads_to_its_menu(clinic, key, menu):
    clinic.book("bruno")
    assert talk(clinic, *BRUNO, key).trail[-1] == menu
