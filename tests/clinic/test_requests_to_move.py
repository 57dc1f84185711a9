"""A request to move a visit ends with the visit it would move: cancelled, moved or taken away by whomever."""

import pytest
from sqlalchemy import select, update

from clinic.bookings import WrongStatus
from db.tables import Appointment, AppointmentChange, Slot

RECEPTION = "user:1"


@pytest.fixture
def visit(clinic):
    """Alice's with Rita, who answers requests."""
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    return clinic.bookings.accept(asked.id, "user:rita")


def asks(clinic, visit):
    """Alice would rather come at another time."""
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology"), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone")


@pytest.fixture
def request_to_move(clinic, visit):
    return asks(clinic, visit)


def history(clinic, booking_id):
    lines = select(AppointmentChange.event, AppointmentChange.by).where(AppointmentChange.appointment_id == booking_id)
    return [tuple(row) for row in clinic.database.rows(lines.order_by(AppointmentChange.id))]


def free_again(clinic, booked):
    at = select(Slot.status).where(Slot.doctor_id == booked.doctor_id, Slot.starts_at == booked.starts_at)
    return clinic.database.first(at).status == "free"


def ended(clinic, asked):
    return clinic.registers.appointment(asked.id).cancel_reason == "with_visit" and free_again(clinic, asked)


def test_the_desk_cancels_and_it_ends_as_the_history_tells(clinic, visit, request_to_move):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    assert (clinic.bookings.upcoming(clinic.people["alice"]), ended(clinic, request_to_move)) == ([], True)
    assert history(clinic, request_to_move.id)[-1] == ("withdrawn", RECEPTION)


def test_the_patient_cancels_and_it_ends(clinic, visit, request_to_move):
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "telephone")
    assert ended(clinic, request_to_move)


def test_what_is_taken_back_comes_without_it(clinic, visit, request_to_move):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    again = clinic.desk.bookings.take_back(visit.id, RECEPTION)
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [again.id]


def test_the_visit_is_moved_and_it_ends(clinic, visit, request_to_move):
    desk, paulo = clinic.desk.bookings, clinic.slot("paulo", "cardiology")
    new = desk.move(visit.id, desk.hold(paulo, RECEPTION), RECEPTION, clinic.terms(paulo, "cardiology"))
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [new.id]
    assert ended(clinic, request_to_move)


def test_of_two_the_one_that_is_accepted_ends_the_other(clinic, visit, request_to_move):
    other = asks(clinic, visit)
    clinic.bookings.accept(other.id, "user:rita")
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [other.id]
    assert ended(clinic, request_to_move)


def test_requests_for_other_visits_and_new_ones_stay(clinic, visit, request_to_move):
    other = clinic.book("alice", clinic.slot("paulo"))
    clinic.desk.bookings.cancel_for(other.id, "other", RECEPTION)
    assert {one.id for one in clinic.bookings.upcoming(clinic.people["alice"])} == {visit.id, request_to_move.id}


def test_what_would_move_a_visit_that_is_gone_is_not_accepted(clinic, visit, request_to_move):
    gone = {"status": "cancelled", "live": None}
    clinic.database.change(update(Appointment).where(Appointment.id == visit.id).values(**gone))
    with pytest.raises(WrongStatus):
        clinic.bookings.accept(request_to_move.id, "user:rita")
    assert clinic.bookings.get(request_to_move.id).status == "pending"
