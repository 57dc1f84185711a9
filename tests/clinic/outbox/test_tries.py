"""What cannot be sent is tried again, and given up for a reason that is seen."""

from itertools import pairwise

import pytest

from clinic.media.outgoing import NotSent
from clinic.outbox import calendars, claims, visits
from clinic.outbox.sending import MOST_TRIES
from tests.clinic.outbox.posts import due, settle, states, with_doctor


@pytest.fixture
def clinic(any_clinic):
    return with_doctor(any_clinic)


def test_a_failure_is_tried_again_with_growing_pauses(clinic, post, sending):
    clinic.messages.texts.switch("booked", "doctor", False, by="user:1")
    clinic.book("alice", clinic.slot(place=40))
    post.fails, pauses = NotSent("unreachable", again=True), []
    for _ in range(4):
        sending.drain()
        [again] = due(clinic, "booked")
        pauses.append(again - clinic.clock())
        clinic.clock.now = again
    assert all(later > 2 * sooner for sooner, later in pairwise(pauses))
    post.fails = None
    sending.drain()
    assert (states(clinic, "booked"), len(post.sent)) == ([("booked", "patient", "sent", None)], 1)


def test_what_never_works_is_given_up_and_says_why(clinic, post, sending):
    clinic.book("alice", clinic.slot(place=40))
    post.fails = NotSent("unreachable", again=True)
    for _ in range(MOST_TRIES + 30):
        settle(clinic, sending, minutes=30)
    assert ("booked", "patient", "failed", "unreachable") in states(clinic)


def test_what_is_refused_for_good_is_not_tried_again(clinic, post, sending):
    clinic.book("alice")
    post.fails = NotSent("address-550", again=False)
    sending.drain()
    assert states(clinic, "booked") == [
        ("booked", "patient", "failed", "address-550"), ("booked", "doctor", "failed", "address-550"),
    ]  # fmt: skip


def test_a_fault_of_a_medium_is_a_failure_like_others(clinic, post, sending, caplog):
    clinic.book("alice")
    post.fails = ValueError("alice@example.com")
    sending.drain()
    assert {reason for *_, reason in states(clinic, "booked")} == {"error"}
    assert "alice@" not in caplog.text


def test_a_medium_that_fails_is_let_alone_for_the_rest_of_a_round(clinic, post, sending):
    tried = []
    post.first, post.fails = lambda: tried.append(1), NotSent("unreachable", again=True)
    for who in ("alice", "davi"):
        clinic.book(who)
    sending.drain()
    assert len(tried) == 2
    assert "waits_for_medium" in {reason for *_, reason in states(clinic, "booked")}


def test_a_round_ends_when_it_is_time_to_stop(clinic, post, sending):
    clinic.book("alice")
    sending.round()
    stop = iter([False, True, True])
    assert sending.round(lambda: next(stop)) == 1
    clinic.clock.move(seconds=1)
    sending.drain()
    assert len(post.sent) == 2


@pytest.mark.parametrize(
    "query",
    [visits.WANTED, calendars.VERSION, claims.IS_DUE, claims.HEAD, claims.LEFT],
    ids=["messages", "version", "is due", "first in line", "left behind"],
)
def test_what_is_asked_for_every_message_is_text_for_the_driver(clinic, query):
    now, rows = clinic.clock(), {f"row{place}": 1 for place in range(visits.TOGETHER)}
    given = {"lane": 0, "appointment": 1, "now": now, "since": now, "until": now, **rows}
    assert len(clinic.database.ask(query, given)) == 0
    text, _ = query.bound(clinic.database._engines.single.dialect, given)
    assert "POSTCOMPILE" not in text
