"""A request to move that is accepted, declined, cancelled, moved and undone by many at once: one visit in the end."""

import random
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import select

from clinic.bookings import Overlaps, SlotTaken, WrongStatus
from db.tables import Appointment, Slot
from tests.clinic.test_contention import at_once

MANY, RECEPTION = 64, "user:1"
STANDS = (SlotTaken, WrongStatus, Overlaps)


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def visit(clinic):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    return clinic.bookings.accept(asked.id, "user:rita")


@pytest.fixture
def asked(clinic, visit):
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology"), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone")


def tries(act, *given):
    """What came of it: "done", or the name of what stood in the way."""
    try:
        act(*given)
    except STANDS as stood:
        return type(stood).__name__
    return "done"


def moves(clinic, booking_id, slot, by):
    hold = clinic.bookings.hold(slot, by)
    try:
        clinic.bookings.reschedule(clinic.people["alice"], booking_id, hold, "web")
    finally:
        clinic.bookings.release(hold)


def whole(clinic):
    """What Alice has to come, by status, once it is seen that rows and slots agree and every request has its visit."""
    live = clinic.database.rows(
        select(Appointment.id, Appointment.status, Appointment.replaces, Appointment.slot_id).where(
            Appointment.live == 1
        )
    )
    taken = clinic.database.rows(select(Slot.id, Slot.appointment_id).where(Slot.status == "booked"))
    assert {(row.slot_id, row.id) for row in live} == {tuple(row) for row in taken}
    standing = {row.id for row in live if row.status == "booked"}
    assert all(row.replaces in standing for row in live if row.status == "pending")
    return Counter(row.status for row in live)


def test_all_that_can_happen_to_a_request_at_once(clinic, visit, asked):
    alice, desk, rita = clinic.people["alice"], clinic.desk.bookings, "user:rita"
    times = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), limit=MANY // 4)
    jobs = [
        *[partial(clinic.bookings.accept, asked.id, rita), partial(clinic.bookings.decline, asked.id, rita)] * 12,
        *[partial(desk.cancel_for, asked.id, "other", RECEPTION)] * 8,
        *[partial(desk.take_back, asked.id, RECEPTION)] * 8,
        *[partial(clinic.bookings.cancel, alice, asked.id, "other", "web")] * 8,
        *[partial(moves, clinic, asked.id, one, f"web-{place}") for place, one in enumerate(times)],
    ]
    random.Random(5).shuffle(jobs)
    assert len(jobs) == MANY
    at_once([partial(tries, one) for one in jobs], MANY)
    assert whole(clinic)["booked"] <= 1  # none where it was accepted, and then cancelled


def test_the_visit_is_cancelled_and_taken_back_meanwhile(clinic, visit, asked):
    alice, rita = clinic.people["alice"], "user:rita"
    times = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), limit=MANY // 4)
    jobs = [
        *[partial(clinic.bookings.accept, asked.id, rita), partial(clinic.bookings.decline, asked.id, rita)] * 8,
        *[partial(clinic.bookings.cancel, alice, visit.id, "other", "web")] * 16,
        *[partial(clinic.bookings.undo, alice, visit.id, "web")] * 16,
        *[partial(moves, clinic, visit.id, one, f"web-{place}") for place, one in enumerate(times)],
    ]
    random.Random(7).shuffle(jobs)
    at_once([partial(tries, one) for one in jobs], MANY)
    assert whole(clinic)["booked"] <= 1


@pytest.mark.parametrize("end", ["accept", "decline"])
def test_of_many_who_answer_one_does(clinic, visit, asked, end):
    act = partial(getattr(clinic.bookings, end), asked.id, "user:rita")
    assert Counter(at_once([partial(tries, act)] * MANY)) == {"done": 1, "WrongStatus": MANY - 1}
    assert whole(clinic) == {"booked": 1}


def test_a_visit_that_is_cancelled_while_its_move_is_asked_for_has_no_request(clinic, visit):
    times = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"), limit=8)
    jobs = [partial(moves, clinic, visit.id, one, f"web-{place}") for place, one in enumerate(times)]
    cancel = partial(clinic.bookings.cancel, clinic.people["alice"], visit.id, "other", "web")
    at_once([partial(tries, one) for one in [*jobs[:4], cancel, *jobs[4:]]], 9)
    assert whole(clinic) == {}
