"""What is looked for is as long as the visit would be, with what it needs beside it; what becomes free so is news."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from db.tables import Slot
from tests.clinic.margins import with_margin
from tests.clinic.waiting.listed import frees, joins, nothing_free, open_offer, rounds


@pytest.fixture
def full(clinic):
    nothing_free(clinic)
    return clinic


def free_ids(clinic):
    return [
        row[0] for row in clinic.database.rows(select(Slot.id).where(Slot.status == "free").order_by(Slot.starts_at))
    ]


def sets(clinic, ids, **values):
    clinic.database.change(update(Slot).where(Slot.id.in_(ids)).values(**values))


def taken_by_carla(clinic, slot_id):
    return clinic.book("carla", clinic.desk.bookings.slot(slot_id))


def gives_back(clinic, booked):
    """The time can be taken back for ten seconds; what a round does after that."""
    clinic.clock.move(minutes=2)
    clinic.bookings.cancel(clinic.people["carla"], booked.id, "other", "web")
    clinic.clock.move(minutes=2)
    return rounds(clinic)


def waits_for_news(clinic, who="bruno"):
    joins(clinic, who, doctor_id=clinic.at.doctors["marina"], but_free=True)


def seen_by_marina(clinic, who="bruno"):
    """Their visits with her are consultations from now on: half an hour."""
    booked = clinic.book(who, clinic.slot("marina"))
    clinic.bookings.arrive(booked.id, "user:1")
    clinic.bookings.fulfil(booked.id, "user:1")
    clinic.clock.move(days=1)


def last_of_a_day(clinic):
    """The last slot of Marina's in the day after tomorrow's hours."""
    start = clinic.clock() + timedelta(days=2)
    wanted = select(Slot.id).where(
        Slot.doctor_id == clinic.at.doctors["marina"], Slot.starts_at < start.replace(hour=23)
    )
    return [row[0] for row in clinic.database.rows(wanted.order_by(Slot.starts_at))][-1]


def test_the_second_half_of_an_hour_makes_the_hour_news(full):
    frees(full)
    booked = taken_by_carla(full, free_ids(full)[1])
    waits_for_news(full)
    assert (rounds(full), gives_back(full, booked)) == (0, 1)


def test_a_margin_that_comes_clear_makes_the_time_before_it_news(clinic):
    seen_by_marina(clinic)
    nothing_free(clinic)
    frees(clinic, count=2)
    ids = free_ids(clinic)
    booked = taken_by_carla(clinic, ids[1])
    sets(clinic, ids[2:], status="booked")
    with_margin(clinic, after=10)
    waits_for_news(clinic)
    assert (rounds(clinic), gives_back(clinic, booked)) == (0, 1)


def test_what_the_margin_of_a_visit_kept_is_news_too(clinic):
    seen_by_marina(clinic)
    nothing_free(clinic)
    frees(clinic, count=2)
    with_margin(clinic, after=10)
    ids = free_ids(clinic)
    booked = taken_by_carla(clinic, ids[0])
    waits_for_news(clinic)
    sets(clinic, ids[:1], off_plan=True)
    assert (rounds(clinic), gives_back(clinic, booked)) == (0, 1)
    assert open_offer(clinic).slot_id == ids[1]


def test_what_becomes_free_elsewhere_makes_no_news_of_a_time(full):
    frees(full, count=2)
    ids = free_ids(full)
    booked = taken_by_carla(full, ids[3])
    sets(full, ids[2:3], status="blocked")
    waits_for_news(full)
    assert (rounds(full), gives_back(full, booked)) == (0, 0)


def test_who_has_seen_the_doctor_is_offered_the_half_hour_that_no_first_visit_fits_in(clinic):
    """Half an hour and a long margin, which may reach beyond the doctor's hours, take longer than an hour without."""
    seen_by_marina(clinic)
    nothing_free(clinic)
    with_margin(clinic, after=40)
    sets(clinic, [last_of_a_day(clinic)], status="free")
    joins(clinic, "bruno", doctor_id=clinic.at.doctors["marina"])
    assert rounds(clinic) == 1


def shown_to_the_desk(clinic, who):
    place = joins(clinic, who, doctor_id=clinic.at.doctors["marina"])
    return [one.id for one in clinic.waiting_list.rounds.times(clinic.waiting_list.rounds.wish(place), 5)]


def test_the_desk_is_shown_no_half_hour_for_who_needs_an_hour(full):
    hour = frees(full)
    assert len(free_ids(full)) == 2
    assert shown_to_the_desk(full, "bruno") == hour


def test_the_desk_is_shown_no_time_beside_which_the_margin_is_taken(clinic):
    seen_by_marina(clinic)
    nothing_free(clinic)
    frees(clinic, count=2)
    ids = free_ids(clinic)
    sets(clinic, ids[1:2], status="booked")
    with_margin(clinic, after=10)
    assert shown_to_the_desk(clinic, "bruno") == ids[2:]


def test_the_desk_is_shown_no_time_at_which_they_are_elsewhere(full):
    [hour], [there] = frees(full), frees(full, doctor="rita")
    full.book("bruno", full.desk.bookings.slot(there), "cardiology")
    assert shown_to_the_desk(full, "carla") == [hour]
    assert shown_to_the_desk(full, "bruno") == []
