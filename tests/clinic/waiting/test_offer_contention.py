"""Many workers and many answers at once: a time is sold once, each who waits has one offer at a time."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import func, select

from clinic.bookings import Overlaps, SlotTaken
from db.tables import Appointment, OutboxRow, Slot, Waiting, WaitingOffer
from tests.clinic.small_clinic import same_clinic
from tests.clinic.test_contention import at_once, sold, strangers
from tests.clinic.waiting.listed import frees, nothing_free

WORKERS, ANSWERS, PEOPLE = 8, 64, 12


@pytest.fixture
def crowd(served_clinic):
    """A dozen who wait for the same, and half as many hours that come free."""
    nothing_free(served_clinic)
    for person in strangers(served_clinic, PEOPLE):
        served_clinic.clock.move(seconds=1)
        payer = served_clinic.at.payers["particular"]
        served_clinic.waiting_list.join(person, served_clinic.at.specialties["general"], "telephone", payer_id=payer)
    frees(served_clinic, count=PEOPLE // 2)
    return served_clinic


def workers(clinic):
    """Each with a connection of its own."""
    url = clinic.database.url.render_as_string(hide_password=False)
    return [same_clinic(clinic, url) for _ in range(WORKERS)]


def answers(clinic, offer_id, accepts):
    """How it ended for who answered so."""
    try:
        if accepts:
            return clinic.waiting_list.offers.accept(offer_id, "email").id
        clinic.waiting_list.offers.end(offer_id, "declined", "email", "somebody")
    except (SlotTaken, Overlaps) as lost:
        return type(lost).__name__
    return "declined"


def test_eight_workers_offer_each_time_to_one_and_each_one_a_time(crowd):
    others = workers(crowd)
    made = at_once([one.waiting_list.rounds.round for one in others], WORKERS)
    rows = crowd.database.rows(select(WaitingOffer.waiting_id, WaitingOffer.slot_id).where(WaitingOffer.live == 1))
    assert sum(made) == len(rows) >= PEOPLE // 3
    assert len({row[0] for row in rows}) == len({row[1] for row in rows}) == len(rows)
    assert sorted(row[0] for row in rows) == _in_line(crowd)[: len(rows)]
    for one in others:
        one.database.close()


def _in_line(clinic):
    rows = clinic.database.rows(select(Waiting.id).order_by(Waiting.created_at))
    return [row[0] for row in rows]


def test_sixty_four_answers_at_once_sell_each_time_once(crowd):
    crowd.waiting_list.rounds.round()
    offers = [one.id for one in crowd.waiting_list.offers.open_ones()]
    jobs = [partial(answers, crowd, offers[n % len(offers)], n % 3 != 0) for n in range(ANSWERS)]
    found = at_once(jobs, ANSWERS)
    by_slot, booked = sold(crowd)
    status = Counter(row[0] for row in crowd.database.rows(select(WaitingOffer.status)))
    assert set(by_slot.values()) <= {1}
    assert len({one for one in found if isinstance(one, int)}) == status["accepted"] == len(by_slot)
    assert status["accepted"] + status["declined"] == len(offers)
    assert booked >= set(by_slot)
    assert _held(crowd) == 0


def _held(clinic):
    return clinic.database.first(select(func.count()).select_from(Slot).where(Slot.status == "held"))[0]


def test_rounds_and_answers_at_once_leave_nothing_held_or_doubled(crowd):
    others = workers(crowd)

    def worker(one):
        for _ in range(4):
            one.waiting_list.rounds.round()
            for offer in one.waiting_list.offers.open_ones():
                answers(one, offer.id, offer.id % 2)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(worker, others))
    open_ones = crowd.waiting_list.offers.open_ones()
    held = 2 * len(open_ones)
    assert _held(crowd) == held
    by_slot, _ = sold(crowd)
    assert set(by_slot.values()) <= {1}
    told = crowd.database.rows(select(OutboxRow.offer_id).where(OutboxRow.kind == "offer"))
    assert len(told) == len({row[0] for row in told}) == _count(crowd, WaitingOffer)
    met = crowd.database.rows(select(Waiting.id).where(Waiting.status == "met"))
    assert len(met) == _count(crowd, Appointment)
    for one in others:
        one.database.close()


def _count(clinic, table):
    return clinic.database.first(select(func.count()).select_from(table))[0]
