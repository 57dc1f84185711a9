"""A time that the doctor must agree to first: whoever waits does not lose their place by asking for it."""

import pytest

from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, place, rounds

BY = "user:1"


@pytest.fixture
def asking(any_clinic):
    """A clinic without any free time; Rita, for whom they wait, answers each request herself."""
    nothing_free(any_clinic)
    return any_clinic


def waits(clinic):
    return joins(clinic, "bruno", "cardiology", doctor_id=clinic.at.doctors["rita"])


def asks(clinic):
    """By themselves, without an offer."""
    clinic.clock.move(minutes=1)
    return clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology")


def taken_up(clinic):
    """Somebody waits, is offered a time, and asks for it: their place, and the request."""
    mine = waits(clinic)
    frees(clinic, doctor="rita")
    rounds(clinic)
    asked = clinic.waiting_list.offers.accept(open_offer(clinic).id, "email")
    assert (asked.status, place(clinic, mine)) == ("pending", (None, "met"))
    return mine, asked


def test_who_is_refused_waits_on_in_their_old_place(asking):
    mine, asked = taken_up(asking)
    asking.bookings.decline(asked.id, BY)
    assert place(asking, mine) == (1, "waiting")
    frees(asking, days=5, doctor="rita")
    rounds(asking)
    assert [status for *_, status in offered(asking)] == ["accepted", "open"]


def test_whose_request_nobody_answers_waits_on_too(asking):
    mine, _ = taken_up(asking)
    asking.clock.move(days=2)
    asking.bookings.expire_requests()
    assert place(asking, mine) == (1, "waiting")


def test_who_waits_for_the_same_anew_has_one_place(asking):
    mine, asked = taken_up(asking)
    anew = waits(asking)
    asking.bookings.decline(asked.id, BY)
    assert (place(asking, mine), place(asking, anew)) == ((None, "met"), (1, "waiting"))


def test_a_request_keeps_the_place_and_is_offered_nothing_meanwhile(asking):
    mine = waits(asking)
    frees(asking, doctor="rita", count=2)
    asked = asks(asking)
    assert (asked.status, rounds(asking), place(asking, mine)) == ("pending", 0, (1, "waiting"))
    asking.bookings.decline(asked.id, BY)
    assert rounds(asking) == 1


def test_a_request_that_is_agreed_to_ends_the_wait(asking):
    mine = waits(asking)
    frees(asking, doctor="rita")
    asked = asks(asking)
    asking.bookings.accept(asked.id, BY)
    rounds(asking)
    assert place(asking, mine) == (None, "met")
