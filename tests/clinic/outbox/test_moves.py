"""Who hears of a visit that goes to another time, or to another doctor."""

import pytest

from clinic.identities import Identity
from tests.clinic.outbox.posts import move, settle, with_doctor


@pytest.fixture
def clinic(any_clinic):
    return with_doctor(any_clinic)


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
