"""The week of several doctors: who is where, how much is taken, what waits; told in as many questions as for one."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from clinic.agenda import HoursInput
from clinic.days import Choice
from clinic.roster import Rosters
from clinic.units import BRASILIA
from clinic.visits import Extra
from clinic.weeks import AT_ONCE, Weeks
from tests.clinic.counting import CountingDatabase

MONDAY = date(2026, 11, 23)


def week(clinic, doctor="marina", monday=MONDAY, **choice):
    """The days of one doctor's, out of the picture of all."""
    team = clinic.desk.weeks.team(Choice(**choice), monday)
    return next(one.days for one in team.weeks if one.doctor.id == clinic.at.doctors[doctor])


def stay(clinic, doctor="marina", unit="centro", nth=0):
    return week(clinic, doctor)[nth].stays[clinic.at.units[unit]]


def names(clinic, **choice):
    known = {number: name for name, number in clinic.at.doctors.items()}
    return [known[one.doctor.id] for one in clinic.desk.weeks.team(Choice(**choice), MONDAY).weeks]


def test_everybody_who_works_in_the_week_in_the_fixed_order(clinic):
    assert names(clinic) == ["marina", "paulo", "rita", "sergio"]


def test_the_doctors_of_a_unit_alone(clinic):
    assert names(clinic, unit_ids=frozenset({clinic.at.units["norte"]})) == ["rita"]


def test_the_doctors_of_a_specialty_alone(clinic):
    assert names(clinic, specialty_id=clinic.at.specialties["cardiology"]) == ["paulo", "rita", "sergio"]


def test_where_a_doctor_is_and_when(clinic):
    assert stay(clinic).hours == ((time(8), time(12)),)
    assert [bool(one.stays) for one in week(clinic)] == [True] * 5 + [False] * 2


def test_bookings_are_counted_on_any_database(any_clinic):
    before = stay(any_clinic)
    any_clinic.book("alice", any_clinic.slot("marina"))
    any_clinic.bookings.hold(any_clinic.slot("marina"), by="call-1")
    after = stay(any_clinic)
    assert (after.visits, after.taken, after.free, after.slots) == (1, 2, before.free - 2, before.slots)


def test_a_hold_that_is_over_is_free_again(clinic):
    before = stay(clinic).free
    clinic.bookings.hold(clinic.slot("marina"), by="call-1")
    clinic.clock.move(minutes=6)
    assert stay(clinic).free == before


def test_what_has_passed_by_is_not_free(clinic):
    before = stay(clinic)
    clinic.clock.move(hours=3)
    after = stay(clinic)
    assert (after.slots, after.free < before.free) == (before.slots, True)


def test_each_day_counts_its_own_by_the_units_clock(any_clinic):
    free = [day.stays[any_clinic.at.units["centro"]].slots for day in week(any_clinic)[1:3]]
    assert free[0] == free[1] > 0


def test_a_request_waits_and_takes_its_time(clinic):
    slot = clinic.slot("rita", "cardiology")
    hold = clinic.bookings.hold(slot, by="test")
    terms = replace(clinic.terms(slot, "cardiology"), approves=True)
    clinic.bookings.book(clinic.people["alice"], hold, terms, via="telephone")
    found = stay(clinic, "rita", "norte")
    assert (found.visits, found.pending, found.taken) == (0, 1, 1)


def test_absences_and_holidays_are_told(clinic):
    start = datetime(2026, 11, 24, 14, tzinfo=BRASILIA)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start + timedelta(hours=1), "Curso")
    clinic.closings.add(date(2026, 11, 25), "Aniversário")
    days = week(clinic)
    assert [one.reason for one in days[1].away] == ["Curso"]
    assert {one.holiday for one in days[2].stays.values()} == {"Aniversário"}


def test_a_visit_outside_the_hours_shows_where_its_doctor_is(clinic):
    at = clinic.slot("marina").starts_at + timedelta(hours=5)
    kind = clinic.directory.kind("consultation")
    elsewhere = Extra(clinic.at.doctors["marina"], clinic.at.units["norte"], at, kind, "manager", "reforço")
    clinic.bookings.book_extra(clinic.people["alice"], elsewhere, "user:1")
    found = stay(clinic, unit="norte")
    assert (found.hours, found.visits) == ((), 1)


def more_doctors(clinic, count):
    for number in range(count):
        general = {clinic.at.specialties["general"]: None}
        doctor = clinic.directory.add_doctor(f"Doutora {number}", "doutora", f"70{number}", "SP", general, position=50)
        clinic.agenda.set_hours(doctor, [HoursInput(clinic.at.units["centro"], 0, time(8), time(9))])


def test_many_doctors_are_paged_and_asked_for_once(clinic):
    database = CountingDatabase(str(clinic.database.url))
    weeks = Weeks(database, Rosters(database), clinic.units, clinic.clock)
    weeks.team(Choice(), MONDAY)
    del database.asked[:]
    few = len(weeks.team(Choice(), MONDAY).weeks), len(database.asked)
    more_doctors(clinic, AT_ONCE)
    later = Weeks(database, Rosters(database), clinic.units, clinic.clock)
    later.team(Choice(), MONDAY)
    del database.asked[:]
    many = later.team(Choice(), MONDAY, page=2)
    assert (few, len(database.asked)) == ((4, few[1]), few[1])
    assert (many.page, many.pages, many.doctors, len(many.weeks)) == (2, 2, AT_ONCE + 4, 4)
    database.close()


def test_a_page_there_is_not_is_the_last_one(clinic):
    assert clinic.desk.weeks.team(Choice(), MONDAY, page=99).page == 1


@pytest.mark.parametrize(
    ("day", "hour", "over"), [(27, 11, False), (27, 23, True), (28, 13, True), (29, 9, True), (23, 9, False)],
    ids=["friday", "friday night", "saturday", "sunday", "monday"],
)  # fmt: skip
def test_a_week_is_over_when_nobodys_hours_remain(clinic, day, hour, over):
    at = datetime(2026, 11, day, hour, tzinfo=BRASILIA)
    assert clinic.desk.weeks.over(at.date(), at) is over
