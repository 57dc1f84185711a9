"""Call-flow 7."""

import pytest
from sqlalchemy import select

from agi.phone import Silence
from db.tables import CallRecord
from tests.agi.menus.talking import BRUNO, in_order, talk, went_to

DONE = (*BRUNO, "1", "1", "2", "2", "1", "1")


def rating(clinic):
    return clinic.database.rows(select(CallRecord.rating))[0].rating


@pytest.mark.parametrize("end", ["2", Silence()])
def test_the_protocol_and_the_closing_words(clinic, end):
    call = talk(clinic, *DONE, end)
    assert in_order(call.heard, "booking/done", "goodbye/protocol", "goodbye/closing")
    assert call.variables["ALO_DONE"] == "1"


def test_a_rating_is_asked_only_where_the_clinic_wants_it(clinic):
    assert "goodbye/rate" not in talk(clinic, *DONE, "2").heard


def test_a_rating_is_kept(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"rating": True}))
    talk(clinic, *DONE, "2", "4")
    assert rating(clinic) == 4


@pytest.mark.parametrize("answer", [Silence(), "*"])
def test_a_rating_may_be_passed_over(clinic, answer):
    clinic.profile.save(clinic.profile.get().model_copy(update={"rating": True}))
    call = talk(clinic, *DONE, "2", answer)
    assert "goodbye/closing" in call.heard
    assert rating(clinic) is None


def test_zero_at_the_rating_is_a_person(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"rating": True}))
    assert went_to(talk(clinic, *DONE, "2", "0")) == "reception"


def test_the_code_is_heard_whole_and_silence_is_a_good_bye(clinic):
    call = talk(clinic, *DONE, Silence())
    assert in_order(call.heard, "booking/done", "booking/code", "common/menu-or-end", "goodbye/closing")
    assert not call.slow


@pytest.mark.parametrize(
    "way", [("1", "3", "1", "1"), ("3", "1", "1", "1"), ("2", "3", "1", "1"), ("4", "1", "1", "1")]
)
def test_star_after_what_is_done_is_the_main_menu(clinic, way):
    for place in (1, 9):
        clinic.book("bruno", clinic.slot(place=place))
    assert talk(clinic, *BRUNO, *way, "*").trail[-1] == "main"
