"""Any doctor: the earliest time first; among equal ones, that of the doctor who has fewest visits that day."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from clinic.agenda import HoursInput
from clinic.fairness import Fair, visits
from db.tables import Appointment

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
