"""The reminder of a retorno: once, in time, and only to who may still have it and has booked nothing."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import insert, update

from clinic.media.email.folder import FolderCarrier
from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.messages.links import Links
from clinic.messages.preferences import Preference
from db.tables import Doctor, User
from tests.clinic.outbox.posts import Post, cancel, due, settle, states, worker

LAST = 30
"""The days Marina gives for a retorno."""
HEAD = Letterhead("Clínica Boa Vista")


def booked(clinic, who, kind, place, **more):
    slot = clinic.slot(place=place)
    hold = clinic.bookings.hold(slot, by="test-call")
    return clinic.bookings.book(clinic.people[who], hold, clinic.terms(slot, kind=kind, **more), via="telephone")


def visited(clinic, who="alice", kind="consultation", place=0, **more):
    """Somebody was here; the clock stands at the end of their visit."""
    made = booked(clinic, who, kind, place, **more)
    clinic.clock.now = max(clinic.clock.now, made.ends_at)
    clinic.bookings.arrive(made.id, by="user:1")
    clinic.bookings.fulfil(made.id, by="user:1")
    return made


def come_back(clinic, visit):
    """The retorno is booked."""
    return booked(clinic, "alice", "return", 40, return_of=visit.id)


def told(clinic):
    return [one[2:] for one in states(clinic, "return_due")]


def until_told(clinic, sending, days=LAST - 14):
    settle(clinic, sending, days=days)
    return told(clinic)


@pytest.fixture
def visit(clinic, sending):
    made = visited(clinic)
    sending.drain()
    return made


def test_it_is_planned_when_the_visit_is_over_and_sent_fifteen_days_before_the_end(clinic, sending, visit):
    [at] = due(clinic, "return_due")
    zone = clinic.units.get(visit.unit_id).tz
    last = visit.starts_at.astimezone(zone).date() + timedelta(days=LAST)
    assert (at.astimezone(zone).date(), at.astimezone(zone).hour) == (last - timedelta(days=15), 9)
    clinic.clock.now = at - timedelta(seconds=1)
    sending.drain()
    assert told(clinic) == [("waiting", None)]
    settle(clinic, sending, seconds=1)
    assert told(clinic) == [("sent", None)]


def test_it_arrives_in_the_mail_folder_and_says_until_when_with_whom_and_how(any_clinic, tmp_path):
    visited(any_clinic)
    carrier = FolderCarrier(tmp_path, any_clinic.clock)
    sending = worker(any_clinic, Email(carrier, "clinica@example.com", lambda: HEAD, any_clinic.clock))
    sending.drain()
    assert until_told(any_clinic, sending) == [("sent", None)]
    letters = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in tmp_path.glob("*.eml")]
    [letter] = [one for one in letters if "seu retorno vale até" in one["Subject"]]
    text = letter.get_body(("plain",)).get_content()
    assert all(word in text for word in ("Olá, Alice", "sem pagar de novo", "Marina", "/portal", "(11) 3333-4444"))
    assert letter["To"] == "alice@example.com"


def test_neither_a_second_worker_nor_one_that_starts_again_tells_it_twice(any_clinic):
    visited(any_clinic)
    first, second = Post(), Post()
    workers = [worker(any_clinic, first), worker(any_clinic, second)]
    for one in workers:
        one.drain()
    any_clinic.clock.move(days=LAST - 14)
    for one in [*workers, worker(any_clinic, second)]:
        one.drain()
    assert len([one for one in (*first.subjects, *second.subjects) if "retorno" in one]) == 1
    assert told(any_clinic) == [("sent", None)]


def test_a_retorno_that_is_booked_silences_it(clinic, sending, visit):
    come_back(clinic, visit)
    sending.drain()
    assert told(clinic) == [("silenced", "return_booked")]


def test_one_booked_in_the_last_second_counts(clinic, sending, visit):
    clinic.clock.move(days=LAST - 16)
    sending.drain()
    clinic.clock.move(days=2)
    come_back(clinic, visit)
    assert until_told(clinic, sending, 0) == [("silenced", "return_booked")]


def test_a_retorno_that_is_given_up_is_reminded_of_again_but_not_at_once(clinic, sending, visit):
    clinic.clock.move(days=20)
    sending_before = told(clinic)
    made = come_back(clinic, visit)
    sending.drain()
    clinic.bookings.cancel(clinic.people["alice"], made.id, "other", "telephone")
    settle(clinic, sending)
    assert (sending_before, told(clinic)) == ([("waiting", None)], [("waiting", None)])
    assert until_told(clinic, sending, 2) == [("sent", None)]


def test_who_did_not_come_to_the_retorno_is_reminded_of_the_right_they_have_again(clinic, sending, visit):
    made = come_back(clinic, visit)
    sending.drain()
    clinic.clock.now = made.ends_at + timedelta(hours=1)
    clinic.bookings.no_show(made.id, by="user:1")
    settle(clinic, sending)
    assert told(clinic) == [("waiting", None)]
    assert until_told(clinic, sending) == [("sent", None)]


def test_a_retorno_that_is_moved_stays_booked(clinic, sending, visit):
    made = come_back(clinic, visit)
    hold = clinic.bookings.hold(clinic.slot(place=44), by="call")
    clinic.bookings.reschedule(clinic.people["alice"], made.id, hold, "telephone")
    settle(clinic, sending)
    assert until_told(clinic, sending) == [("silenced", "return_booked")]


def test_who_has_booked_with_the_doctor_anyway_is_not_reminded(clinic, sending, visit):
    booked(clinic, "alice", "consultation", 150)
    sending.drain()
    assert until_told(clinic, sending) == [("waiting", None)]
    assert until_told(clinic, sending, LAST) == [("silenced", "past")]


def test_who_came_to_the_doctor_again_is_not_reminded(clinic, sending, visit):
    clinic.clock.move(days=1)
    visited(clinic, place=3)
    sending.drain()
    assert until_told(clinic, sending, LAST - 15)[0] == ("silenced", "booked_again")


def test_who_gave_the_other_visit_up_is_reminded_while_the_right_runs(clinic, sending, visit):
    clinic.clock.move(days=LAST - 16)
    other = booked(clinic, "alice", "consultation", 150)
    assert until_told(clinic, sending, 2) == [("waiting", None)]
    cancel(clinic, other)
    assert until_told(clinic, sending, 2) == [("sent", None)]


def test_who_booked_with_somebody_else_is(clinic, sending, visit):
    clinic.book("alice", clinic.slot("paulo", place=5))
    assert until_told(clinic, sending) == [("sent", None)]


def test_who_wants_no_reminders_gets_none(clinic, sending, visit):
    clinic.messages.preferences.set(clinic.people["alice"].id, Preference(reminders=False), by="user:1")
    assert until_told(clinic, sending) == [("silenced", "opted_out")]


def test_it_carries_the_way_to_stop_reminders(clinic, post, visit):
    sending = worker(replace(clinic, messages=replace(clinic.messages, links=Links("k" * 32))), post)
    assert until_told(clinic, sending) == [("sent", None)]
    assert post.sent[-1].unsubscribe.endswith("/avisos")


def test_a_manager_switches_it_off_until_the_last_moment(clinic, sending, visit):
    clinic.messages.texts.switch("return_due", "patient", on=False, by="user:1")
    assert until_told(clinic, sending) == [("silenced", "off")]


def test_nobody_is_reminded_whose_data_were_erased(clinic, sending, visit):
    alice = clinic.people["alice"].id
    asked = clinic.portal.requests.ask(alice, "erasure")
    clinic.portal.requests.settle(asked, "done", by="user:1")
    assert until_told(clinic, sending) == [("silenced", "left_clinic")]


def test_nobody_is_reminded_whose_account_was_closed(clinic, sending, visit):
    closed = {"name": "Alice", "active": False, "patient_id": clinic.people["alice"].id, "created_at": clinic.clock()}
    clinic.database.change(insert(User).values(**closed))
    assert until_told(clinic, sending) == [("silenced", "left_clinic")]


@pytest.mark.parametrize(
    ("days", "planned"), [(0, 0), (2, 0), (3, 1), (10, 1)], ids=["no retorno", "too short", "just enough", "ten days"]
)
def test_a_short_right_is_told_two_days_after_the_visit_or_never(clinic, sending, days, planned):
    clinic.database.change(update(Doctor).values(return_days=days))
    made = visited(clinic)
    worker(clinic, Post()).drain()
    zone = clinic.units.get(made.unit_id).tz
    seen = made.starts_at.astimezone(zone).date()
    assert [(at.astimezone(zone).date() - seen).days for at in due(clinic, "return_due")] == [2] * planned


def test_neither_an_exam_nor_a_retorno_gives_a_right_to_one(clinic, sending, visit):
    clinic.clock.move(days=1)
    visited(clinic, kind="return", place=3, return_of=visit.id)
    visited(clinic, "bruno", kind="exam", place=3)
    sending.drain()
    assert told(clinic) == [("silenced", "return_booked")]


def test_the_clinic_says_how_many_days_before(clinic, post, visit):
    clinic.profile.save(clinic.profile.get().model_copy(update={"return_notice_days": 5}))
    sending = worker(clinic, post)
    assert until_told(clinic, sending) == [("waiting", None)]
    assert until_told(clinic, sending, 10) == [("sent", None)]


def test_after_the_last_day_nobody_is_told(clinic, sending, visit):
    assert until_told(clinic, sending, LAST + 2) == [("silenced", "past")]


def test_nobody_is_told_at_night(clinic, sending, visit):
    [at] = due(clinic, "return_due")
    clinic.clock.now = at + timedelta(hours=13)
    sending.drain()
    assert told(clinic) == [("waiting", None)]
    settle(clinic, sending, hours=12)
    assert told(clinic) == [("sent", None)]
