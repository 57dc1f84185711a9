"""A request to move a visit that is itself moved: the patient has one visit in the end, never both."""

from datetime import UTC, datetime, time, timedelta

import pytest

from clinic.bookings import NotAllowed, WrongStatus
from tests.clinic.test_requests_to_move import RECEPTION, request_to_move, visit

__all__ = ["request_to_move", "visit"]


def by_desk(clinic, asked, slot):
    desk = clinic.desk.bookings
    return desk.move(asked.id, desk.hold(slot, RECEPTION), RECEPTION, clinic.terms(slot, "cardiology"))


def by_patient(clinic, asked, slot):
    hold, terms = clinic.bookings.hold(slot, by="call"), clinic.terms(slot, "cardiology")
    return clinic.bookings.reschedule(clinic.people["alice"], asked.id, hold, "telephone", terms)


BOTH = pytest.mark.parametrize("move", [by_desk, by_patient], ids=["desk", "patient"])


def left(clinic):
    return [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])]


@BOTH
def test_once_accepted_it_takes_the_place_of_the_visit(clinic, visit, request_to_move, move):
    new = move(clinic, request_to_move, clinic.slot("rita", "cardiology", place=2))
    assert left(clinic) == [visit.id, new.id]
    clinic.bookings.accept(new.id, "user:rita")
    assert left(clinic) == [new.id]


@BOTH
def test_it_still_ends_with_the_visit(clinic, visit, request_to_move, move):
    move(clinic, request_to_move, clinic.slot("rita", "cardiology", place=2))
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    assert left(clinic) == []


@BOTH
def test_where_no_answer_is_needed_the_visit_itself_goes(clinic, visit, request_to_move, move):
    new = move(clinic, request_to_move, clinic.slot("paulo", "cardiology"))
    assert (new.status, left(clinic)) == ("booked", [new.id])


def test_taken_back_it_is_a_request_to_move_the_same_visit(clinic, visit, request_to_move):
    by_desk(clinic, request_to_move, clinic.slot("rita", "cardiology", place=2))
    again = clinic.desk.bookings.take_back(request_to_move.id, RECEPTION)
    clinic.bookings.accept(again.id, "user:rita")
    assert left(clinic) == [again.id]


def test_taken_back_where_no_answer_was_needed_the_visit_is_as_it_was(clinic, visit, request_to_move):
    by_desk(clinic, request_to_move, clinic.slot("paulo", "cardiology"))
    again = clinic.desk.bookings.take_back(request_to_move.id, RECEPTION)
    assert (again.code, again.starts_at) == (visit.code, visit.starts_at)
    _, asked = clinic.bookings.upcoming(clinic.people["alice"])
    assert (asked.code, asked.starts_at, asked.status) == (request_to_move.code, request_to_move.starts_at, "pending")


@pytest.fixture
def retorno(clinic):
    """Alice was with Rita, and her retorno is booked."""
    seen = clinic.bookings.accept(clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology").id, "user:rita")
    clinic.clock.now = seen.starts_at
    clinic.bookings.arrive(seen.id, RECEPTION)
    clinic.bookings.fulfil(seen.id, RECEPTION)
    slot = clinic.slot("rita", "cardiology")
    terms = clinic.terms(slot, "cardiology", "return", return_of=seen.id)
    asked = clinic.bookings.book(clinic.people["alice"], clinic.bookings.hold(slot, by="call"), terms, "telephone")
    return clinic.bookings.accept(asked.id, "user:rita")


def goes(clinic, old, place=2):
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology", place), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")


def test_a_request_to_move_a_retorno_moves(clinic, retorno):
    asked = goes(clinic, goes(clinic, retorno))
    assert left(clinic) == [retorno.id, asked.id]
    clinic.bookings.accept(asked.id, "user:rita")
    assert left(clinic) == [asked.id]


def test_so_does_it_at_the_desk(clinic, retorno):
    desk, asked = clinic.desk.bookings, goes(clinic, retorno)
    new = desk.move(asked.id, desk.hold(clinic.slot("rita", "cardiology"), RECEPTION), RECEPTION)
    assert left(clinic) == [retorno.id, new.id] or left(clinic) == [new.id, retorno.id]


def test_a_retorno_may_be_asked_to_move_twice(clinic, retorno):
    first, other = goes(clinic, retorno), goes(clinic, retorno)
    clinic.bookings.accept(other.id, "user:rita")
    assert (left(clinic), clinic.bookings.get(first.id).status) == ([other.id], "cancelled")


def test_it_is_no_second_retorno(clinic, retorno):
    goes(clinic, retorno)
    assert clinic.bookings.open_return(clinic.people["alice"]) is None


def test_nor_after_the_last_day_of_it(clinic, retorno):
    asked = goes(clinic, retorno)
    late = clinic.bookings.return_until(retorno.id) + timedelta(days=1)
    day = datetime.combine(late, time(), UTC)
    slot = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), day, 1)[0]
    with pytest.raises(NotAllowed):
        clinic.bookings.reschedule(clinic.people["alice"], asked.id, clinic.bookings.hold(slot, by="call"), "telephone")


def test_a_retorno_that_took_place_is_not_had_once_more(clinic, retorno):
    asked = goes(clinic, retorno)
    clinic.bookings.arrive(retorno.id, RECEPTION)
    with pytest.raises(WrongStatus):
        clinic.bookings.accept(asked.id, "user:rita")
