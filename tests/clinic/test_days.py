"""The picture of a day: who is where, what is taken and free, in few queries."""

from datetime import date, timedelta

import pytest

from clinic.days import Choice, Days
from clinic.roster import Rosters
from tests.clinic.counting import CountingDatabase

MONDAY = date(2026, 11, 23)


@pytest.fixture
def day(clinic):
    """The picture of a day by the doctors' short names."""

    def look(day=MONDAY, **choice):
        names = {number: name for name, number in clinic.at.doctors.items()}
        picture = clinic.desk.days.day(Choice(**choice), day)
        return {names[column.doctor.id]: column for column in picture.columns}

    return look


def states(column):
    return [one.state for one in column.openings]


def test_everybody_who_works_has_a_column_in_the_fixed_order(day):
    assert list(day()) == ["marina", "paulo", "rita", "sergio"]


def test_a_booking_is_a_block_with_who_comes(clinic, day):
    booked = clinic.book("carla", clinic.slot("marina"))
    [visit] = day()["marina"].visits
    assert (visit.id, visit.name, visit.via, visit.extra) == (booked.id, "Carla Souza", "telephone", False)


def test_free_held_and_taken_times(clinic, day):
    before = day()["marina"].free
    clinic.bookings.hold(clinic.slot("marina"), by="call-1")
    clinic.book("alice", clinic.slot("marina"))
    column = day()["marina"]
    assert (column.free, states(column).count("held")) == (before - 2, 1)
    assert next(one.by for one in column.openings if one.state == "held") == "call-1"


def test_a_lapsed_hold_is_free(clinic, day):
    before = day()["marina"].free
    clinic.bookings.hold(clinic.slot("marina"), by="call-1")
    clinic.clock.move(minutes=6)
    assert day()["marina"].free == before


def test_cancelled_visits_are_not_shown(clinic, day):
    booked = clinic.book("alice", clinic.slot("marina"))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    assert day()["marina"].visits == []


def test_a_unit_a_specialty_a_doctor(clinic, day):
    at = clinic.at
    assert list(day(unit_ids=frozenset({at.units["norte"]}))) == ["rita"]
    assert list(day(specialty_id=at.specialties["general"])) == ["marina", "paulo"]
    assert list(day(doctor_id=at.doctors["sergio"])) == ["sergio"]


def test_a_holiday_says_which(clinic, day):
    assert day(date(2026, 12, 25), doctor_id=clinic.at.doctors["marina"])["marina"].holiday == "Natal"


def test_an_absence_is_told_within_the_day(clinic, day):
    start = clinic.clock() - timedelta(days=1)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start + timedelta(days=5), "congresso")
    [away] = day()["marina"].away
    assert (away.reason, away.ends_at - away.starts_at) == ("congresso", timedelta(days=1))


def test_a_week_of_one_doctor(clinic):
    clinic.book("alice", clinic.slot("marina"))
    week = clinic.desk.days.week(clinic.at.doctors["marina"], MONDAY).columns
    assert [one.day.weekday() for one in week] == list(range(7))
    assert [len(one.visits) for one in week] == [1, 0, 0, 0, 0, 0, 0]
    assert (week[5].free, week[6].free) == (0, 0)


def test_the_next_day_somebody_works(clinic):
    sunday = date(2026, 11, 22)
    assert clinic.desk.days.next_day_of_work(Choice(), sunday) == MONDAY
    assert clinic.desk.days.next_day_of_work(Choice(), date(2026, 12, 24)) == date(2026, 12, 28)


def test_how_many_encaixes_are_left(clinic, day):
    assert day()["marina"].extras_left == 2


def test_more_doctors_and_days_are_not_more_queries(clinic):
    counting = CountingDatabase(str(clinic.database.url))
    days = Days(counting, Rosters(counting), clinic.units, clinic.clock)
    asked = []
    for choice in (Choice(doctor_id=clinic.at.doctors["marina"]), Choice()):
        days.day(choice, MONDAY)
        asked.append(len(counting.asked))
    days.week(clinic.at.doctors["marina"], MONDAY)
    assert len(counting.asked) - asked[1] == 4
    assert asked[1] - asked[0] == 4
    counting.close()
