"""What is heard whichever menu a call comes in by."""

import pytest

from agi.entries import ENTRIES
from agi.phone import Silence, Speaks
from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk, went_to

OTHERS = sorted(set(ENTRIES) - {"greeting"})


def be_an_operator(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))


@pytest.mark.parametrize("entry", OTHERS)
def test_emergency_and_ways_out_come_first(clinic, entry):
    call = talk(clinic, entry=entry)
    wanted = ("greeting/good-morning", "greeting/emergency", "greeting/person-or-complaint", "greeting/may-be-recorded")
    asked = call.heard.index("complaint/speak" if entry == "complaint" else "identify/cpf")
    assert in_order(call.heard[:asked], *wanted)
    assert heard_name(call, "Clínica Boa Vista")


@pytest.mark.parametrize("entry", OTHERS)
def test_an_operator_says_the_protocol_at_the_start(clinic, entry):
    be_an_operator(clinic)
    call = talk(clinic, entry=entry)
    assert in_order(call.heard, "greeting/emergency", "greeting/protocol", "greeting/person-or-complaint")


def test_each_key_that_is_told_is_there(clinic):
    be_an_operator(clinic)
    assert went_to(talk(clinic, "7", "#", entry="booking", uniqueid="1")) == "reception"
    assert "greeting/cancel-plan" not in talk(clinic, entry="complaint", uniqueid="2").heard


@pytest.mark.parametrize("entry", ["booking", "cancel"])
def test_zero_is_a_person_before_any_data(clinic, entry):
    assert went_to(talk(clinic, "0", Silence(), Silence(), entry=entry)) == "reception"


def test_star_hears_it_again(clinic):
    assert talk(clinic, "*", entry="booking").heard.count("greeting/emergency") == 2


@pytest.mark.parametrize("entry", ["booking", "appointments", "cancel", "reschedule", "confirm"])
def test_the_menu_follows_and_then_the_main_one(clinic, entry):
    clinic.book("bruno")
    call = talk(clinic, *BRUNO, "*", entry=entry)
    assert in_order(call.trail, "identify", entry, "main")


def test_after_a_complaint_one_is_greeted_and_goes_on(clinic):
    call = talk(clinic, Speaks(3), "1", *BRUNO, entry="complaint")
    assert in_order(call.trail, "complaint", "greeting", "main")
