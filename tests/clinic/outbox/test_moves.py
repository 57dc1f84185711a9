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


def at_once(clinic, sending, post, *ways):
    """Marina's visit, of which she knows, goes this way within twelve seconds; without a place: back to the first."""
    for name in ("paulo", "rita"):
        own, doctor_id = [Identity("email", f"{name}@example.com")], clinic.at.doctors[name]
        clinic.users.create(name, ["doctor"], own, doctor_id=doctor_id, by="system", verified=True)
    visit = first = clinic.book("alice", clinic.slot(place=4))
    sending.drain()
    post.sent.clear()
    for doctor, place in ways:
        clinic.clock.move(seconds=0 if place else 6)  # what was given up can be had after ten seconds
        places = range(8) if place is None else [place]
        free = [clinic.slot(doctor, place=one) for one in places]
        slot = free[0] if place else next(one for one in free if one.starts_at == first.starts_at)
        hold = clinic.bookings.hold(slot, by="call")
        visit = clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone", clinic.terms(slot))
        clinic.clock.move(seconds=5)
        sending.drain()
    return visit


NEW, OTHER, GONE = (" - Nova consulta agendada", " - Consulta remarcada", " - Consulta cancelada")


@pytest.mark.parametrize(
    ("ways", "doctors"),
    [
        ([("paulo", 5), ("marina", 6)], [("marina", OTHER)]),
        ([("paulo", 5), ("marina", None)], []),
        ([("marina", 5), ("paulo", 6)], [("marina", GONE), ("paulo", NEW)]),
        ([("paulo", 5), ("paulo", 6)], [("marina", GONE), ("paulo", NEW)]),
        ([("marina", 5), ("marina", 6)], [("marina", OTHER)]),
    ],
    ids=["back at another time", "back as it was", "away at last", "twice elsewhere", "twice with her"],
)
def test_of_two_moves_at_once_each_doctor_hears_what_holds_in_the_end(clinic, post, sending, ways, doctors):
    at_once(clinic, sending, post, *ways)
    for _ in range(6):
        settle(clinic, sending, seconds=5)
    assert [one for one in told(post) if one[0] != "alice"] == doctors


def test_after_two_moves_at_once_the_old_time_is_the_one_they_know(clinic, post, sending):
    known = clinic.slot(place=4)
    at_once(clinic, sending, post, ("marina", 5), ("marina", 6))
    for _ in range(6):
        settle(clinic, sending, seconds=5)
    was = [line for one in post.sent for line in one.text.splitlines() if line.startswith("Era: ")]
    hour = f"{known.starts_at.astimezone(clinic.units.get(known.unit_id).tz):%H:%M}"
    assert [hour in line for line in was] == [True, True]


def test_who_is_back_where_they_were_hears_nothing(clinic, post, sending):
    at_once(clinic, sending, post, ("paulo", 5), ("marina", None))
    for _ in range(6):
        settle(clinic, sending, seconds=5)
    assert post.sent == []


def test_a_visit_given_up_right_after_a_move_is_gone_for_its_doctor(clinic, post, sending):
    visit = at_once(clinic, sending, post, ("marina", 5))
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "telephone")
    for _ in range(6):
        settle(clinic, sending, seconds=5)
    assert [one for one in told(post) if one[0] != "alice"] == [("marina", GONE)]
