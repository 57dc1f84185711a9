"""Call-flow 6, as far as the dialplan."""

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
