"""Call-flow 1."""

import pytest

from agi.call import CallerHungUp
from agi.menus.greeting import greeting
from agi.phone import AtOnce, Silence, fake_call
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


def test_an_operator_says_the_protocol_first_and_offers_to_cancel_the_plan(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))
    call = talk(clinic, "7", "#")
    assert in_order(call.heard, "greeting/protocol", "greeting/emergency", "greeting/cancel-plan")
    assert went_to(call) == "reception"


def test_the_menus_work_at_any_hour(clinic):
    clinic.clock.move(hours=15)
    assert talk(clinic, *BRUNO).trail[-1] == "main"


def test_the_greeting_is_a_menu_of_its_own(clinic):
    call = fake_call(*ALICE)
    with pytest.raises(CallerHungUp):
        greeting(call, clinic)
    assert call.trail[0] == "greeting"
