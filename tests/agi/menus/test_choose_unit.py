"""Call-flow 4.3: the unit."""

from datetime import time

import pytest

from clinic.agenda import HoursInput
from tests.agi.menus.talking import ALICE, BRUNO, heard_name, in_order, talk

HEART = ("1", "2")


def test_two_is_any_and_then_each(clinic):
    call = talk(clinic, *BRUNO, *HEART)
    asked = call.heard[call.heard.index("choose/unit") :]
    assert in_order(asked, "choose/any-unit", "key/2", "at/unit", "key/3", "at/unit", "key/4")


def test_one_is_the_usual_one(clinic):
    call = talk(clinic, *ALICE, "1", *HEART)
    assert in_order(call.heard, "choose/unit", "choose/usual-unit", "key/1", "choose/any-unit", "key/2", "key/4")


def test_the_usual_one_keeps_its_key_in_the_list_unsaid(clinic):
    keys = [one for one in asked(talk(clinic, *ALICE, "1", *HEART)) if one.startswith("key/")]
    assert keys == ["key/1", "key/2", "key/4"]


@pytest.mark.parametrize(("key", "unit"), [("1", "centro"), ("3", "centro"), ("4", "norte")])
def test_each_unit_has_the_same_key_whether_it_is_the_usual_one_or_not(clinic, key, unit):
    talk(clinic, *ALICE, "1", *HEART, key, "1", "1")
    assert clinic.bookings.upcoming(clinic.people["alice"])[0].unit_id == clinic.at.units[unit]


def test_only_who_works_there_is_offered(clinic):
    call = talk(clinic, *BRUNO, *HEART, "4")
    assert not heard_name(call, "Paulo Nogueira")


def test_it_is_not_asked_where_there_is_one(clinic):
    assert "choose_unit" not in talk(clinic, *BRUNO, "1", "1").trail


def test_it_is_not_asked_where_the_clinic_does_not_want_it(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"ask_unit": False}))
    assert "choose_unit" not in talk(clinic, *BRUNO, *HEART).trail


def test_more_than_five_units_are_on_two_pages(clinic):
    centro, norte = clinic.at.units["centro"], clinic.at.units["norte"]
    more = [clinic.directory.add_unit(f"Unidade {n}", f"Rua {n}", "São Paulo", "SP", position=n) for n in (2, 3, 4, 5)]
    days = [HoursInput(unit, n, time(8), time(10)) for n, unit in enumerate((norte, *more))]
    clinic.agenda.set_hours(clinic.at.doctors["rita"], [*days, HoursInput(centro, 0, time(14), time(15))])
    call = talk(clinic, *BRUNO, *HEART, "8")
    keys = [one for one in asked(call) if one.startswith(("key/", "common/"))]
    assert keys == [*(f"key/{n}" for n in range(2, 8)), "common/more", "key/2", "key/3", "common/more"]
    assert heard_name(call, "Unidade 5")


def test_the_unit_chosen_is_the_one_booked(clinic):
    talk(clinic, *BRUNO, *HEART, "4", "1", "1")
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert booked.unit_id == clinic.at.units["norte"]


def test_each_time_at_any_unit_has_its_unit_and_street(clinic):
    call = talk(clinic, *BRUNO, *HEART, "2", "1")
    assert in_order(call.heard, "hour/10", "at/unit", "key/1")
    assert heard_name(call, "Rua Voluntários da Pátria, 900")


def test_a_unit_that_was_chosen_is_not_said_again(clinic):
    call = talk(clinic, *BRUNO, *HEART, "4")
    assert "at/unit" not in call.heard[len(call.heard) - call.heard[::-1].index("choose/unit") + 10 :]


def asked(call):
    """What was heard from the question on."""
    return call.heard[call.heard.index("choose/unit") :]
