"""A request to move a visit that is itself moved: the patient has one visit in the end, never both."""

import pytest

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
    assert (again.code, again.starts_at, left(clinic)) == (visit.code, visit.starts_at, [again.id])
