"""After several no-shows people book for a patient, where the clinic wants it so; and a no-show may be forgiven."""

from datetime import timedelta

import pytest

from clinic.allowances import AfterNoShows
from clinic.bookings import WrongStatus
from clinic.no_shows import FORGIVEN
from clinic.offers import Wanted

BY = "user:1"


@pytest.fixture
def strict(any_clinic):
    """Two no-shows in six months are enough."""
    any_clinic.profile.save(any_clinic.profile.get().model_copy(update={"no_shows": 2}))
    return any_clinic


def misses(clinic, who="bruno"):
    """A visit to which they do not come; its id."""
    booked = clinic.desk.bookings.book_for(clinic.people[who], *held(clinic), BY, reason="pediu")
    clinic.clock.now = booked.starts_at + timedelta(minutes=10)
    clinic.bookings.no_show(booked.id, BY)
    return booked.id


def held(clinic):
    hold = clinic.bookings.hold(clinic.slot(), by=BY)
    return hold, clinic.terms(hold.slot)


def may_book(clinic, who="bruno"):
    try:
        clinic.allowances.check(clinic.people[who], None)
        clinic.book(who)
    except AfterNoShows:
        return False
    return True


def test_a_clinic_without_the_rule_counts_but_forbids_nothing(any_clinic):
    for _ in range(3):
        misses(any_clinic)
    assert any_clinic.allowances.missed(any_clinic.people["bruno"]) == 3
    assert may_book(any_clinic)


def test_after_so_many_people_book(strict):
    misses(strict)
    assert may_book(strict)
    misses(strict)
    with pytest.raises(AfterNoShows):
        strict.allowances.check(strict.people["bruno"], None)
    with pytest.raises(AfterNoShows):
        strict.book("bruno")


def test_others_book_as_ever(strict):
    for _ in range(2):
        misses(strict)
    assert may_book(strict, "alice")


def test_old_ones_do_not_count(strict):
    for _ in range(2):
        misses(strict)
    strict.clock.move(days=190)
    assert strict.allowances.missed(strict.people["bruno"]) == 0


def test_what_is_booked_already_may_be_moved(strict):
    booked = strict.book("bruno", strict.slot(place=20))
    for _ in range(2):
        misses(strict)
    hold = strict.bookings.hold(strict.slot(place=25), by="t")
    assert strict.bookings.reschedule(strict.people["bruno"], booked.id, hold, "web").status == "booked"


def test_the_desk_books_and_says_why(strict):
    for _ in range(2):
        misses(strict)
    with pytest.raises(AfterNoShows):
        strict.desk.bookings.book_for(strict.people["bruno"], *held(strict), BY)
    booked = strict.desk.bookings.book_for(strict.people["bruno"], *held(strict), BY, reason="combinado")
    assert strict.desk.cards.visit(booked.id, BY).changes[0].note == "combinado"


def test_a_forgiven_one_counts_no_more_and_its_history_says_why(strict):
    first, _ = misses(strict), misses(strict)
    for _ in range(2):
        assert strict.desk.bookings.forgive(first, BY, "ônibus parado").status == "noshow"
    lines = [one for one in strict.desk.cards.visit(first, BY).changes if one.event == FORGIVEN]
    assert [(one.by, one.note) for one in lines] == [(BY, "ônibus parado")]
    assert may_book(strict)


def test_only_a_no_show_is_forgiven(clinic):
    with pytest.raises(WrongStatus):
        clinic.desk.bookings.forgive(clinic.book("bruno").id, BY, "x")


def test_the_desk_is_told_before_it_books(strict):
    for _ in range(2):
        misses(strict)
    offer = strict.desk.offers.offer(strict.people["bruno"], strict.slot(), Wanted(), BY)
    assert (offer.missed, offer.possible) == (2, True)
