"""The time that people know of a visit, when it was moved more than once before they heard of it."""

import pytest
from sqlalchemy import update

from db.tables import OutboxRow
from tests.clinic.outbox.posts import move, settle, with_doctor


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
