"""A request to move ends with its visit: the patient hears what became of the visit, not of a time only asked for."""

import pytest
from sqlalchemy import update

from clinic.identities import Identity
from db.tables import Appointment
from tests.clinic.outbox.posts import cancel, settle
from tests.clinic.test_requests_to_move import RECEPTION, asks, visit

__all__ = ["visit"]


@pytest.fixture
def asked(clinic, visit, sending, post):
    """Of which the patient has heard."""
    request = asks(clinic, visit)
    settle(clinic, sending)
    post.sent.clear()
    return request


def cancelled(clinic, visit):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)


def moved(clinic, visit):
    desk, paulo = clinic.desk.bookings, clinic.slot("paulo", "cardiology")
    desk.move(visit.id, desk.hold(paulo, RECEPTION), RECEPTION, clinic.terms(paulo, "cardiology"))


def other_accepted(clinic, visit):
    clinic.bookings.accept(asks(clinic, visit).id, "user:rita")


@pytest.mark.parametrize(
    ("end", "said"), [(cancelled, "cancelada"), (moved, "mudou"), (other_accepted, "aceito")],
    ids=["cancelled", "moved", "another accepted"],
)  # fmt: skip
def test_one_message_tells_what_became_of_the_visit(clinic, visit, asked, sending, post, end, said):
    end(clinic, visit)
    settle(clinic, sending)
    [told] = [one for one in post.subjects if "cancelada" in one or said in one]
    assert said in told


def test_what_is_cancelled_and_taken_back_at_once_is_not_told_as_cancelled(clinic, visit, asked, sending, post):
    cancelled(clinic, visit)
    sending.drain()
    clinic.desk.bookings.take_back(visit.id, RECEPTION)
    settle(clinic, sending)
    assert [one for one in post.subjects if "cancelada" in one] == []


def test_nobody_calls_because_of_it_either(clinic, visit, asked):
    clinic.database.change(update(Appointment).values(tell_by_phone=True))
    cancelled(clinic, visit)
    assert asked.id not in {one.appointment_id for one in clinic.desk.notices.waiting()}


@pytest.fixture
def known(clinic, sending, post):
    """Alice's visit and her request to move it, of both of which Rita has heard."""
    doctor = {"doctor_id": clinic.at.doctors["rita"], "by": "system", "verified": True}
    clinic.users.create("Rita Sampaio", ["doctor"], [Identity("email", "rita@example.com")], **doctor)
    first = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    settle(clinic, sending)
    visit = clinic.bookings.accept(first.id, "user:rita")
    asks(clinic, visit)
    settle(clinic, sending)
    post.sent.clear()
    return visit


def test_the_doctor_hears_that_a_request_is_over_with_its_visit(clinic, known, sending, post):
    cancel(clinic, known)
    settle(clinic, sending)
    assert sorted(post.to) == ["alice@example.com", "rita@example.com", "rita@example.com"]


def test_of_what_comes_back_nobody_hears(clinic, known, sending, post):
    cancel(clinic, known)
    sending.drain()
    clinic.bookings.undo(clinic.people["alice"], known.id, "telephone")
    settle(clinic, sending)
    assert post.subjects == []


def test_who_gives_up_asking_is_not_told_that_a_visit_is_off(clinic, known, sending, post):
    _, asked = clinic.bookings.upcoming(clinic.people["alice"])
    cancel(clinic, asked)
    settle(clinic, sending)
    assert post.to == ["rita@example.com"]


def test_a_request_for_a_first_visit_is_told_as_ever(clinic, sending, post):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    cancel(clinic, asked)
    settle(clinic, sending)
    assert post.to == ["alice@example.com"]


def test_the_desk_calls_nobody_to_say_that_what_came_back_is_off(clinic, visit, asked):
    clinic.database.change(update(Appointment).values(tell_by_phone=True))
    clinic.desk.bookings.cancel_for(visit.id, "clinic", RECEPTION)
    clinic.desk.bookings.take_back(visit.id, RECEPTION)
    assert {one.event for one in clinic.desk.notices.waiting()} == {"restored"}


def test_nor_does_it_once_the_patient_has_cancelled_what_came_back(clinic):
    visit = clinic.book("alice")
    clinic.desk.bookings.cancel_for(visit.id, "clinic", RECEPTION)
    back = clinic.desk.bookings.take_back(visit.id, RECEPTION)
    clinic.clock.move(minutes=5)
    clinic.bookings.cancel(clinic.people["alice"], back.id, "other", "web")
    assert clinic.desk.notices.waiting() == []
