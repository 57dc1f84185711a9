"""A request to move a visit ends with the visit it would move: cancelled, moved or taken away by whomever."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clinic.bookings import WrongStatus
from clinic.holds import SlotTaken
from clinic.series_dates import Plan
from clinic.transitions import TooLate
from db.tables import Appointment, AppointmentChange, Slot
from tests.clinic.test_repetitions import repeat

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


def kept(clinic, booked):
    """Until when nobody else may have its time."""
    at = select(Slot.held_until).where(Slot.doctor_id == booked.doctor_id, Slot.starts_at == booked.starts_at)
    return clinic.database.first(at.where(Slot.status == "held")).held_until


def ended(clinic, asked):
    """It did, and its time is anybody's after the ten seconds in which that may be taken back."""
    in_ten_seconds = kept(clinic, asked) == clinic.clock() + timedelta(seconds=10)
    return clinic.registers.appointment(asked.id).cancel_reason == "with_visit" and in_ten_seconds


def left(clinic):
    """What Alice has to come: the start, and whether it is only asked for."""
    return [(one.starts_at, one.status) for one in clinic.bookings.upcoming(clinic.people["alice"])]


def test_the_desk_cancels_and_it_ends_as_the_history_tells(clinic, visit, request_to_move):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    assert (clinic.bookings.upcoming(clinic.people["alice"]), ended(clinic, request_to_move)) == ([], True)
    assert history(clinic, request_to_move.id)[-1] == ("withdrawn", RECEPTION)


def test_the_patient_cancels_and_it_ends(clinic, visit, request_to_move):
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "telephone")
    assert ended(clinic, request_to_move)


def test_what_is_taken_back_comes_with_it(clinic, visit, request_to_move):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    again = clinic.desk.bookings.take_back(visit.id, RECEPTION)
    _, asked = clinic.bookings.upcoming(clinic.people["alice"])
    assert (asked.code, asked.answer_by, asked.starts_at) == (
        request_to_move.code, request_to_move.answer_by, request_to_move.starts_at,
    )  # fmt: skip
    clinic.bookings.accept(asked.id, "user:rita")
    assert (left(clinic), clinic.bookings.get(again.id).status) == ([(asked.starts_at, "booked")], "cancelled")


def test_all_of_them_come_back_and_none_that_had_ended_before(clinic, visit, request_to_move):
    other, given_up = asks(clinic, visit), asks(clinic, visit)
    clinic.bookings.cancel(clinic.people["alice"], given_up.id, "other", "web")
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "web")
    clinic.bookings.undo(clinic.people["alice"], visit.id, "web")
    assert left(clinic) == [
        (visit.starts_at, "booked"), (request_to_move.starts_at, "pending"), (other.starts_at, "pending"),
    ]  # fmt: skip


def test_the_same_again_and_again(clinic, visit, request_to_move):
    before = left(clinic)
    for _ in range(3):
        [visit, _] = clinic.bookings.upcoming(clinic.people["alice"])
        clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "web")
        clinic.bookings.undo(clinic.people["alice"], visit.id, "web")
        assert left(clinic) == before


def test_where_its_time_is_gone_nothing_comes_back(clinic, visit, request_to_move):
    clinic.desk.bookings.cancel_for(visit.id, "other", RECEPTION)
    lost = update(Slot).where(Slot.doctor_id == visit.doctor_id, Slot.starts_at == request_to_move.starts_at)
    clinic.database.change(lost.values(hold_token="call:1"))
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(visit.id, RECEPTION)
    assert left(clinic) == []


def test_a_move_that_nobody_waited_for_is_withdrawn_with_the_request_that_it_ended(clinic, visit, request_to_move):
    before, paulo = left(clinic), clinic.slot("paulo", "cardiology")
    hold, terms = clinic.bookings.hold(paulo, by="call"), clinic.terms(paulo, "cardiology")
    clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone", terms, key="call:2")
    assert clinic.bookings.withdraw("call:2") is True
    assert left(clinic) == before


def test_what_a_doctor_accepted_is_not_undone_as_if_it_were_a_move(clinic, visit, request_to_move):
    clinic.bookings.accept(request_to_move.id, "user:rita")
    with pytest.raises(WrongStatus):
        clinic.desk.bookings.take_back(visit.id, "user:rita")
    assert left(clinic) == [(request_to_move.starts_at, "booked")]


def test_a_request_whose_time_has_come_is_not_accepted(clinic, visit, request_to_move):
    clinic.clock.now = request_to_move.starts_at
    with pytest.raises(TooLate):
        clinic.bookings.accept(request_to_move.id, "user:rita")
    assert clinic.bookings.get(visit.id).status == "booked"


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


@pytest.fixture
def session(clinic, visit):
    """The visit is the first of three."""
    repeat(clinic, visit, Plan(1, 3))
    return visit


def test_a_cancelled_request_to_move_a_session_is_taken_back(clinic, session):
    asked, before = asks(clinic, session), left(clinic)
    clinic.desk.bookings.cancel_for(asked.id, "other", RECEPTION)
    again = clinic.desk.bookings.take_back(asked.id, RECEPTION)
    assert left(clinic) == before
    clinic.bookings.accept(again.id, "user:rita")
    assert clinic.bookings.get(session.id).status == "cancelled"


def test_the_rest_of_a_series_comes_back_with_what_was_asked(clinic, session):
    asks(clinic, session)
    before, series = left(clinic), clinic.desk.repetitions
    shown = series.shown(session.id, clinic.registers.appointment(session.id).series_id)
    series.cancel_rest(session.id, shown.rest, "other", RECEPTION)
    assert left(clinic) == []
    clinic.desk.bookings.take_back(session.id, RECEPTION)
    assert left(clinic) == before
