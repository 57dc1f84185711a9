"""Rows in the hands of one worker: how long, and what is needed to take them from it."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from clinic.outbox.claims import LEASE, Claims
from clinic.outbox.sending import Sending, Unsaid
from clinic.outbox.writing import Letter
from db.retry import OutcomeUnknown
from db.tables import OutboxRow
from tests.clinic.media.letters import MESSAGE
from tests.clinic.outbox.posts import Post, worker

HALF = LEASE.total_seconds() / 2
TWICE = "it may be sent twice"


class Ticks:
    """What never jumps, and moves only when told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clinic(any_clinic):
    """With one message that is due, and two reminders that are not."""
    any_clinic.book("alice", any_clinic.slot(place=40))
    worker(any_clinic, Post()).round()
    return any_clinic


@pytest.fixture
def ticks():
    return Ticks()


def hands(clinic, ticks):
    return Claims(clinic.database, clinic.clock, ticks=ticks)


def message(clinic):
    wanted = select(OutboxRow.attempts, OutboxRow.claimed_by, OutboxRow.due_at, OutboxRow.status)
    return clinic.database.first(wanted.where(OutboxRow.kind == "booked", OutboxRow.audience == "patient"))


def test_what_is_taken_is_left_alone(clinic, ticks):
    [row], _ = hands(clinic, ticks).take(20)
    assert (row.kind, row.attempts) == ("booked", 1)
    assert hands(clinic, ticks).take(20)[0] == ()


def test_nothing_is_begun_after_half_of_the_lease(clinic, ticks):
    _, in_time = hands(clinic, ticks).take(20)
    assert in_time()
    ticks.now = HALF
    assert not in_time()


class Mute(Claims):
    """The connection goes away while it is written down that a message was sent."""

    def sent(self, *_):
        def settled():
            raise OutcomeUnknown

        return settled


def test_what_was_sent_and_could_not_be_written_down_is_not_given_back_as_untried(clinic, ticks, caplog):
    post, writer = Post(), SimpleNamespace(write=lambda row: Letter("email", MESSAGE))
    sending = Sending(Mute(clinic.database, clinic.clock, ticks=ticks), None, writer, {"email": post}, clinic.clock)
    with pytest.raises(Unsaid):
        sending.round()
    left = message(clinic)
    assert (len(post.sent), left.attempts, left.status, left.claimed_by is None) == (1, 1, "waiting", False)
    assert TWICE in caplog.text


def test_what_is_given_back_was_not_tried(clinic, ticks):
    claims = hands(clinic, ticks)
    claims.give_back(claims.take(20)[0])
    assert tuple(message(clinic)) == (0, None, clinic.clock(), "waiting")


def test_a_clock_that_jumped_frees_nothing(clinic, ticks):
    hands(clinic, ticks).take(20)
    clinic.clock.move(hours=3)
    other = hands(clinic, ticks)
    for ticks.now in range(0, int(2 * HALF), 10):
        assert other.take(20)[0] == ()


def test_what_was_left_for_a_lease_is_free_and_in_the_log(clinic, ticks, caplog):
    [row], _ = hands(clinic, ticks).take(20)
    clinic.clock.move(minutes=2)
    other = hands(clinic, ticks)
    other.take(20)
    ticks.now = 2 * HALF
    [again], _ = other.take(20)
    assert (again.uid, again.attempts) == (row.uid, 2)
    assert f"message {row.uid} was left" in caplog.text and TWICE in caplog.text


def test_what_was_left_is_free_before_those_that_came_later_however_many_wait(clinic, ticks):
    [row], _ = hands(clinic, ticks).take(20)
    clinic.clock.move(minutes=2)
    clinic.database.change(update(OutboxRow).where(OutboxRow.kind == "reminder").values(due_at=clinic.clock()))
    other = hands(clinic, ticks)
    [later], _ = other.take(1)
    ticks.now = 2 * HALF
    [again], _ = other.take(1)
    assert (later.kind, again.uid) == ("reminder", row.uid)


def test_who_comes_back_too_late_is_told_so(clinic, ticks):
    late, other = hands(clinic, ticks), hands(clinic, ticks)
    [row], _ = late.take(20)
    clinic.clock.move(minutes=2)
    other.take(20)
    ticks.now = 2 * HALF
    [again], _ = other.take(20)
    assert not late.settle(row, "sent")
    assert other.settle(again, "sent") and other.settle(again, "sent")  # an answer that was lost is asked for again
    assert message(clinic).status == "sent"


def test_a_late_failure_changes_nothing(clinic, ticks):
    claims = hands(clinic, ticks)
    [row], _ = claims.take(20)
    claims.settle(row, "sent")
    claims.again(row, clinic.clock(), "unreachable")
    assert message(clinic).status == "sent" and message(clinic).due_at is None
