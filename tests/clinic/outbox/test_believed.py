"""The time that people know of a visit, when it was moved more than once before they heard of it."""

import pytest
from sqlalchemy import update

from db.tables import OutboxRow
from tests.clinic.outbox.posts import cancel, move, settle, with_doctor


@pytest.fixture
def clinic(clinic):
    return with_doctor(clinic)


def imported(clinic, sending):
    """A visit from elsewhere, of which nobody was told by us."""
    booked = clinic.book("alice", clinic.slot(place=4))
    clinic.database.change(update(OutboxRow).values(kind="imported"))
    sending.drain()
    return booked


def restored(clinic, sending):
    """One that was moved, and the move taken back: all know it as it is."""
    booked = clinic.book("alice", clinic.slot(place=4))
    sending.drain()
    move(clinic, booked, 6)
    clinic.clock.move(seconds=3)
    back = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    settle(clinic, sending, minutes=1)
    return back


def at_once(clinic, sending, post, visit, *places):
    """It goes to these places, each before anybody has heard of the one before; and then some time passes."""
    post.sent.clear()
    for place in places:
        visit = move(clinic, visit, place)
        settle(clinic, sending, seconds=5)
    later(clinic, sending)
    return visit


def later(clinic, sending):
    for _ in range(6):
        settle(clinic, sending, seconds=5)


def hour(clinic, visit):
    return f"{visit.starts_at.astimezone(clinic.units.get(visit.unit_id).tz):%H:%M}"


@pytest.mark.parametrize("known", [imported, restored], ids=["imported", "restored"])
def test_after_two_moves_at_once_the_old_time_is_the_one_they_knew_from_elsewhere(clinic, post, sending, known):
    visit = known(clinic, sending)
    at_once(clinic, sending, post, visit, 8, 10)
    was = [line for one in post.sent for line in one.text.splitlines() if line.startswith("Era: ")]
    assert [hour(clinic, visit) in line for line in was] == [True, True]


def test_who_is_back_where_they_were_after_an_undo_hears_nothing(clinic, post, sending):
    visit = restored(clinic, sending)
    post.sent.clear()
    away = move(clinic, visit, 8)
    settle(clinic, sending, seconds=11)
    places = [clinic.slot(place=one) for one in range(8)]
    slot = next(one for one in places if one.starts_at == visit.starts_at)
    hold = clinic.bookings.hold(slot, by="call")
    clinic.bookings.reschedule(clinic.people["alice"], away.id, hold, "telephone")
    later(clinic, sending)
    assert post.sent == []


def given_up_after(clinic, post, sending, slot, pause):
    """Alice's visit, of which she knows, goes there and is given up so many seconds later: what she hears of that."""
    visit = clinic.book("alice", clinic.slot(place=4))
    sending.drain()
    hold, alice = clinic.bookings.hold(slot, by="call"), clinic.people["alice"]
    new = clinic.bookings.reschedule(alice, visit.id, hold, "telephone", clinic.terms(slot))
    settle(clinic, sending, seconds=pause)
    cancel(clinic, new)
    later(clinic, sending)
    [mail] = [one for one in post.sent if one.to == "alice@example.com" and "cancelada" in one.subject]
    return visit, new, mail.text


@pytest.mark.parametrize("doctor", ["marina", "paulo"])
def test_the_time_that_is_gone_is_the_one_they_know(clinic, post, sending, doctor):
    visit, new, text = given_up_after(clinic, post, sending, clinic.slot(doctor, place=8), 5)
    assert [hour(clinic, one) in text for one in (visit, new)] == [True, False]
    assert ("Marina" in text, "Paulo" in text) == (True, False)


def test_who_has_heard_of_the_move_hears_that_the_new_time_is_gone(clinic, post, sending):
    visit, new, text = given_up_after(clinic, post, sending, clinic.slot("paulo", place=8), 20)
    assert [hour(clinic, one) in text for one in (visit, new)] == [False, True]
    assert "Paulo" in text
