"""Any doctor: the earliest time first; among equal ones, that of the doctor who has fewest visits that day."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from clinic.agenda import HoursInput
from clinic.fairness import Fair, fairly, visits
from clinic.services import open_clinic
from clinic.settings import Settings
from clinic.slots import SlotInfo
from db.tables import Appointment, Doctor
from tests.clinic.counting import CountingDatabase

ZONE = ZoneInfo("America/Sao_Paulo")
TUESDAY = datetime.combine(date(2026, 11, 24), time(8), ZONE)
WEDNESDAY = TUESDAY + timedelta(days=1)


def with_equal_hours(clinic):
    """Marina and Paulo both work in the morning."""
    at, morning = clinic.at, (time(8), time(12))
    clinic.agenda.set_hours(at.doctors["paulo"], [HoursInput(at.units["centro"], day, *morning) for day in range(5)])
    return clinic


@pytest.fixture
def clinic(clinic):
    return with_equal_hours(clinic)


def offered(clinic, since=TUESDAY, limit=1, **more):
    """Whose time comes first of the general practitioners'."""
    found = clinic.agenda.next_free(replace(clinic.criteria(), **more), since, limit)
    return [clinic.directory.doctor(one.doctor_id).name.split()[0] for one in found]


def visit(clinic, doctor, at, who="alice", specialty="general"):
    slot = clinic.agenda.next_free(clinic.criteria(specialty, doctor), at, 1)[0]
    return clinic.book(who, slot, specialty)


@pytest.mark.parametrize("limit", [1, 2, 3, 8])
def test_who_has_fewest_visits_that_day_comes_first(clinic, limit):
    first = offered(clinic, limit=limit)[0]
    visit(clinic, first.lower(), TUESDAY + timedelta(hours=2))
    assert offered(clinic, limit=limit)[0] != first


def test_it_is_so_on_every_database(any_clinic):
    clinic = with_equal_hours(any_clinic)
    first = offered(clinic)[0]
    visit(clinic, first.lower(), TUESDAY + timedelta(hours=2))
    assert offered(clinic)[0] != first
    assert offered(clinic, WEDNESDAY)[0] == first


def test_visits_of_another_day_do_not_count(clinic):
    first = offered(clinic)[0]
    visit(clinic, first.lower(), WEDNESDAY)
    assert offered(clinic)[0] == first


def test_what_was_cancelled_does_not_count(clinic):
    first = offered(clinic)[0]
    booked = visit(clinic, first.lower(), TUESDAY + timedelta(hours=2))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    assert offered(clinic)[0] == first


def test_visits_of_another_specialty_do_not_count(clinic):
    marina, general = clinic.at.doctors["marina"], clinic.at.specialties["general"]
    fair = Fair(general + 100, ZONE)
    visit(clinic, "marina", TUESDAY)
    assert visits(clinic.database, replace(fair, specialty_id=general), [marina], TUESDAY) == {marina: 1}
    assert visits(clinic.database, fair, [marina], TUESDAY) == {}


def test_the_earliest_comes_first_however_busy_the_doctor_is(clinic):
    busy = visit(clinic, "marina", TUESDAY + timedelta(hours=2))
    paulo = clinic.agenda.next_free(clinic.criteria(doctor="paulo"), TUESDAY, 1)[0]
    clinic.bookings.hold(paulo, "call")
    found = clinic.agenda.next_free(clinic.criteria(), TUESDAY, 1)[0]
    assert (found.doctor_id, found.starts_at) == (busy.doctor_id, paulo.starts_at)


@pytest.mark.parametrize("criteria", [{}, {"minutes": 60}, {"period": "morning"}], ids=["any", "long", "mornings"])
def test_it_is_so_for_whatever_is_looked_for(clinic, criteria):
    first = offered(clinic, **criteria)[0]
    visit(clinic, first.lower(), TUESDAY + timedelta(hours=2, minutes=30))
    assert offered(clinic, **criteria)[0] != first


def test_of_a_day_too(clinic):
    first = clinic.agenda.on_day(clinic.criteria(), TUESDAY.date()).times[0]
    clinic.book("alice", clinic.agenda.next_free(clinic.criteria(), first.ends_at, 1)[0])
    again = clinic.agenda.on_day(clinic.criteria(), TUESDAY.date()).times
    assert (again[0].starts_at, again[0].doctor_id != first.doctor_id) == (first.starts_at, True)


def test_page_by_page_nothing_is_heard_twice_and_nothing_is_lost(clinic):
    everything = clinic.agenda.next_free(clinic.criteria(), TUESDAY, 12)
    late = clinic.agenda.next_free(clinic.criteria(), TUESDAY, 20)[-1]
    heard, after = [], TUESDAY
    while len(heard) < len(everything):
        page = clinic.agenda.next_free(clinic.criteria(), after, 3, {one.id for one in heard})
        heard, after = [*heard, *page], page[-1].starts_at
        if len(heard) == 3:  # in the middle of two who are equal, and so their order becomes another
            clinic.book("alice", late)
    assert {one.id for one in heard} == {one.id for one in everything}


def test_the_same_question_has_the_same_answer(clinic):
    visit(clinic, "paulo", TUESDAY)
    asked = [clinic.agenda.next_free(clinic.criteria(), TUESDAY, 20) for _ in range(3)]
    assert asked[0] == asked[1] == asked[2]


def test_who_was_seen_already_counts(clinic):
    booked = visit(clinic, "marina", TUESDAY)
    clinic.database.change(update(Appointment).where(Appointment.id == booked.id).values(status="fulfilled", live=None))
    fair = Fair(clinic.at.specialties["general"], ZONE)
    assert visits(clinic.database, fair, [booked.doctor_id], TUESDAY) == {booked.doctor_id: 1}


def weigh(clinic, **weights):
    """Doctors, by short name, get these weights."""
    for name, weight in weights.items():
        mine = update(Doctor).where(Doctor.id == clinic.at.doctors[name])
        clinic.database.change(mine.values(weight=weight))
    clinic.practice.forget()


def taking_turns(clinic, weights, turns):
    """Who is chosen, again and again, while all have the same time and nobody had a visit before."""
    fair, chosen = Fair(1, ZONE, weights), []
    at_eight = [SlotInfo(10 + one, one, 1, "any", TUESDAY, TUESDAY + timedelta(minutes=30)) for one in (1, 2, 3)]
    for _ in range(turns):
        chosen += [slot.doctor_id for slot in fairly(clinic.database, fair, at_eight, 1, Counter(chosen))]
    return chosen


@pytest.mark.parametrize("weights", [{}, {2: 3}, {1: 2, 3: 2}, {1: 10}, {1: 10, 2: 7, 3: 3}, {1: 4, 2: 4, 3: 4}])
def test_visits_are_shared_out_by_weight(clinic, weights):
    """After each round exactly so, and on the way nobody is a whole visit away from what is due."""
    share = {one: weights.get(one, 1) for one in (1, 2, 3)}
    whole = sum(share.values())
    chosen = taking_turns(clinic, weights, 3 * whole)
    for turn in range(1, len(chosen) + 1):
        had, due = Counter(chosen[:turn]), {one: turn * weight / whole for one, weight in share.items()}
        assert all(abs(had[one] - due[one]) < 1 for one in share), (turn, had)
        assert turn % whole or had == due


def test_without_visits_the_heaviest_comes_first(clinic):
    assert taking_turns(clinic, {3: 2}, 1) == [3]


def test_a_heavier_doctor_comes_first_on_every_database(any_clinic):
    clinic = with_equal_hours(any_clinic)
    visit(clinic, "marina", TUESDAY + timedelta(hours=2))
    assert offered(clinic)[0] == "Paulo"
    weigh(clinic, marina=4)
    assert offered(clinic)[0] == "Marina"
    visit(clinic, "marina", TUESDAY + timedelta(hours=2), "bruno")
    visit(clinic, "marina", TUESDAY + timedelta(hours=2), "carla")
    assert offered(clinic)[0] == "Paulo"


@pytest.mark.parametrize("limit", [1, 2, 8])
@pytest.mark.parametrize("criteria", [{}, {"minutes": 60}], ids=["any", "long"])
def test_weights_ask_nothing_more(clinic, criteria, limit):
    database = CountingDatabase(str(clinic.database.url))
    there = open_clinic(Settings(database_url=str(clinic.database.url)), clinic.clock, database)

    def asked():
        there.practice.forget()
        there.profile.get()
        there.agenda.next_free(replace(clinic.criteria(), **criteria), TUESDAY, limit)
        database.asked.clear()
        there.agenda.next_free(replace(clinic.criteria(), **criteria), TUESDAY, limit)
        return list(database.asked)

    before = asked()
    weigh(clinic, paulo=3)
    assert asked() == before
    database.close()
