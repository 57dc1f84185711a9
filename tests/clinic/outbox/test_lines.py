"""What hangs is let alone for a minute, in rounds and with what a broker brings."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from clinic.media.outgoing import NotSent
from clinic.outbox.claims import Claims
from clinic.outbox.lines import REST, Lines
from db.tables import Patient
from tests.clinic.outbox.posts import Post, states, worker
from tests.clinic.outbox.test_faults import many

HANGS = NotSent("timeout", again=True)


@pytest.fixture
def lines(clinic):
    made = Lines(clinic.clock)
    for message in (1, 2):
        made.failed("webhook:1", message)
    return made


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


@pytest.fixture
def tried(post):
    found = []
    post.first, post.fails = lambda: found.append(1), HANGS
    return found


def test_a_line_rests_after_two_messages_and_no_other_does(clinic, lines):
    assert lines.resting("webhook:1") == clinic.clock() + REST
    assert lines.resting("webhook:2") is None


def test_one_message_that_fails_again_and_again_stops_no_other(clinic):
    lines = Lines(clinic.clock)
    for _ in range(5):
        lines.failed("email", 1)
    assert lines.resting("email") is None


def test_after_a_rest_one_more_failure_is_enough(clinic, lines):
    clinic.clock.move(seconds=60)
    before = lines.resting("webhook:1")
    lines.failed("webhook:1", 3)
    assert (before, lines.resting("webhook:1")) == (None, clinic.clock() + REST)


def test_what_went_out_ends_the_rest(lines):
    lines.works("webhook:1")
    lines.failed("webhook:1", 3)
    assert lines.resting("webhook:1") is None


def test_a_clock_that_was_put_back_makes_no_rest_longer(clinic, lines):
    clinic.clock.now -= timedelta(hours=3)
    assert lines.resting("webhook:1") is None


def test_it_rests_in_the_next_rounds_too(clinic, sending, tried):
    many(clinic, 5)
    for _ in range(3):
        sending.drain()
        clinic.clock.move(seconds=19)
    assert len(tried) == 2


def refused_and_then(clinic, post, sending, *others):
    """Alice's address is refused three times, and then what these others are told as well."""
    post.fails = NotSent("policy-554", again=True, of_address=True)
    clinic.database.change(update(Patient).where(Patient.email.is_(None)).values(email="other@example.com"))
    many(clinic, 3)
    for place, who in enumerate(others, start=61):
        clinic.book(who, clinic.slot(place=place))
    sending.drain()
    post.fails = None
    clinic.book("bruno", clinic.slot(place=70))
    sending.drain()
    return len(post.sent)


def test_an_address_that_is_refused_again_and_again_keeps_no_other_waiting(clinic, post, sending):
    assert refused_and_then(clinic, post, sending) == 1


def test_when_a_second_address_is_refused_the_line_rests(clinic, post, sending):
    assert refused_and_then(clinic, post, sending, "carla") == 0


def test_what_a_broker_brings_is_not_tried_while_the_line_rests(clinic, sending, tried):
    many(clinic, 5)
    rows, _ = Claims(clinic.database, clinic.clock).take(5)
    for row in rows:
        sending.deal_with(row)
    assert len(tried) == 2
    assert [reason for *_, reason in states(clinic, "booked")].count("waits_for_medium") == 3


def test_what_was_put_off_goes_out_when_the_line_works_again(clinic, post, sending, tried):
    many(clinic, 5)
    sending.drain()
    post.fails = None
    clinic.clock.move(seconds=61)
    sending.drain()
    assert len(post.sent) == 5
    assert worker(clinic, Post()).drain() == 0
