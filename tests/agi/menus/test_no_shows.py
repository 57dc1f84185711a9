"""Who missed as many visits as the clinic lets pass is led to a person, who books with them."""

from datetime import timedelta

import pytest

from tests.agi.menus.talking import ALICE, BRUNO, SPEAKS_ALONE, in_order, talk, went_to

WHY = "after no-shows"


@pytest.fixture
def missed(clinic):
    """Bruno did not come, and once is enough."""
    clinic.profile.save(clinic.profile.get().model_copy(update={"no_shows": 1}))
    booked = clinic.book("bruno")
    clinic.clock.now = booked.starts_at + timedelta(minutes=10)
    return lambda: clinic.bookings.no_show(booked.id, "user:1")


def test_they_are_led_to_a_person_before_anything_is_asked(clinic, missed):
    missed()
    call = talk(clinic, *BRUNO, "1")
    assert in_order(call.heard, "booking/only-by-people", "reception/one-moment")
    assert (went_to(call), call.variables["ALO_WHY"]) == ("reception", WHY)
    assert "choose/specialty" not in call.heard


def test_nothing_is_said_of_what_they_missed_and_everything_else_is_theirs(clinic, missed):
    missed()
    assert talk(clinic, *BRUNO, "2").trail[-1] != "reception"


def test_others_book_as_ever(clinic, missed):
    missed()
    assert "choose/specialty" in talk(clinic, *ALICE, SPEAKS_ALONE, "1").heard


def test_a_no_show_marked_while_they_choose_leads_to_a_person_too(clinic, missed):
    def late(_heard):
        missed()
        return "1"

    call = talk(clinic, *BRUNO, "1", "2", "1", "2", "2", "3", late)
    assert in_order(call.heard, "booking/read-back", "booking/only-by-people")
    assert call.variables["ALO_WHY"] == WHY
