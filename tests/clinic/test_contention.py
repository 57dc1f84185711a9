"""Many at once: each slot once, each person's minute once; nothing is lost and nothing stuck."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import select

from clinic import appointments, holds
from clinic.bookings import Overlaps, SlotTaken, TooMany, TooManyFromNumber
from clinic.practice import OFFERED_AGAIN
from db.tables import Appointment, Slot
from db.tables import AppointmentChange as Change
from tests.clinic.margins import with_margin

BOOKERS, TRIES_EACH = 64, 6


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def at_once(jobs, threads=BOOKERS):
    """Run all jobs together; what each returned."""
    with ThreadPoolExecutor(threads) as pool:
        return [job.result() for job in [pool.submit(job) for job in jobs]]


def strangers(clinic, count):
    born = date(1990, 1, 1)
    return [clinic.patients.pre_register(None, born, None, None, None) for _ in range(count)]


def tries(clinic, person, slot, key=None):
    """Hold and book: "won", or the name of what stood in the way."""
    try:
        hold = clinic.bookings.hold(slot, by=f"call-{person.ref}")
        clinic.bookings.book(person, hold, clinic.terms(slot), "telephone", key=key)
    except (SlotTaken, Overlaps, TooMany) as lost:
        return type(lost).__name__
    return "won"


def sold(clinic):
    """Live appointments by slot, and the slots that say they are booked."""
    live = clinic.database.rows(select(Appointment.slot_id).where(Appointment.live == 1))
    booked = clinic.database.rows(select(Slot.id).where(Slot.status == "booked"))
    return Counter(row[0] for row in live), {row[0] for row in booked}


def test_sixty_four_bookers_sell_each_slot_once(clinic):
    slots = clinic.agenda.next_free(clinic.criteria(), limit=12)
    people = iter(strangers(clinic, BOOKERS * TRIES_EACH))
    picks = random.Random(1)

    def booker(wanted):
        return [tries(clinic, person, slot) for person, slot in wanted]

    wanted = [[(next(people), slot) for slot in picks.sample(slots, TRIES_EACH)] for _ in range(BOOKERS)]
    results = Counter(one for found in at_once([partial(booker, one) for one in wanted]) for one in found)
    by_slot, booked = sold(clinic)
    assert set(by_slot) == booked == {slot.id for slot in slots}
    assert set(by_slot.values()) == {1}
    assert results == {"won": len(slots), "SlotTaken": BOOKERS * TRIES_EACH - len(slots)}


def test_one_slot_is_sold_to_one(clinic):
    slot, people = clinic.slot(), strangers(clinic, BOOKERS)
    found = Counter(at_once([partial(tries, clinic, person, slot) for person in people]))
    assert found == {"won": 1, "SlotTaken": BOOKERS - 1}


def test_two_calls_of_the_same_patient_hold_what_the_clinic_allows(clinic):
    slots = clinic.agenda.next_free(clinic.criteria(), limit=10)
    alice = clinic.people["alice"]
    found = Counter(at_once([partial(tries, clinic, alice, slot) for slot in slots], 10))
    assert found == {"won": 3, "TooMany": 7}
    assert len(clinic.bookings.upcoming(alice)) == 3


def test_two_calls_of_the_same_patient_book_one_of_two_times_that_overlap(clinic):
    from tests.clinic.test_bookings import slot_beside

    paulos = clinic.slot("paulo")
    both = [paulos, slot_beside(clinic, paulos)]
    found = Counter(at_once([partial(tries, clinic, clinic.people["alice"], slot) for slot in both], 2))
    assert found == {"won": 1, "Overlaps": 1}


@pytest.mark.parametrize("statement", [holds.HOLD, holds.RELEASE, appointments.CLAIM, appointments.RECLAIM])
def test_a_slot_is_found_by_its_id_alone(served_clinic, statement):
    """Found by its token it would wait for whoever is booking the slot of the next token."""
    now = served_clinic.clock()
    some = {"slot": 1, "appointment": 1, "now": now, "until": now, "token": "a:b", "mine": "a:", "mine_end": "a;"}
    with served_clinic.database.read() as connection:
        sql, given = statement.bound(connection.dialect, some)
        [plan] = connection.exec_driver_sql(f"EXPLAIN FORMAT=TRADITIONAL {sql}", given).mappings()
    assert plan["possible_keys"] == plan["key"] == "PRIMARY"


def test_the_same_key_at_once_is_one_booking(clinic):
    slot = clinic.slot()
    hold, terms = clinic.bookings.hold(slot, by="call"), clinic.terms(slot)
    book = partial(clinic.bookings.book, clinic.people["alice"], hold, terms, "web", key="form:1")
    assert len({booked.id for booked in at_once([book] * 8, 8)}) == 1
    assert len(clinic.bookings.upcoming(clinic.people["alice"])) == 1


def test_a_number_at_its_limit_books_no_more_however_many_lines_it_has(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_bookings_per_number": 4}))
    slots = clinic.agenda.next_free(clinic.criteria(), limit=10)

    def book(person, slot):
        hold = clinic.bookings.hold(slot, by=person.ref)
        try:
            clinic.bookings.book(person, hold, clinic.terms(slot), "telephone", caller="5511987654321")
        except TooManyFromNumber:
            return "enough"
        return "won"

    pairs = zip(strangers(clinic, 10), slots, strict=True)
    found = Counter(at_once([partial(book, *pair) for pair in pairs], 10))
    assert found == {"won": 4, "enough": 6}


def test_an_encaixe_quota_is_kept_by_many(clinic):
    from clinic.bookings import ExtraQuotaFull
    from tests.clinic.test_visits import extra

    def squeeze(person):
        try:
            clinic.bookings.book_extra(person, extra(clinic), "user:desk")
        except ExtraQuotaFull:
            return "full"
        return "won"

    found = Counter(at_once([partial(squeeze, person) for person in strangers(clinic, 8)], 8))
    assert found == {"won": 2, "full": 6}


def test_movers_and_bookers_cross_without_losing_anybody(clinic):
    slots = clinic.agenda.next_free(clinic.criteria(), limit=16)
    people = strangers(clinic, 16)
    olds = [clinic.bookings.book(person, clinic.bookings.hold(slot, by=person.ref), clinic.terms(slot), "web")
            for person, slot in zip(people[:8], slots[:8], strict=True)]  # fmt: skip

    def move(person, old, slot):
        try:
            hold = clinic.bookings.hold(slot, by=person.ref)
            clinic.bookings.reschedule(person, old.id, hold, "web", clinic.terms(slot))
        except SlotTaken:
            return "lost"
        return "moved"

    movers = [partial(move, people[n], olds[n], slots[8 + n % 6]) for n in range(8)]
    bookers = [partial(tries, clinic, people[8 + n], slots[15 - n]) for n in range(8)]
    at_once([job for pair in zip(movers, bookers, strict=True) for job in pair], 16)
    by_slot, booked = sold(clinic)
    assert set(by_slot.values()) == {1} and set(by_slot) == booked
    assert all(len(clinic.bookings.upcoming(person)) == 1 for person in people[:8])


def test_hours_that_change_while_people_book_lose_nobody(clinic):
    from tests.clinic.test_schedules import marina_works, slots_of

    slots = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=24)
    people = strangers(clinic, 24)
    jobs = [partial(tries, clinic, *pair) for pair in zip(people, slots, strict=True)]
    changes = [partial(marina_works, clinic, minutes=minutes) for minutes in (20, 30, 45)]
    found = Counter(at_once([*jobs[:12], *changes, *jobs[12:]], 16))
    by_slot, booked = sold(clinic)
    assert set(by_slot) == booked and sum(by_slot.values()) == found["won"]
    rows = slots_of(clinic, "marina")
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(rows))


def test_another_time_is_offered_once_however_often_that_is_sent(clinic):
    visit = clinic.book("alice")
    offer = partial(clinic.practice.offer_again, None, [visit.id], "user:1")
    assert sorted(at_once([offer] * 8)) == [0] * 7 + [1]
    told = select(Change.id).where(Change.appointment_id == visit.id, Change.event == OFFERED_AGAIN)
    assert len(clinic.database.rows(told)) == 1


def test_of_a_visit_and_the_margin_of_another_one_has_the_time(clinic):
    kind = with_margin(clinic, after=10, code="exam")
    slots = clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=8)[::2]
    beside = [clinic.agenda.next_free(clinic.criteria(doctor="marina"), one.ends_at, 1)[0] for one in slots]
    people = strangers(clinic, 2 * len(slots))

    def examined(person, slot):
        try:
            hold = clinic.bookings.hold(slot, f"call-{person.ref}", kind.minutes, kind.margin)
            clinic.bookings.book(person, hold, clinic.terms(slot, kind="exam"), "telephone")
        except SlotTaken:
            return "SlotTaken"
        return "won"

    jobs = [partial(examined, one, slot) for one, slot in zip(people, slots, strict=False)]
    jobs += [partial(tries, clinic, one, slot) for one, slot in zip(people[len(slots) :], beside, strict=True)]
    found = at_once(jobs)
    assert [{one, other} for one, other in zip(found, found[len(slots) :], strict=False)] == [
        {"won", "SlotTaken"} for _ in slots
    ]
