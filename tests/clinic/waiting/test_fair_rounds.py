"""A round is fair: no length, number of wishes or silence of one keeps a time from the others; and it asks little."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.tables import Slot
from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, rounds


@pytest.fixture
def full(clinic):
    nothing_free(clinic)
    return clinic


def slots_of(clinic, doctor="marina"):
    wanted = select(Slot.id).where(
        Slot.doctor_id == clinic.at.doctors[doctor], Slot.starts_at > clinic.clock() + timedelta(days=1)
    )
    return [row[0] for row in clinic.database.rows(wanted.order_by(Slot.starts_at))]


def free(clinic, ids):
    clinic.database.change(update(Slot).where(Slot.id.in_(ids)).values(status="free"))


def test_many_times_too_short_hide_no_long_one(full):
    mine, ids = joins(full, "zeca"), slots_of(full)
    free(full, ids[:100:2])
    assert rounds(full) == 0
    free(full, ids[120:122])
    assert (rounds(full), offered(full)) == (1, [(mine, ids[120], "open")])


def test_one_who_waits_for_several_things_is_offered_one_time(full):
    mine = joins(full, "bruno"), joins(full, "bruno", period="morning")
    frees(full, count=3)
    assert [rounds(full) for _ in range(3)] == [1, 0, 0]
    full.waiting_list.offers.end(open_offer(full).id, "declined", "email", "patient:2")
    rounds(full)
    assert {place for place, *_ in offered(full)} <= set(mine)
    assert len(full.waiting_list.offers.open_ones()) == 1


def test_after_three_offers_without_an_answer_people_ask(full):
    joins(full, "bruno")
    for _ in range(5):
        frees(full, count=2)
        rounds(full)
        full.clock.move(days=1)
    assert [status for *_, status in offered(full)] == ["lapsed"] * 3


def ignores(clinic, count):
    """So many offers run out without an answer."""
    for _ in range(count):
        frees(clinic, count=2)
        rounds(clinic)
        clinic.clock.move(days=1)
    rounds(clinic)


def test_who_was_spoken_with_is_offered_times_again(any_clinic):
    nothing_free(any_clinic)
    mine, offers = joins(any_clinic, "bruno"), any_clinic.waiting_list.offers
    ignores(any_clinic, 3)
    assert any_clinic.waiting_list.places.one(mine).silent
    assert [offers.resume(mine, "user:7") for _ in range(2)] == [True, False]
    assert not any_clinic.waiting_list.places.one(mine).silent
    frees(any_clinic, count=2)
    rounds(any_clinic)
    assert open_offer(any_clinic).waiting_id == mine


def test_who_has_left_is_not_resumed(full):
    mine = joins(full, "bruno")
    ignores(full, 3)
    full.waiting_list.leave(full.people["bruno"], mine)
    assert not full.waiting_list.offers.resume(mine, "user:7")


def test_the_days_that_come_into_the_window_are_no_news(full):
    """Who was offered free times and wants none of them wants none of the same a day later either."""
    joins(full, "bruno", but_free=True)
    days = full.profile.get().booking_days
    full.clock.move(days=3)
    far = frees(full, days=days - 2)
    full.database.change(update(Slot).where(Slot.status == "free").values(id=Slot.id + 900_000))
    found = full.agenda.next_free(full.criteria())
    assert ([one.id for one in found][:1], rounds(full)) == ([far[0] + 900_000], 0)
