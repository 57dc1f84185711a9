"""Call-flow 1."""

from datetime import time

import pytest

from agi.call import CallerHungUp
from agi.menus.greeting import greeting
from agi.phone import AtOnce, Silence, Speaks, fake_call
from clinic.agenda import HoursInput
from tests.agi.menus.talking import ALICE, BRUNO, TypeAhead, heard_name, in_order, talk, went_to


@pytest.mark.parametrize(
    ("utc_hour", "minute", "said"),
    [
        (7, 59, "greeting/good-evening"),
        (8, 0, "greeting/good-morning"),
        (14, 59, "greeting/good-morning"),
        (15, 0, "greeting/good-afternoon"),
        (20, 59, "greeting/good-afternoon"),
        (21, 0, "greeting/good-evening"),
    ],
)
def test_the_greeting_follows_the_clock_of_the_unit(clinic, utc_hour, minute, said):
    clinic.clock.now = clinic.clock.now.replace(hour=utc_hour, minute=minute)
    assert talk(clinic).heard[0] == said


def test_everything_needed_is_said_before_any_data_is_asked(clinic):
    call = talk(clinic)
    assert heard_name(call, "Clínica Boa Vista")
    wanted = ("greeting/emergency", "greeting/person-or-complaint", "greeting/may-be-recorded", "identify/cpf")
    assert in_order(call.heard, *wanted)


def test_the_notice_of_recording_can_be_switched_off(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"recording_notice": False}))
    assert "greeting/may-be-recorded" not in talk(clinic).heard


@pytest.mark.parametrize("then", [Silence(), "#"])
def test_zero_before_any_data_is_a_person(clinic, then):
    assert went_to(talk(clinic, AtOnce("0"), Silence(), then)) == "reception"


def test_six_before_any_data_is_a_complaint(clinic):
    call = talk(clinic, AtOnce("6"), Silence(), "#")
    assert "complaint/speak" in call.heard


def test_a_cpf_that_begins_with_zero_may_be_typed_over_the_greeting(clinic):
    call = talk(clinic, TypeAhead("00000000191", "30061950"))
    assert call.trail[-1] == "main"


def test_star_before_the_cpf_says_the_greeting_again(clinic):
    assert talk(clinic, "*").heard.count("greeting/emergency") == 2


def test_an_operator_says_the_protocol_at_the_start_and_offers_to_cancel_the_plan(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))
    call = talk(clinic, "7", "#")
    assert in_order(call.heard, "greeting/emergency", "greeting/protocol", "greeting/cancel-plan", "identify/cpf")
    assert went_to(call) == "reception"


def test_the_menus_work_at_any_hour(clinic):
    clinic.clock.move(hours=15)
    assert talk(clinic, *BRUNO).trail[-1] == "main"


def test_the_greeting_is_a_menu_of_its_own(clinic):
    call = fake_call(*ALICE)
    with pytest.raises(CallerHungUp):
        greeting(call, clinic)
    assert call.trail[0] == "greeting"


MANAUS = "9233334444"


@pytest.fixture
def manaus(clinic):
    """One more unit, an hour behind, with a telephone of its own, in which Marina works on Saturdays."""
    unit = clinic.directory.add_unit(
        "Adrianópolis", "Rua Recife, 10", "Manaus", "AM", zone="America/Manaus", phone=MANAUS, position=2
    )
    clinic.directory.set_opening(unit, range(5), time(8), time(18))
    hours = [HoursInput(clinic.at.units["centro"], day, time(8), time(12)) for day in range(5)]
    clinic.agenda.set_hours(clinic.at.doctors["marina"], [*hours, HoursInput(unit, 5, time(9), time(11))])
    clinic.directory.accept(clinic.at.doctors["marina"], clinic.at.payers["particular"], [unit])
    return unit


def test_a_unit_greets_by_its_own_clock(clinic, manaus):
    clinic.clock.now = clinic.clock.now.replace(hour=15, minute=30)
    assert talk(clinic, dialled=MANAUS, uniqueid="m").heard[0] == "greeting/good-morning"
    assert talk(clinic, uniqueid="s").heard[0] == "greeting/good-afternoon"


def test_a_unit_is_open_by_its_own_clock(clinic, manaus):
    clinic.clock.now = clinic.clock.now.replace(hour=21, minute=30)
    assert talk(clinic, *BRUNO, "0", dialled=MANAUS, uniqueid="m").heard[-1] == "reception/one-moment"
    assert talk(clinic, *BRUNO, "0", uniqueid="s").heard[-1] == "reception/closed"


def test_a_time_is_told_by_the_clock_of_its_unit_and_that_is_said(clinic, manaus):
    call = talk(clinic, *BRUNO, "1", "1", "4", "2", "2", "1")
    assert in_order(call.heard, "weekday/5", "day/28", "hour/9", "at/local-time", "key/1")
    assert in_order(call.heard, "booking/read-back", "weekday/5", "hour/9", "at/local-time", "booking/confirm-or-other")


def test_where_all_clocks_agree_nothing_is_said_of_them(clinic):
    clinic.book("bruno")
    assert "at/local-time" not in talk(clinic, *BRUNO).heard


def test_an_operator_lets_go_on_to_a_cpf_that_begins_with_seven(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))
    call = talk(clinic, "7", "1234567890", BRUNO[1])
    assert "greeting/go-on-or-cancel-plan" in call.heard
    assert went_to(call) == ""


def test_only_an_operator_has_a_plan_to_cancel(clinic):
    assert "greeting/cancel-plan" not in talk(clinic, "7", Silence(), "#").heard


def test_three_silences_are_a_person_before_anything_is_known(clinic):
    call = talk(clinic, Silence(), Silence(), Silence())
    assert in_order(call.heard, "identify/cpf", "common/no-number", "identify/cpf-example")
    assert went_to(call) == "reception"


def test_the_call_is_recorded_under_one_protocol(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))
    call = talk(clinic, "6", "#", Speaks(3), "2")
    first = spelt_after(call.heard, "greeting/protocol")
    assert spelt_after(call.heard, "complaint/kept") == first
    assert spelt_after(call.heard, "goodbye/protocol") == first


def spelt_after(heard, prompt):
    """The twelve digits said after a prompt."""
    return [one for one in heard[heard.index(prompt) :] if one.startswith("digit/")][:12]
