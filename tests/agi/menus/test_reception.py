"""Call-flow 6, as far as the dialplan."""

from datetime import date

import pytest

from agi.phone import AtOnce, Silence
from tests.agi.menus.talking import BRUNO, talk, went_to


def test_in_opening_hours_a_person_is_at_hand(clinic):
    call = talk(clinic, *BRUNO, "0")
    assert call.heard[-1] == "reception/one-moment"
    assert went_to(call) == "reception"


def test_outside_opening_hours_it_is_said(clinic):
    clinic.clock.move(hours=12)
    assert talk(clinic, *BRUNO, "0").heard[-1] == "reception/closed"


def test_a_holiday_is_outside_opening_hours(clinic):
    clinic.clock.now = clinic.clock.now.replace(month=12, day=25)
    assert talk(clinic, *BRUNO, "0").heard[-1] == "reception/closed"


def test_the_dialplan_learns_where_and_why(clinic):
    call = talk(clinic, *BRUNO, "1", "9", "7", "7", "7")
    assert call.variables["ALO_MENU"] == "choose_specialty"
    assert call.variables["ALO_WHY"] == "no answer"


@pytest.mark.parametrize(("answers", "slow"), [(("0",), None), ((Silence(), "0"), "1")])
def test_the_dialplan_goes_on_at_the_callers_pace(clinic, answers, slow):
    assert talk(clinic, *BRUNO, *answers).variables.get("ALO_SLOW") == slow


@pytest.mark.parametrize(("state", "day"), [(None, (2026, 11, 24)), ("SP", (2026, 7, 9))])
def test_the_clinics_own_and_the_states_holidays_are_known(clinic, state, day):
    if state is None:
        clinic.closings.add(date(*day), "Aniversário da clínica")
    clinic.clock.now = clinic.clock.now.replace(year=day[0], month=day[1], day=day[2])
    assert talk(clinic, "0", "#", then="#").heard[-1] == "reception/closed"


def test_a_person_is_at_hand_before_any_data(clinic):
    call = talk(clinic, AtOnce("0"), Silence(), "#")
    assert went_to(call) == "reception"
    assert call.variables["ALO_MENU"] == "identify"
