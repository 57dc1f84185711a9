"""Call-flow 4.5."""

from datetime import date, time

import pytest

from clinic.agenda import HoursInput
from prompts.names import name_id
from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk, went_to

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


def test_a_day_gives_each_of_its_times_once_and_then_the_next_day(clinic):
    wanted = clinic.agenda.on_day(clinic.criteria("general", "marina", minutes=60), date(2026, 12, 1)).times
    call = talk(clinic, *BRUNO, *MARINA, "5", "0112", "4", "4", "4")
    page = call.heard[call.heard.index("times/which-day") :]
    days = [one for one in page if one.startswith("day/")]
    assert len(wanted) == 7
    assert days == ["day/1", "day/1", "day/1", "day/2"]
    assert len([one for one in page[: page.index("day/2")] if one.startswith("hour/")]) == len(wanted)


def test_a_day_is_its_next_occurrence_even_in_the_next_year(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "1501")
    page = call.heard[call.heard.index("times/which-day") :]
    assert in_order(page, "weekday/4", "day/15", "month/1", "key/1")


def test_today_is_a_day(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "2311")
    assert in_order(call.heard[call.heard.index("times/which-day") :], "weekday/0", "day/23", "key/1")


@pytest.mark.parametrize(("typed", "year"), [("2902", "2028"), ("2211", "2027")])
def test_a_day_out_of_reach_is_told_with_its_year(clinic, typed, year):
    call = talk(clinic, *BRUNO, *MARINA, "5", typed)
    assert in_order(call.heard, f"year/{year}", "times/outside-window", "times/nearest", "key/1", "key/2", "key/3")


def test_a_holiday_out_of_reach_is_only_out_of_reach(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "5", "0709")
    after = call.heard[call.heard.index("times/outside-window") + 1]
    assert after == "times/nearest"


def test_a_holiday_is_named(clinic):
    clinic.closings.add(date(2026, 12, 8), "Nossa Senhora da Conceição")
    call = talk(clinic, *BRUNO, *MARINA, "5", "0812")
    assert in_order(call.heard, "day/8", "times/holiday", name_id("Nossa Senhora da Conceição"), "times/nearest")


def test_a_day_gives_all_its_times_whatever_was_asked_for_before(clinic):
    call = talk(clinic, *BRUNO, *ANY, "7", "5", "0112")
    page = call.heard[call.heard.index("times/which-day") :]
    assert in_order(page, "hour/8", "key/1")
    assert "times/day-full" not in page


def test_six_is_mornings_only(clinic):
    call = talk(clinic, *BRUNO, *ANY, "7", "6")
    page = call.heard[len(call.heard) - call.heard[::-1].index("times/afternoons", 1) :]
    assert in_order(page, "hour/10", "key/1")
    assert not [one for one in page if one in ("hour/13", "hour/14")]


def test_after_the_last_time_there_is_nothing_later(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"booking_days": 1}))
    pages = ("4",) * 8
    assert "times/no-later" in talk(clinic, *BRUNO, *MARINA, *pages).heard


@pytest.mark.parametrize(("key", "end"), [("0", "reception"), ("*", "")])
def test_a_person_and_the_way_back_from_the_times(clinic, key, end):
    assert went_to(talk(clinic, *BRUNO, *MARINA, "4", key)) == end


def test_nine_says_the_same_times_again(clinic):
    call = talk(clinic, *BRUNO, *MARINA, "4", "9")
    assert call.heard.count("day/24") == 2


def test_video_is_said_of_the_times_that_are_by_video(clinic):
    hours = [HoursInput(clinic.at.units["centro"], day, time(8), time(12), modality="video") for day in range(5)]
    clinic.agenda.set_hours(clinic.at.doctors["marina"], hours)
    assert "at/video" in talk(clinic, *BRUNO, *MARINA).heard
