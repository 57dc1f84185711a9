"""Call-flow 4.5."""

import pytest

from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk

MARINA = ("1", "1", "2", "2")
ANY = ("1", "1", "2", "1")


def times(call):
    """The last page of times, as hours and minutes."""
    heard = call.heard
    last = len(heard) - 1 - heard[::-1].index("times/later")
    first = last - heard[:last][::-1].index("key/3")
    return [one for one in heard[first - 40 if first > 40 else 0 : last] if one.startswith(("hour/", "day/"))]


def test_the_three_earliest_each_with_its_key(clinic):
    call = talk(clinic, *BRUNO, *MARINA)
    page = call.heard[call.heard.index("weekday/0") :]
    assert in_order(page, "day/23", "hour/10", "key/1", "minute/30", "key/2", "hour/11", "key/3", "times/later")


def test_doctor_and_unit_are_said_where_they_are_open(clinic):
    call = talk(clinic, *BRUNO, *ANY)
    page = call.heard[call.heard.index("weekday/0") :]
    assert in_order(page, "with/doctor-f", "at/unit", "key/1", "key/2")
    assert heard_name(call, "Rua Quinze de Novembro, 120")


def test_four_is_later(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "4")
    page = call.heard[call.heard.index("times/afternoons") :]
    assert in_order(page, "weekday/1", "day/24", "hour/8", "key/1")


def test_seven_is_afternoons_only(clinic):
    call = talk(clinic, *BRUNO, *ANY, "7")
    page = call.heard[call.heard.index("times/afternoons") + 1 :]
    assert in_order(page, "hour/13", "key/1")


def test_without_afternoons_it_is_said_and_the_page_stays(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "7", "1")
    assert in_order(call.heard, "times/no-afternoons", "hour/10", "booking/read-back", "hour/10")


def test_a_good_day_gives_its_times(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "0112")
    page = call.heard[call.heard.index("times/which-day") :]
    assert in_order(page, "weekday/1", "day/1", "month/12", "hour/8", "key/1", "key/2", "key/3")
    assert "times/nearest" not in call.heard


def test_a_day_gives_all_its_times_three_at_a_time(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "0112", "4")
    page = call.heard[call.heard.index("times/which-day") :]
    assert in_order(page, "hour/8", "hour/9", "minute/30", "key/1", "hour/10")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2812", None),
        ("2511", None),
        ("2512", "times/holiday"),
        ("2211", "times/outside-window"),
        ("0607", "times/outside-window"),
        ("2911", "times/day-without-hours"),
        ("3102", "identify/date-impossible"),
    ],
)
def test_a_day_that_will_not_do_says_why(clinic, day, said):
    call = talk(clinic, *BRUNO, *MARINA, "5", day, "1")
    told = [one for one in call.heard if one in {"times/holiday", "times/outside-window", "times/day-without-hours"}]
    assert said in (None, *told) or said in call.heard
    assert (said is None) == (told == [] and "identify/date-impossible" not in call.heard)


def test_a_full_day_gives_the_nearest_three(clinic):
    for slot in clinic.agenda.on_day(clinic.criteria("general", "marina"), clinic.clock().date()).times:
        clinic.bookings.hold(slot, by="somebody")
    call = talk(clinic, *BRUNO, *MARINA, "5", "2311", "1")
    assert in_order(call.heard, "times/day-full", "times/nearest", "day/24", "key/1", "booking/read-back")


def test_star_at_the_day_comes_back_to_the_times(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "*", "1")
    assert call.trail[-1] == "read_back"
