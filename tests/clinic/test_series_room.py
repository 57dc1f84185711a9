"""The days of a series are looked at together: as often as it has sessions, and as they will be moved one by one."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from clinic.agenda import HoursInput
from clinic.editing import stamp
from clinic.repetitions import Choice
from clinic.roster import EVERYWHERE
from clinic.series_dates import Plan
from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Appointment
from tests.clinic.counting import CountingDatabase
from tests.clinic.margins import with_margin
from tests.clinic.test_repetitions import RECEPTION, first, repeat, starts
from tests.clinic.test_series_moves import four, free, go, taken, to, whats

FRIDAY = date(2026, 11, 27)


@pytest.fixture
def moves(clinic):
    return clinic.desk.series_moves


@pytest.fixture
def visits(clinic):
    """Four Mondays at ten with Marina."""
    return four(clinic)


def times(clinic, day, doctor="marina"):
    return clinic.agenda.on_day(clinic.criteria("general", doctor), day).times


def alone(clinic, visit, slot):
    """One goes to another time by itself, as by drag: it still stands for its day of the series."""
    desk = clinic.desk.bookings
    hold = desk.hold(slot, RECEPTION, moving=visit.id)
    moved = desk.move(visit.id, hold, RECEPTION, clinic.desk.offers.moved(visit, slot, None))
    clinic.clock.move(seconds=11)
    return moved


def coming(clinic):
    return clinic.bookings.upcoming(clinic.people["alice"])


def asked(clinic, look):
    """How often the database is asked, once what is kept in memory is there."""
    database = CountingDatabase(str(clinic.database.url))
    desk = open_clinic(Settings(), clinic.clock, database).desk
    look(desk)
    database.asked.clear()
    look(desk)
    database.close()
    return database.asked


def test_more_sessions_are_not_more_questions(clinic):
    booked = first(clinic)
    clinic.closings.add(date(2026, 12, 1), "Mudança")
    taken(clinic, date(2026, 12, 8), 6)
    repeat(clinic, booked, Plan(1, 4))
    few = asked(clinic, lambda desk: desk.series_moves.preview(booked.id, to(clinic)))
    repeat(clinic, booked, Plan(1, 9), "more")
    many = asked(clinic, lambda desk: desk.series_moves.preview(booked.id, to(clinic)))
    assert (len(many), len(coming(clinic))) == (len(few), 9)


def test_more_sessions_with_quota_and_margin_are_not_more_questions(clinic):
    payer, marina = clinic.at.payers["saude"], clinic.at.doctors["marina"]
    booked = first(clinic, payer_id=payer)
    repeat(clinic, booked, Plan(1, 8))
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))
    with_margin(clinic, after=10)
    last = coming(clinic)[5]
    few = asked(clinic, lambda desk: desk.series_moves.preview(last.id, to(clinic, date(2026, 12, 29))))
    many = asked(clinic, lambda desk: desk.series_moves.preview(booked.id, to(clinic)))
    assert len(many) == len(few)


def test_more_dates_to_repeat_on_are_not_more_questions(clinic):
    booked = first(clinic)
    clinic.closings.add(date(2026, 12, 7), "Mudança")
    few, many = (asked(clinic, lambda desk, n=n: desk.repetitions.preview(booked.id, Plan(1, n))) for n in (3, 9))
    assert len(many) == len(few)


def test_one_that_moves_away_is_in_nobodys_way(clinic, moves, visits):
    """The second is with Paulo on the Friday to which the first goes, and goes to the next one itself."""
    mornings = [HoursInput(clinic.at.units["centro"], day, time(8), time(12)) for day in range(5)]
    clinic.agenda.set_hours(clinic.at.doctors["paulo"], mornings)
    alone(clinic, visits[1], times(clinic, FRIDAY, "paulo")[6])
    before = starts(clinic)
    assert whats(moves.preview(visits[0].id, to(clinic, FRIDAY))) == ["free"] * 4
    assert go(clinic, visits[0], to(clinic, FRIDAY)).failed == {}
    assert starts(clinic) == [f"{one} 11:00" for one in ("27/11", "04/12", "11/12", "18/12")]
    clinic.desk.bookings.take_back(visits[0].id, RECEPTION)
    assert starts(clinic) == before


@pytest.mark.parametrize("margin", [0, 10])
def test_the_very_time_that_one_leaves_is_anothers(any_clinic, margin):
    clinic, change = any_clinic, to(any_clinic, FRIDAY)
    visits = four(clinic)
    with_margin(clinic, after=margin)
    alone(clinic, visits[1], times(clinic, FRIDAY)[6])
    before = starts(clinic)
    assert whats(clinic.desk.series_moves.preview(visits[0].id, change)) == ["free"] * 4
    assert go(clinic, visits[0], change).failed == {}
    assert starts(clinic) == [f"{one} 11:00" for one in ("27/11", "04/12", "11/12", "18/12")]
    clinic.clock.move(seconds=5)
    clinic.desk.bookings.take_back(visits[0].id, RECEPTION)
    assert starts(clinic) == before


def test_one_that_stays_stands_in_the_way_and_is_named(clinic, moves, visits):
    second = alone(clinic, visits[1], times(clinic, FRIDAY)[6])
    taken(clinic, date(2026, 12, 4), 6)
    steps = moves.preview(visits[0].id, to(clinic, FRIDAY))
    assert whats(steps) == ["overlaps", "taken", "free", "free"]
    assert steps[0].to.booking.id == second.id


def test_whose_day_is_that_of_one_that_stays_is_told_so(clinic, moves, visits):
    """The second was moved with its day to the Friday, three days early; on the Friday after it cannot be."""
    friday = to(clinic, FRIDAY)
    moves.move(visits[1].id, friday, free(moves.preview(visits[1].id, friday)[:1]), RECEPTION, "alone")
    clinic.clock.move(seconds=11)
    second, *_ = [one for one in coming(clinic) if one.starts_at.date() == FRIDAY]
    clinic.closings.add(date(2026, 12, 4), "Mudança")
    change = to(clinic, FRIDAY, time(9))
    steps = moves.preview(visits[0].id, change)
    assert whats(steps) == ["kept", "holiday", "free", "free"]
    assert (steps[0].to.booking.id, steps[0].to.near) == (second.id, ())
    nine = times(clinic, FRIDAY)[2]
    [error] = moves.move(visits[0].id, change, {visits[0].id: Choice(nine.id)}, RECEPTION, "x").failed.values()
    assert type(error).__name__ == "DayBooked"


def test_a_day_whose_session_goes_on_is_free_for_the_one_before(clinic, moves, visits):
    friday = to(clinic, FRIDAY)
    moves.move(visits[1].id, friday, free(moves.preview(visits[1].id, friday)[:1]), RECEPTION, "alone")
    clinic.clock.move(seconds=11)
    assert whats(moves.preview(visits[0].id, to(clinic, FRIDAY, time(9)))) == ["free"] * 4


def test_the_place_of_one_that_goes_on_counts_in_no_quota(clinic, moves, visits):
    payer, marina = clinic.at.payers["saude"], clinic.at.doctors["marina"]
    second = alone(clinic, visits[1], times(clinic, FRIDAY)[2])
    theirs = Appointment.id.in_([visits[0].id, second.id])
    clinic.database.change(update(Appointment).where(theirs).values(payer_id=payer))
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))
    assert whats(moves.preview(visits[0].id, to(clinic, FRIDAY))) == ["free"] * 4
    clinic.closings.add(date(2026, 12, 4), "Mudança")
    steps = moves.preview(visits[0].id, to(clinic, FRIDAY))
    assert (whats(steps)[:2], steps[0].to.number) == (["quota", "holiday"], 1)


def test_a_request_leaves_its_visit_in_the_way(clinic, moves):
    """Rita is asked first, so nothing moves away before she answers."""
    rita, desk = clinic.slot("rita", "cardiology"), clinic.desk.bookings
    terms = clinic.terms(rita, "cardiology")
    visit = desk.book_for(clinic.people["alice"], desk.hold(rita, RECEPTION), terms, RECEPTION)
    clinic.bookings.accept(visit.id, "user:3")
    repeat(clinic, visit, Plan(1, 3))
    for one in coming(clinic)[1:]:
        clinic.bookings.accept(one.id, "user:3")
    day = visit.starts_at.date() + timedelta(days=1)
    second = coming(clinic)[1]
    at = datetime.combine(day, time(13), UTC)
    clinic.database.change(update(Appointment).where(Appointment.id == second.id).values(
        starts_at=at, ends_at=at + timedelta(minutes=30)))  # fmt: skip
    steps = moves.preview(visit.id, to(clinic, day, time(10), "rita"))
    assert (whats(steps)[0], steps[0].to.booking.id) == ("overlaps", second.id)
