"""How a visit was: who is asked, what is kept, and what managers see of it."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from clinic.surveys import NotAsked, Settled
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post, settle, states, worker


@pytest.fixture
def clinic(any_clinic):
    any_clinic.messages.texts.switch("survey", "patient", on=True, by="user:1")
    return any_clinic


@pytest.fixture
def surveys(clinic):
    return clinic.messages.surveys


def visited(clinic, who="alice", place=0):
    """Somebody was here; the clock stands at the end of their visit."""
    booked = clinic.book(who, clinic.slot(place=place))
    clinic.clock.now = max(clinic.clock.now, booked.ends_at)
    clinic.bookings.arrive(booked.id, by="user:1")
    clinic.bookings.fulfil(booked.id, by="user:1")
    return booked


def asked(clinic):
    return [one[2:] for one in states(clinic, "survey")]


def test_two_hours_after_a_visit_its_patient_is_asked_by_a_link(clinic):
    visited(clinic)
    sending = worker(clinic, post := Post(), secret_key="k" * 32)
    sending.drain()
    assert asked(clinic) == [("waiting", None)]
    settle(clinic, sending, hours=2)
    assert asked(clinic) == [("sent", None)]
    assert "como foi sua visita" in post.sent[-1].subject


def test_nobody_is_asked_where_it_is_switched_off(any_clinic):
    visited(any_clinic)
    worker(any_clinic, Post()).drain()
    assert asked(any_clinic) == []


def test_somebody_who_comes_often_is_asked_once_in_ninety_days(clinic):
    sending = worker(clinic, Post())
    for days in (0, 7, 91):
        clinic.clock.move(days=days)
        clinic.agenda.extend()
        visited(clinic)
        sending.drain()
        settle(clinic, sending, hours=3)
    assert asked(clinic) == [("sent", None), ("silenced", "asked_lately"), ("sent", None)]


def test_while_another_worker_asks_somebody_they_are_not_asked_of_their_next_visit(clinic):
    sending = worker(clinic, Post())
    visited(clinic)
    sending.drain()
    taken = {"claimed_by": "another", "due_at": clinic.clock() + timedelta(days=9)}
    clinic.database.change(update(OutboxRow).where(OutboxRow.kind == "survey").values(**taken))
    visited(clinic, place=2)
    sending.drain()
    settle(clinic, sending, hours=3)
    assert asked(clinic) == [("waiting", None), ("silenced", "asked_lately")]


def test_who_said_no_is_not_asked(clinic):
    clinic.messages.preferences.ask(clinic.people["alice"].id, wanted=False, by="link")
    visited(clinic)
    sending = worker(clinic, Post())
    sending.drain()
    settle(clinic, sending, hours=3)
    assert asked(clinic) == [("silenced", "opted_out_survey")]
    assert clinic.messages.preferences.of(clinic.people["alice"].id).reminders


def test_one_answer_a_visit_and_within_a_day_it_may_be_another(clinic, surveys):
    visit = visited(clinic)
    surveys.answer(visit.id, 3, "Esperei muito.", "email")
    clinic.clock.move(hours=23)
    surveys.answer(visit.id, 8, "", "email")
    assert (surveys.of(visit.id).score, surveys.of(visit.id).comment) == (8, "")
    clinic.clock.move(hours=2)
    with pytest.raises(Settled):
        surveys.answer(visit.id, 10, "", "email")


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_is_from_zero_to_ten(clinic, surveys, score):
    visit = visited(clinic)
    with pytest.raises(ValueError, match=str(score)):
        surveys.answer(visit.id, score, "", "email")


def test_only_a_visit_that_took_place_lately_is_answered(clinic, surveys):
    coming = clinic.book("bruno", clinic.slot(place=40))
    visit = visited(clinic)
    clinic.clock.move(days=31)
    for one in (coming, visit):
        with pytest.raises(NotAsked):
            surveys.answer(one.id, 9, "", "email")


def test_managers_see_who_would_recommend_by_doctor_and_unit(clinic, surveys):
    for who, score, words in (("alice", 10, "Ótimo!"), ("bruno", 6, ""), ("davi", 9, "")):
        surveys.answer(visited(clinic, who).id, score, words, "email")
    now = clinic.clock()
    found = surveys.results(now - timedelta(days=1), now + timedelta(days=1), by="user:7")
    assert (found.all.n, round(found.all.mean, 2), found.all.nps) == (3, 8.33, 33)
    assert [(one.id, one.n) for one in found.doctors] == [(clinic.at.doctors["marina"], 3)]
    assert [(one.score, one.text) for one in found.comments] == [(10, "Ótimo!")]
    assert "survey.read" in {one.action for one in clinic.audit.latest()}


def test_of_another_time_nothing_is_counted_and_calls_are_told_apart(clinic, surveys):
    surveys.answer(visited(clinic).id, 10, "", "email")
    clinic.calls.started("1.1", "1.1", None, "4000", None)
    clinic.calls.rate("1.1", 4)
    now = clinic.clock()
    before = surveys.results(now - timedelta(days=9), now - timedelta(days=8), by="user:7")
    assert (before.all.n, before.all.nps, before.calls, list(before.doctors)) == (0, 0, 0, [])
    today = surveys.results(now - timedelta(days=1), now + timedelta(days=1), by="user:7")
    assert (today.calls, today.calls_mean) == (1, 4.0)
