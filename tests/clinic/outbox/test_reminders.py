"""Reminders: at their hours, never in quiet ones, never of what is not so any more, and only who wants them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.messages.preferences import Preference
from clinic.outbox.quiet import Quiet
from clinic.outbox.reminders import Reminders
from tests.clinic.outbox.posts import due, states, worker

BRASILIA, ACRE = ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/Rio_Branco")
NIGHT = Quiet(21, 8)


def at(text, zone=BRASILIA):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-26T20:59", "2026-11-26T20:59"),
        ("2026-11-26T21:00", "2026-11-27T08:00"),
        ("2026-11-26T23:59", "2026-11-27T08:00"),
        ("2026-11-27T00:00", "2026-11-27T08:00"),
        ("2026-11-27T07:59", "2026-11-27T08:00"),
        ("2026-11-27T08:00", "2026-11-27T08:00"),
    ],
)
@pytest.mark.parametrize("zone", [BRASILIA, ACRE], ids=["brasilia", "acre"])
def test_nights_are_quiet_by_the_units_clock(moment, allowed, zone):
    assert NIGHT.allowed(at(moment, zone).astimezone(UTC), zone) == at(allowed, zone)


def test_the_same_moment_is_quiet_in_one_place_and_not_in_another():
    moment = at("2026-11-26T22:30")
    assert NIGHT.allowed(moment, BRASILIA) > NIGHT.allowed(moment, ACRE) == moment


@pytest.mark.parametrize("hours", [(1, 6), (13, 15)])
def test_quiet_hours_need_not_go_over_midnight(hours):
    quiet = Quiet(*hours)
    assert quiet.allowed(at("2026-11-26T22:00"), BRASILIA) == at("2026-11-26T22:00")
    begin = at(f"2026-11-26T{hours[0]:02}:30")
    assert quiet.allowed(begin, BRASILIA) == at(f"2026-11-26T{hours[1]:02}:00")


def test_without_quiet_hours_one_may_always_write():
    assert Quiet(0, 0).allowed(at("2026-11-26T03:00"), BRASILIA) == at("2026-11-26T03:00")


def test_the_clock_was_put_forward_in_the_night():
    summer = ZoneInfo("America/Sao_Paulo")  # on 4 November 2018 there was no midnight
    assert Quiet(21, 8).allowed(at("2018-11-03T23:30"), summer).astimezone(UTC) == datetime(2018, 11, 4, 10, tzinfo=UTC)


def planned(start, booked="2026-11-20T12:00", hours=(48, 3)):
    found = Reminders(hours, NIGHT).of(at(start), BRASILIA, at(booked))
    return {hours: moment.astimezone(BRASILIA).strftime("%d %H:%M") for hours, moment in found.items()}


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("2026-11-26T14:00", {48: "24 14:00", 3: "26 11:00"}),
        ("2026-11-26T09:30", {48: "24 09:30", 3: "26 08:00"}),
        ("2026-11-26T08:00", {48: "24 08:00"}),
        ("2026-11-26T22:00", {48: "25 08:00", 3: "26 19:00"}),
    ],
    ids=["by day", "put off until the morning", "the morning is too late", "in the evening"],
)
def test_two_reminders_each_at_an_hour_that_suits(start, found):
    assert planned(start) == found


def test_who_booked_yesterday_needs_no_reminder_of_two_days():
    assert planned("2026-11-21T16:00") == {3: "21 13:00"}


def test_two_that_fall_together_are_one():
    assert planned("2026-11-26T09:30", hours=(3, 2)) == {3: "26 08:00"}


def test_only_what_was_there_before_is_still_reminded_of_when_the_night_is_over():
    given = (at("2026-11-26T10:00"), BRASILIA, at("2026-11-26T07:30"))
    assert Reminders((3,), NIGHT).of(*given) == {}
    assert Reminders((3,), NIGHT).of(*given, late=True) == {3: at("2026-11-26T08:00")}


@pytest.fixture
def booked(clinic, post, sending):
    """A visit of Alice's in two days and a half, told already."""
    made = clinic.book("alice", clinic.slot("paulo", place=20))
    sending.drain()
    post.sent.clear()
    return made


def go_to(clinic, sending, moment):
    clinic.clock.now = moment
    sending.drain()


def reminders(clinic):
    return [tuple(one[2:]) for one in states(clinic, "reminder")]


def test_a_reminder_arrives_at_its_time_and_asks(clinic, post, sending, booked):
    [two_days, three_hours] = due(clinic, "reminder")
    assert (booked.starts_at - two_days, booked.starts_at - three_hours) == (timedelta(days=2), timedelta(hours=3))
    go_to(clinic, sending, two_days - timedelta(seconds=1))
    assert post.sent == []
    go_to(clinic, sending, two_days)
    assert [one.label for one in post.sent[0].actions] == ["Confirmar presença", "Escolher outro horário", "Desmarcar"]


def test_a_confirmation_settles_every_reminder(clinic, post, sending, booked):
    clinic.bookings.confirm(clinic.people["alice"], booked.id, "telephone")
    sending.drain()
    assert reminders(clinic) == [("silenced", "confirmed")] * 2


def test_a_confirmation_of_the_last_second_counts(clinic, post, sending, booked):
    clinic.bookings.confirm(clinic.people["alice"], booked.id, "telephone")
    clinic.clock.now = due(clinic, "reminder")[0]
    sending.drain()
    assert post.sent == []


def test_a_reschedule_silences_what_was_due_and_plans_anew(clinic, post, sending, booked):
    hold = clinic.bookings.hold(clinic.slot("paulo", place=22), by="call")
    new = clinic.bookings.reschedule(clinic.people["alice"], booked.id, hold, "telephone")
    clinic.clock.move(seconds=15)
    sending.drain()
    assert reminders(clinic) == [("silenced", "moved")] * 2 + [("waiting", None)] * 2
    assert due(clinic, "reminder")[-1] == new.starts_at - timedelta(hours=3)


def test_a_reminder_of_a_visit_cancelled_this_second_is_not_sent(clinic, post, sending, booked):
    clinic.clock.now = due(clinic, "reminder")[0]
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    sending.drain()
    assert (post.sent, reminders(clinic)[0]) == ([], ("silenced", "cancelled"))


def test_a_cancelling_that_was_taken_back_is_reminded_of_again(clinic, post, sending, booked):
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    sending.drain()
    assert reminders(clinic)[2:] == [("waiting", None)] * 2


def test_a_cancelling_taken_back_in_the_night_keeps_the_reminder_of_the_morning(clinic, post, sending):
    slots = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=20)
    ten = next(one for one in slots if one.starts_at.astimezone(BRASILIA) == at("2026-11-24T10:00"))
    booked = clinic.book("alice", ten)
    go_to(clinic, sending, at("2026-11-24T07:30").astimezone(UTC))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    sending.drain()
    assert due(clinic, "reminder") == [at("2026-11-24T08:00")]


def test_who_wants_no_reminders_gets_none(clinic, post, sending, booked):
    clinic.messages.preferences.set(clinic.people["alice"].id, Preference(reminders=False), by="patient")
    go_to(clinic, sending, due(clinic, "reminder")[0])
    assert (post.sent, reminders(clinic)[0]) == ([], ("silenced", "opted_out"))


def test_a_worker_that_comes_back_in_the_night_waits_for_the_morning(clinic, post, sending, booked):
    night = due(clinic, "reminder")[0].astimezone(BRASILIA).replace(hour=23)
    go_to(clinic, sending, night.astimezone(UTC))
    assert post.sent == []
    assert due(clinic, "reminder")[0] == night.replace(hour=8) + timedelta(days=1)


def test_a_worker_that_comes_back_after_days_reminds_once(clinic, post, sending, booked):
    go_to(clinic, sending, due(clinic, "reminder")[1])
    assert (len(post.sent), reminders(clinic)) == (1, [("sent", None), ("silenced", "newer")])


def test_reminders_of_two_hours_that_follow_each_other_both_go_out(clinic, post):
    clinic.book("alice", clinic.slot("paulo", place=20))
    sending = worker(clinic, post, reminder_hours=(3, 2))
    sending.drain()
    for moment in due(clinic, "reminder"):
        go_to(clinic, sending, moment)
    assert reminders(clinic) == [("sent", None)] * 2


def test_a_worker_that_comes_back_after_the_visit_reminds_nobody(clinic, post, sending, booked):
    go_to(clinic, sending, booked.starts_at)
    assert (post.sent, reminders(clinic)) == ([], [("silenced", "past")] * 2)


def test_a_clock_that_jumps_back_sends_nothing_twice(clinic, post, sending, booked):
    first = due(clinic, "reminder")[0]
    for moment in (first, first - timedelta(hours=5), first):
        go_to(clinic, sending, moment)
    assert len(post.sent) == 1


def test_the_hours_are_the_installations_to_choose(clinic, post):
    clinic.book("alice", clinic.slot("paulo", place=20))
    worker(clinic, post, reminder_hours=(24,), quiet_hours=(0, 0)).drain()
    assert len(due(clinic, "reminder")) == 1
