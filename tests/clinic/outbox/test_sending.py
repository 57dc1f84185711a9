"""Who hears of what, when, and how often: once."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from clinic.media.outgoing import NotSent
from clinic.messages.preferences import Preference
from clinic.outbox import claims
from db.tables import Identity as IdentityRow
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post, cancel, due, settle, states, with_doctor, worker


@pytest.fixture
def clinic(any_clinic):
    return with_doctor(any_clinic)


def test_patient_and_doctor_are_told_of_a_booking(clinic, post, sending):
    clinic.book("alice")
    sending.drain()
    assert post.to == ["alice@example.com", "marina@example.com"]
    assert "Clínica Boa Vista - Nova consulta agendada" in post.subjects


def test_an_address_that_was_never_shown_to_be_the_doctors_gets_no_mail(clinic, post, sending):
    clinic.database.change(update(IdentityRow).values(verified_at=None))
    clinic.book("alice")
    sending.drain()
    assert post.to == ["alice@example.com"]


def test_nobody_is_told_twice(clinic, post, sending):
    clinic.book("alice")
    sending.drain()
    assert (sending.drain(), worker(clinic, post).drain()) == (0, 0)
    assert len(post.sent) == 2


def test_a_message_carries_its_buttons_and_its_calendar_entry(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    [mail] = [one for one in post.sent if one.to == "alice@example.com"]
    assert [one.label for one in mail.actions] == ["Escolher outro horário", "Desmarcar"]
    assert (mail.calendar.method, mail.calendar.starts_at) == ("REQUEST", booked.starts_at)


def test_a_cancelling_is_told_when_it_can_be_taken_back_no_more(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    cancel(clinic, booked)
    settle(clinic, sending, seconds=9)
    assert len(post.sent) == 2
    settle(clinic, sending, seconds=5)
    assert [one.calendar.method for one in post.sent if one.calendar] == ["REQUEST", "CANCEL"]
    assert len(post.sent) == 4


def test_a_cancelling_that_was_taken_back_tells_nobody_anything(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    cancel(clinic, booked)
    clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    settle(clinic, sending, minutes=1)
    assert len(post.sent) == 2


def test_who_was_told_of_nothing_yet_hears_of_what_is_so_in_the_end(clinic, post, sending):
    booked = clinic.book("alice")
    cancel(clinic, booked)
    clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    settle(clinic, sending, minutes=1)
    assert (post.to, len(states(clinic, "booked"))) == (["alice@example.com", "marina@example.com"], 2)


def test_a_doctor_who_never_heard_of_a_visit_does_not_hear_that_it_is_gone(clinic, post, sending):
    post.fails = NotSent("unreachable", again=True)
    booked = clinic.book("alice", clinic.slot(place=20))
    sending.drain()
    cancel(clinic, booked)
    post.fails = None
    settle(clinic, sending, minutes=2)  # the medium rests for one
    assert [one.subject for one in post.sent] == ["Clínica Boa Vista: sua consulta foi cancelada"]


def test_what_was_withdrawn_before_anybody_heard_of_it_is_not_told(clinic, post, sending):
    clinic.book("alice", key="call:1")
    clinic.bookings.withdraw("call:1")
    settle(clinic, sending, minutes=1)
    assert post.sent == []


def test_what_was_withdrawn_after_it_was_told_is_told_to_those_who_heard(clinic, post, sending):
    clinic.book("alice", key="call:1")
    sending.drain()
    clinic.bookings.withdraw("call:1")
    settle(clinic, sending, minutes=1)
    assert [kind for kind, *_ in states(clinic) if kind != "reminder"] == ["booked"] * 2 + ["cancelled"] * 2


@pytest.mark.parametrize("event", ["withdrawn", "cancelled"])
def test_what_is_in_the_hands_of_another_worker_counts_as_told(clinic, post, sending, event):
    booked = clinic.book("alice", key="call:1")
    sending.round()  # the fact: both messages are written
    others, _ = claims.Claims(clinic.database, clinic.clock).take(20)
    _ = clinic.bookings.withdraw("call:1") if event == "withdrawn" else cancel(clinic, booked)
    settle(clinic, sending)
    assert (len(others), sorted(post.subjects)) == (2, [
        "Clínica Boa Vista - Consulta cancelada", "Clínica Boa Vista: sua consulta foi cancelada",
    ])  # fmt: skip


def test_what_the_same_worker_has_not_begun_is_not_told(clinic, post, sending):
    clinic.book("alice", key="call:1")
    sending.round()
    clinic.bookings.withdraw("call:1")
    settle(clinic, sending)
    assert post.sent == []


def test_a_request_and_its_answer(clinic, post, sending):
    slot = clinic.slot("rita", "cardiology")
    asked = clinic.book("alice", slot, "cardiology")
    sending.drain()
    clinic.bookings.accept(asked.id, by="user:9")
    sending.drain()
    assert [one.subject.split(": ")[1].split(" para")[0] for one in post.sent] == [
        "recebemos seu pedido de consulta", "seu pedido foi aceito",
    ]  # fmt: skip


def test_a_doctor_is_not_told_what_she_did_herself(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    doctor = clinic.users.of_doctor(clinic.at.doctors["marina"])
    clinic.desk.bookings.cancel_for(booked.id, "doctor_away", by=f"user:{doctor}")
    settle(clinic, sending)
    assert [audience for _, audience, _, _ in states(clinic, "cancelled")] == ["patient"]


def test_delays_are_told_each_time_and_only_the_last(clinic, post, sending):
    clinic.book("alice")
    sending.drain()
    day, doctor = clinic.clock().date(), clinic.at.doctors["marina"]
    for minutes in (20, 40):
        clinic.clock.move(seconds=1)
        clinic.desk.delays.set(doctor, day, minutes, by="user:1")
    sending.drain()
    assert [reason for *_, reason in states(clinic, "delayed")] == ["newer", None]
    assert "40 minutos" in post.sent[-1].text


def test_a_childs_messages_go_to_the_guardian(clinic, post, sending):
    clinic.book("davi")
    sending.drain()
    assert post.to == ["alice@example.com", "marina@example.com"]


def test_who_has_no_medium_is_left_to_the_desk(clinic, post, sending):
    clinic.book("zeca")
    sending.drain()
    assert ("booked", "patient", "silenced", "no_medium") in states(clinic)
    assert [one.name for one in clinic.desk.notices.waiting()] == ["José Carvalho"]


def test_whom_a_message_reached_is_not_called(clinic, post, sending):
    booked = clinic.book("alice")
    clinic.desk.bookings.cancel_for(booked.id, "clinic", by="user:1")
    assert len(clinic.desk.notices.waiting()) == 1
    settle(clinic, sending)
    assert clinic.desk.notices.waiting() == []


def test_whom_a_later_message_reached_is_not_called_about_what_came_before(clinic, sending):
    booked = clinic.book("alice")
    clinic.database.change(delete(OutboxRow))  # as a visit that was taken over, of which nobody was written to
    clinic.practice.offer_again(clinic.at.doctors["marina"], [booked.id], by="user:1")
    assert len(clinic.desk.notices.waiting()) == 1
    settle(clinic, sending)
    assert clinic.desk.notices.waiting() == []


def test_the_preferred_medium_is_used_where_there_is_one(clinic):
    clinic.messages.preferences.set(clinic.people["alice"].id, Preference(True, "sms"), by="patient")
    email, sms = Post(), Post("sms")
    clinic.book("alice")
    worker(clinic, email, sms).drain()
    assert ([one.to for one in sms.sent], email.to) == (["5511987654321"], ["marina@example.com"])
    assert (sms.sent[0].subject, "consulta marcada" in sms.sent[0].text) == ("", True)


def test_what_was_switched_off_is_not_sent(clinic, post, sending):
    clinic.messages.texts.switch("booked", "patient", False, by="user:1")
    clinic.book("alice")
    sending.drain()
    assert post.to == ["marina@example.com"]


def test_a_visit_that_is_gone_silences_what_waits(clinic, post, sending):
    booked = clinic.book("alice", clinic.slot(place=60))
    sending.drain()
    cancel(clinic, booked)
    settle(clinic, sending)
    assert {(status, reason) for _, _, status, reason in states(clinic, "reminder")} == {("silenced", "cancelled")}


def test_what_is_long_past_is_not_told(clinic, post, sending):
    clinic.book("alice")
    clinic.clock.move(days=1)
    sending.drain()
    assert (post.sent, states(clinic, "booked")[0]) == ([], ("booked", "patient", "silenced", "past"))


def test_no_show_is_written_to_the_next_morning(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    clinic.clock.now = booked.ends_at
    clinic.bookings.no_show(booked.id, by="user:1")
    sending.drain()
    [at] = due(clinic, "noshow")
    assert at - clinic.clock() > timedelta(hours=12)
