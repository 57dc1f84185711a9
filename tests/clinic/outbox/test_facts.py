"""A row of the outbox is written with the fact, in its transaction, and costs no question more."""

import pytest
from sqlalchemy import select

from clinic.appointments import UNDO
from clinic.holds import SlotTaken
from clinic.outbox import facts
from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import OutboxRow
from tests.clinic.breaking import BreakingDatabase, Broken, breaks


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def rows(clinic, *columns):
    return [tuple(row) for row in clinic.database.rows(select(*columns).order_by(OutboxRow.id))]


def told(clinic):
    return rows(clinic, OutboxRow.kind, OutboxRow.appointment_id, OutboxRow.status)


def cancel(clinic, booked, who="alice"):
    return clinic.bookings.cancel(clinic.people[who], booked.id, "other", "telephone")


def test_a_booking_is_to_be_told(clinic):
    booked = clinic.book("alice")
    wanted = (OutboxRow.kind, OutboxRow.appointment_id, OutboxRow.audience, OutboxRow.due_at, OutboxRow.by)
    assert rows(clinic, *wanted) == [("booked", booked.id, None, clinic.clock(), clinic.people["alice"].ref)]


def test_what_failed_is_not_told(clinic):
    hold = clinic.bookings.hold(slot := clinic.slot(), by="call")
    clinic.bookings.release(hold)
    with pytest.raises(SlotTaken):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    assert told(clinic) == []


def test_a_cancelling_waits_until_it_can_be_taken_back_no_more(clinic):
    cancel(clinic, clinic.book("alice"))
    [(due,)] = rows(clinic, OutboxRow.due_at)[1:]
    assert due - clinic.clock() > UNDO


def test_a_cancelling_that_was_taken_back_is_told_to_programs_alone(clinic):
    booked = clinic.book("alice")
    cancel(clinic, booked)
    again = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    assert rows(clinic, OutboxRow.kind, OutboxRow.appointment_id, OutboxRow.reason) == [
        ("booked", booked.id, "undone"), ("cancelled", booked.id, "undone"), ("restored", again.id, None),
    ]  # fmt: skip


def test_a_move_that_was_taken_back_is_told_to_programs_alone(clinic):
    old = clinic.book("alice")
    new = clinic.bookings.reschedule(
        clinic.people["alice"], old.id, clinic.bookings.hold(clinic.slot(), by="call"), "telephone"
    )
    again = clinic.bookings.undo(clinic.people["alice"], old.id, "telephone")
    known = rows(clinic, OutboxRow.kind, OutboxRow.appointment_id, OutboxRow.reason)
    assert [one for one in known if one[2] is None] == [("restored", again.id, None)]
    assert ("booked", new.id, "undone") in known


def test_who_came_is_not_written_to(clinic, sending, post):
    booked = clinic.book("alice")
    sending.drain()
    del post.sent[:]
    clinic.bookings.arrive(booked.id, by="user:1")
    sending.drain()
    assert post.sent == []


def round_trips(clinic, do):
    """How often a server is asked within a transaction, COMMIT included: it breaks off at each, and then no more."""
    url = clinic.database.url.render_as_string(hide_password=False)
    for at in range(1, 40):
        try:
            do(open_clinic(Settings(database_url=url), clinic.clock, BreakingDatabase(url, at, breaks)))
        except Broken:
            continue
        return at - 1
    raise AssertionError("it never ends")


def test_that_it_is_to_be_told_takes_no_round_trip_of_its_own(served_clinic):
    hold = served_clinic.bookings.hold(slot := served_clinic.slot(), by="call")
    alice, terms = served_clinic.people["alice"], served_clinic.terms(slot)
    lock_and_look, insert, all_the_rest, commit = 1, 1, 1, 1
    assert round_trips(served_clinic, lambda there: there.bookings.book(alice, hold, terms, "telephone")) == sum(
        (lock_and_look, insert, all_the_rest, commit)
    )


@pytest.mark.parametrize("what", ["kept", "changed"])
def test_what_nobody_must_hear_of_writes_nothing(what):
    assert facts.steps(1, what, "user:1", None) == []
