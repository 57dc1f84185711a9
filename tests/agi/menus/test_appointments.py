"""Call-flow 5: hear."""

import pytest

from agi.phone import HangUp
from tests.agi.menus.talking import BRUNO, in_order, talk


@pytest.fixture
def two(clinic):
    return [clinic.book("bruno"), clinic.book("bruno", clinic.slot("rita", "cardiology", 4), "cardiology")]


def test_they_are_told_in_order_one_at_a_time(clinic, two):
    call = talk(clinic, *BRUNO, "2", "1", "1")
    told = call.heard[call.heard.index("main/person") :]
    assert in_order(told, "day/23", "appointments/next-cancel-or-move", "day/24", "appointments/no-more", "main/book")


def test_none_is_told(clinic):
    assert in_order(talk(clinic, *BRUNO, "2").heard, "main/book", "appointments/none", "main/book")


def test_a_request_says_that_it_waits(clinic):
    talk(clinic, *BRUNO, "1", "2", "2", "3", "1", "1", uniqueid="asks")
    assert in_order(talk(clinic, *BRUNO, "2").heard, "main/person", "appointments/awaiting")


def test_three_cancels_this_one(clinic, two):
    call = talk(clinic, *BRUNO, "2", "1", "3", "1", "1")
    assert "cancel/done" in call.heard
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["bruno"])] == [two[0].id]


def test_four_moves_this_one(clinic, two):
    assert talk(clinic, *BRUNO, "2", "4").trail[-2:] == ["reschedule", "choose_time"]


def test_nine_says_it_again(clinic, two):
    assert talk(clinic, *BRUNO, "2", "9").heard.count("appointments/next-cancel-or-move") == 2


def test_three_that_is_kept_after_all_is_still_there(clinic, two):
    assert "cancel/kept" in talk(clinic, *BRUNO, "2", "3", "1", "2").heard
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 2


@pytest.mark.parametrize(("key", "menu"), [("*", "main"), ("0", "reception"), ("8", "appointments")])
def test_the_keys_mean_here_what_they_mean_everywhere(clinic, two, key, menu):
    assert talk(clinic, *BRUNO, "2", key).trail[-1] == menu


@pytest.mark.parametrize("act", ["3", "4"])
def test_star_from_what_is_done_with_one_comes_back_to_it(clinic, two, act):
    call = talk(clinic, *BRUNO, "2", "1", act, "*")
    assert call.trail[-1] == "appointments"
    told = [one for one in call.heard if one in {"day/23", "day/24", "appointments/next-cancel-or-move"}]
    assert told[-2:] == ["day/24", "appointments/next-cancel-or-move"]


def test_who_came_back_to_the_list_and_is_cut_off_is_not_asked_to_go_on_cancelling(clinic, two):
    talk(clinic, *BRUNO, "2", "3", "*", HangUp(), uniqueid="cut")
    assert "main/resume" not in talk(clinic, *BRUNO, uniqueid="back").heard
