"""Who hears of what, when, and how often: once."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete, update

from clinic.identities import Identity
from clinic.media.outgoing import NotSent
from clinic.messages.preferences import Preference
from clinic.outbox import calendars, claims, writing
from clinic.outbox.sending import MOST_TRIES
from db.tables import Identity as IdentityRow
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post, due, states, worker


@pytest.fixture
def clinic(any_clinic):
    doctor = {"doctor_id": any_clinic.at.doctors["marina"], "by": "system", "verified": True}
    any_clinic.users.create("Marina Corrêa", ["doctor"], [Identity("email", "marina@example.com")], **doctor)
    return any_clinic


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def sending(clinic, post):
    return worker(clinic, post)


def cancel(clinic, booked):
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")


def move(clinic, booked, place=3):
    hold = clinic.bookings.hold(clinic.slot(place=place), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], booked.id, hold, "telephone")


def settle(clinic, sending, **later):
    """What becomes due in that time is sent."""
    clinic.clock.move(**(later or {"seconds": 15}))
    sending.drain()


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


def test_a_move_is_one_message_with_the_old_time(clinic, post, sending):
    booked = clinic.book("alice", clinic.slot(place=1))
    sending.drain()
    new = move(clinic, booked)
    settle(clinic, sending)
    mail = post.sent[-1] if post.sent[-1].to == "alice@example.com" else post.sent[-2]
    assert (len(post.sent), mail.subject.startswith("Clínica Boa Vista: sua consulta mudou")) == (4, True)
    assert "Era: " in mail.text
    assert mail.calendar.starts_at == new.starts_at


def test_a_moved_visit_stays_one_entry_of_the_calendar(clinic, post, sending):
    booked = clinic.book("alice", clinic.slot(place=1))
    sending.drain()
    for place in (3, 5):
        booked = move(clinic, booked, place)
        settle(clinic, sending)
    entries = [one.calendar for one in post.sent if one.calendar]
    assert len({one.uid for one in entries}) == 1
    assert [one.sequence for one in entries] == sorted({one.sequence for one in entries})


def elsewhere(clinic, booked, doctor="paulo", specialty="general"):
    """The visit is now another doctor's, who has an account too; or she is asked for it."""
    own, doctor_id = [Identity("email", f"{doctor}@example.com")], clinic.at.doctors[doctor]
    clinic.users.create(doctor, ["doctor"], own, doctor_id=doctor_id, by="system", verified=True)
    slot, alice = clinic.slot(doctor, specialty, place=2), clinic.people["alice"]
    hold, terms = clinic.bookings.hold(slot, by="call"), clinic.terms(slot, specialty)
    return clinic.bookings.reschedule(alice, booked.id, hold, "telephone", terms, key="call:2")


def told(post):
    """Address and subject of each message, without the clinic's name."""
    return sorted((one.to.split("@")[0], one.subject.removeprefix("Clínica Boa Vista")) for one in post.sent)


def test_a_visit_that_goes_to_another_doctor_is_gone_for_one_and_new_for_the_other(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    post.sent.clear()
    elsewhere(clinic, booked)
    sending.drain()
    assert post.sent == []
    settle(clinic, sending)
    [(who, subject), *doctors] = told(post)
    assert (who, "mudou" in subject) == ("alice", True)
    assert doctors == [("marina", " - Consulta cancelada"), ("paulo", " - Nova consulta agendada")]


def test_a_doctor_who_never_heard_of_a_visit_does_not_hear_that_it_went_elsewhere(clinic, post, sending):
    elsewhere(clinic, clinic.book("alice"))
    settle(clinic, sending)
    assert [who for who, _ in told(post)] == ["alice", "paulo"]


def test_a_doctor_hears_when_another_one_has_accepted_the_visit_instead(clinic, post, sending):
    booked = clinic.book("alice")
    sending.drain()
    asked = elsewhere(clinic, booked, "rita", "cardiology")
    sending.drain()
    post.sent.clear()
    clinic.bookings.accept(asked.id, by=f"user:{clinic.users.of_doctor(clinic.at.doctors['rita'])}")
    settle(clinic, sending)
    [(who, subject), *doctors] = told(post)
    assert (who, "aceito" in subject, doctors) == ("alice", True, [("marina", " - Consulta cancelada")])


@pytest.mark.parametrize("back", ["undone", "withdrawn"])
def test_a_visit_that_comes_back_from_another_doctor_was_never_gone(clinic, post, sending, back):
    booked = clinic.book("alice")
    sending.drain()
    post.sent.clear()
    elsewhere(clinic, booked)
    if back == "withdrawn":
        clinic.bookings.withdraw("call:2")
    else:
        clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    settle(clinic, sending)
    assert post.sent == []


def test_a_move_that_was_taken_back_tells_nobody_anything(clinic, post, sending):
    booked = clinic.book("alice", clinic.slot(place=1))
    sending.drain()
    move(clinic, booked)
    clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    settle(clinic, sending, minutes=1)
    assert len(post.sent) == 2


def test_a_doctor_who_never_heard_of_a_visit_does_not_hear_that_it_is_gone(clinic, post, sending):
    post.fails = NotSent("unreachable", again=True)
    booked = clinic.book("alice", clinic.slot(place=20))
    sending.drain()
    cancel(clinic, booked)
    post.fails = None
    settle(clinic, sending)
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


@pytest.mark.parametrize(
    "query",
    [writing.WANTED, calendars.VERSION, claims.IS_DUE, claims.LEFT],
    ids=["message", "version", "is due", "left behind"],
)
def test_what_is_asked_for_every_message_is_text_for_the_driver(clinic, query):
    given = {"appointment": 1, "change": 1, "now": clinic.clock(), "since": clinic.clock()}
    assert len(clinic.database.ask(query, given)) == 0
    text, _ = query.bound(clinic.database._engines.single.dialect, given)
    assert "POSTCOMPILE" not in text
