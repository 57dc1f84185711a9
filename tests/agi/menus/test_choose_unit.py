"""Call-flow 4.3: the unit."""

from tests.agi.menus.talking import ALICE, BRUNO, heard_name, in_order, talk

HEART = ("1", "2")


def test_two_is_any_and_then_each(clinic):
    call = talk(clinic, *BRUNO, *HEART)
    asked = call.heard[call.heard.index("choose/unit") :]
    assert in_order(asked, "choose/any-unit", "key/2", "at/unit", "key/3", "at/unit", "key/4")


def test_one_is_the_usual_one(clinic):
    call = talk(clinic, *ALICE, "1", *HEART)
    assert in_order(call.heard, "choose/unit", "choose/usual-unit", "key/1", "choose/any-unit", "key/2", "key/3")


def test_only_who_works_there_is_offered(clinic):
    call = talk(clinic, *BRUNO, *HEART, "4")
    assert not heard_name(call, "Paulo Nogueira")


def test_it_is_not_asked_where_there_is_one(clinic):
    assert "choose_unit" not in talk(clinic, *BRUNO, "1", "1").trail


def test_it_is_not_asked_where_the_clinic_does_not_want_it(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"ask_unit": False}))
    assert "choose_unit" not in talk(clinic, *BRUNO, *HEART).trail
