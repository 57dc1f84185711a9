"""A visit of a series and those after it are moved by the same change: each as any other, what cannot be stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from clinic.agenda import HoursInput
from clinic.bookings import NotYours, SlotTaken, WrongStatus
from clinic.editing import stamp
from clinic.repetitions import Choice
from clinic.roster import EVERYWHERE
from clinic.series_dates import Plan
from clinic.series_moves import Change, TooFar
from clinic.users import Viewer
from db.tables import Appointment, AppointmentChange, LiveEvent
from tests.clinic.margins import with_margin
from tests.clinic.test_repetitions import OTHER, RECEPTION, WEEKLY, first, repeat, shown, starts, what

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def moves(clinic):
    return clinic.desk.series_moves


@pytest.fixture
def visits(clinic):
    """Four Mondays at ten with Marina."""
    return four(clinic)


def four(clinic):
    repeat(clinic, first(clinic))
    return clinic.bookings.upcoming(clinic.people["alice"])


def to(clinic, day=TUESDAY, clock=time(11), doctor="marina"):
    return Change(day, clock, clinic.at.doctors[doctor])


def whats(steps):
    return [one.to.what for one in steps]


def by_desk(clinic, slot, specialty):
    desk = clinic.desk.bookings
    return desk.book_for(clinic.people["alice"], desk.hold(slot, OTHER), clinic.terms(slot, specialty), OTHER)


def free(steps):
    return {one.visit.id: Choice(one.to.slot.id) for one in steps if one.to.what == "free"}


def go(clinic, one, change, once="form", by=RECEPTION):
    """Move all that can go there."""
    chosen = free(clinic.desk.series_moves.preview(one.id, change))
    return clinic.desk.series_moves.move(one.id, change, chosen, by, once)


def taken(clinic, day, place):
    """Bruno has that day's time, counted from eight."""
    times = clinic.agenda.on_day(clinic.criteria("general", "marina"), day).times
    return clinic.book("bruno", times[place])


def test_this_one_and_those_after_it_go_to_another_weekday_and_hour(clinic, visits):
    moved = go(clinic, visits[1], to(clinic, date(2026, 12, 1)))
    assert (len(moved.done), moved.failed) == (3, {})
    assert starts(clinic) == ["23/11 10:00", "01/12 11:00", "08/12 11:00", "15/12 11:00"]


def test_each_is_told_as_any_move_is(clinic, visits):
    moved = go(clinic, visits[2], to(clinic, date(2026, 12, 8)))
    old, new = visits[3].id, moved.done[visits[3].id].id
    lines = select(AppointmentChange.appointment_id, AppointmentChange.event, AppointmentChange.by)
    told = lines.where(AppointmentChange.appointment_id.in_([old, new])).order_by(AppointmentChange.id)
    assert [tuple(row) for row in clinic.database.rows(told)][1:] == [
        (old, "moved", RECEPTION), (new, "booked", RECEPTION),
    ]  # fmt: skip
    events = select(LiveEvent.id).where(LiveEvent.topic == "appointment", LiveEvent.entity_id == new)
    assert (clinic.registers.appointment(old).replaced_by, len(clinic.database.rows(events))) == (new, 1)


def test_they_stay_in_the_series_and_are_counted_on(clinic, visits):
    moved = go(clinic, visits[1], to(clinic, date(2026, 12, 1)))
    last = moved.done[visits[3].id]
    assert (shown(clinic, last.id).n, shown(clinic, last.id).of) == (4, 4)
    again = clinic.desk.repetitions.preview(last.id, Plan(1, 2))
    assert [one.day for one in again.days] == [date(2026, 12, 22)]


def test_who_repeats_the_first_one_finds_them_where_they_are(clinic, visits):
    go(clinic, visits[1], to(clinic, date(2026, 12, 1)))
    assert what(clinic.desk.repetitions.preview(visits[0].id, Plan(1, 5))) == ["booked"] * 3 + ["free"]


def test_what_stands_in_the_way_is_told_for_each_with_other_times(clinic, moves, visits):
    taken(clinic, date(2026, 12, 1), 6)
    clinic.closings.add(date(2026, 12, 8), "Mudança")
    away = datetime(2026, 12, 15, 11, tzinfo=UTC)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], away, away + timedelta(hours=9), "Curso")
    steps = moves.preview(visits[0].id, to(clinic))
    assert (whats(steps), steps[2].to.name) == (["free", "taken", "holiday", "away"], "Mudança")
    assert len(steps[1].to.near) == 3


def test_hours_and_the_window_of_the_agenda_are_looked_at(clinic, moves, visits):
    hours = [HoursInput(clinic.at.units["centro"], day, time(8), time(12), valid_until=date(2026, 12, 1))
             for day in range(5)]  # fmt: skip
    clinic.agenda.set_hours(clinic.at.doctors["marina"], hours)
    clinic.profile.save(clinic.profile.get().model_copy(update={"booking_days": 16}))
    assert whats(moves.preview(visits[0].id, to(clinic))) == ["free", "free", "no_hours", "outside"]


def test_the_patient_is_in_one_place_at_a_time(clinic, moves, visits):
    at = datetime(2026, 12, 1, 14, tzinfo=UTC)
    rita = clinic.agenda.between(clinic.criteria("cardiology", "rita"), at, at + timedelta(hours=1))[0]
    other = by_desk(clinic, rita, "cardiology")
    steps = moves.preview(visits[0].id, to(clinic))
    assert (whats(steps)[1], steps[1].to.booking.id) == ("overlaps", other.id)


def test_a_full_quota_may_be_gone_over_knowingly(clinic, moves, visits):
    payer, marina = clinic.at.payers["saude"], clinic.at.doctors["marina"]
    theirs = [visits[3].id, taken(clinic, date(2026, 12, 15), 0).id]
    clinic.database.change(update(Appointment).where(Appointment.id.in_(theirs)).values(payer_id=payer))
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))
    change = to(clinic, date(2026, 12, 15))
    [full] = moves.preview(visits[3].id, change)
    assert (full.to.what, full.to.number) == ("quota", 1)
    refused = moves.move(visits[3].id, change, {full.visit.id: Choice(full.to.slot.id)}, RECEPTION, "a")
    assert [error.reason for error in refused.failed.values()] == ["quota"]
    assert moves.move(visits[3].id, change, {full.visit.id: Choice(full.to.slot.id, True)}, RECEPTION, "b").done


def test_its_own_place_in_a_quota_is_no_hindrance(clinic, moves, visits):
    payer, marina = clinic.at.payers["saude"], clinic.at.doctors["marina"]
    clinic.database.change(update(Appointment).where(Appointment.id == visits[3].id).values(payer_id=payer))
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))
    assert whats(moves.preview(visits[3].id, to(clinic, date(2026, 12, 14)))) == ["free"]


def test_what_a_kind_needs_beside_it_is_looked_at(clinic, moves, visits):
    taken(clinic, date(2026, 12, 1), 7)
    with_margin(clinic, after=10)
    assert whats(moves.preview(visits[0].id, to(clinic))) == ["free", "too_short", "free", "free"]


def test_a_visit_goes_into_its_own_time(clinic):
    long = first(clinic, kind_id=clinic.at.kinds["first"])
    repeat(clinic, long, Plan(1, 2))
    assert go(clinic, long, to(clinic, date(2026, 11, 23), time(10, 30))).failed == {}
    assert starts(clinic) == ["23/11 10:30", "30/11 10:30"]


def test_what_is_there_already_is_told_so(clinic, moves, visits):
    assert whats(moves.preview(visits[0].id, to(clinic, date(2026, 11, 23), time(10)))) == ["booked"] * 4


def test_another_doctor_takes_them_over_at_their_price_and_hours(clinic, moves, visits):
    assert [name for _, name in moves.doctors(visits[0].id)] == ["Marina Corrêa", "Paulo Nogueira"]
    moved = go(clinic, visits[1], to(clinic, date(2026, 12, 1), time(14), "paulo"))
    assert {one.doctor_id for one in moved.done.values()} == {clinic.at.doctors["paulo"]}
    assert starts(clinic)[1:] == ["01/12 14:00", "08/12 14:00", "15/12 14:00"]


def test_a_doctor_who_does_not_take_the_payer_is_none_to_go_to(clinic, moves, visits):
    payer = {"payer_id": clinic.at.payers["saude"]}
    clinic.database.change(update(Appointment).where(Appointment.id == visits[0].id).values(**payer))
    assert [name for _, name in moves.doctors(visits[0].id)] == ["Marina Corrêa"]
    change = to(clinic, TUESDAY, time(14), "paulo")
    assert whats(moves.preview(visits[0].id, change)) == ["terms", "free", "free", "free"]
    slot = clinic.slot("paulo")
    [error] = moves.move(visits[0].id, change, {visits[0].id: Choice(slot.id)}, RECEPTION, "a").failed.values()
    assert error.args == ("payer",)


def test_a_doctor_who_approves_is_asked_and_the_old_times_stand(clinic):
    asked_for = by_desk(clinic, clinic.slot("rita", "cardiology"), "cardiology")
    clinic.bookings.accept(asked_for.id, "user:3")
    repeat(clinic, asked_for, Plan(1, 3))
    visits = clinic.bookings.upcoming(clinic.people["alice"])
    for one in visits[1:]:
        clinic.bookings.accept(one.id, "user:3")
    moved = go(clinic, visits[1], to(clinic, date(2026, 12, 1), doctor="rita"))
    assert [one.status for one in moved.done.values()] == ["pending"] * 2
    assert [clinic.bookings.get(one.id).status for one in visits] == ["booked"] * 3
    asked = moved.done[visits[1].id]
    clinic.bookings.accept(asked.id, "user:3")
    assert (clinic.bookings.get(visits[1].id).status, shown(clinic, asked.id).of) == ("cancelled", 3)


@pytest.mark.parametrize("weeks", [1, 2, 4])
@pytest.mark.parametrize("by", [-3, 2, 3])
def test_those_that_went_there_before_are_left_there_when_the_others_follow(clinic, moves, weeks, by):
    booked = first(clinic)
    repeat(clinic, booked, Plan(weeks, 3))
    visits, day = clinic.bookings.upcoming(clinic.people["alice"]), booked.starts_at.date() + timedelta(weeks=weeks)
    go(clinic, visits[2], to(clinic, day + timedelta(weeks=weeks, days=by)))
    assert whats(moves.preview(visits[1].id, to(clinic, day + timedelta(days=by))))[1:] == ["booked"]


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_after_one_went_alone_no_two_go_to_one_day(clinic, moves, visits, nth):
    friday = visits[nth].starts_at.date() + timedelta(days=4)
    steps = moves.preview(visits[nth].id, to(clinic, friday))
    moves.move(visits[nth].id, to(clinic, friday), free(steps[:1]), RECEPTION, "alone")
    now = clinic.bookings.upcoming(clinic.people["alice"])
    wednesday = now[0].starts_at.date() + timedelta(days=-2 if nth == 0 else 2)
    assert go(clinic, now[0], to(clinic, wednesday), "again").failed == {}
    assert starts(clinic) == [f"{one} 11:00" for one in ("25/11", "02/12", "09/12", "16/12")]


def test_one_goes_to_the_day_that_another_leaves(clinic, moves, visits):
    friday = to(clinic, date(2026, 12, 4))
    moves.move(visits[2].id, friday, free(moves.preview(visits[2].id, friday)[:1]), RECEPTION, "alone")
    assert go(clinic, visits[0], to(clinic, date(2026, 11, 27), time(10)), "all").failed == {}
    assert starts(clinic) == [f"{one} 10:00" for one in ("27/11", "04/12", "11/12", "18/12")]


def test_the_interval_stays(clinic, moves, visits):
    for day in (date(2026, 11, 30), date(2026, 11, 16)):
        with pytest.raises(TooFar):
            moves.preview(visits[0].id, to(clinic, day))
    saturday = moves.preview(visits[0].id, to(clinic, date(2026, 11, 28)))
    assert [one.to.day for one in saturday][1] == date(2026, 12, 5)


def test_those_that_cannot_go_stay_and_are_told(clinic, moves, visits):
    change = to(clinic)
    chosen = free(moves.preview(visits[0].id, change))
    taken(clinic, date(2026, 12, 1), 6)
    moved = moves.move(visits[0].id, change, chosen, RECEPTION, "form")
    assert (list(moved.failed), type(moved.failed[visits[1].id])) == ([visits[1].id], SlotTaken)
    assert starts(clinic) == ["24/11 11:00", "30/11 10:00", "08/12 11:00", "15/12 11:00"]


def test_sent_again_nothing_is_moved_twice(clinic, moves, visits):
    change = to(clinic)
    chosen = free(moves.preview(visits[0].id, change))
    both = [moves.move(visits[0].id, change, chosen, RECEPTION, "form") for _ in range(2)]
    assert both[0] == both[1]
    again = moves.move(visits[0].id, change, chosen, RECEPTION, "another form")
    assert (len(again.failed), len(starts(clinic))) == (4, 4)


def test_a_form_that_broke_off_goes_on_where_it_stopped(clinic, moves, visits):
    change = to(clinic)
    chosen = free(moves.preview(visits[0].id, change))
    some = {one: chosen[one] for one in list(chosen)[:2]}
    moves.move(visits[0].id, change, some, RECEPTION, "form")
    assert moves.move(visits[0].id, change, chosen, RECEPTION, "form").failed == {}
    assert starts(clinic) == ["24/11 11:00", "01/12 11:00", "08/12 11:00", "15/12 11:00"]


def test_one_that_was_moved_or_cancelled_since_is_left_alone(clinic, moves, visits):
    change, desk = to(clinic), clinic.desk.bookings
    chosen = free(moves.preview(visits[0].id, change))
    desk.cancel_for(visits[1].id, "other", OTHER)
    desk.move(visits[2].id, desk.hold(clinic.slot(place=5), OTHER), OTHER)
    moved = moves.move(visits[0].id, change, chosen, RECEPTION, "form")
    assert {one: type(why) for one, why in moved.failed.items()} == {
        visits[1].id: WrongStatus, visits[2].id: WrongStatus,
    }  # fmt: skip
    assert len(moved.done) == 2


def test_a_time_of_another_week_doctor_or_unit_is_not_taken(clinic, moves, visits):
    change = to(clinic, date(2026, 12, 1))
    for slot in (clinic.slot("paulo"), clinic.slot("rita", "cardiology"), clinic.slot("marina", place=3)):
        moved = moves.move(visits[1].id, change, {visits[1].id: Choice(slot.id)}, RECEPTION, "x")
        assert list(moved.failed) == [visits[1].id]
    assert starts(clinic)[1] == "30/11 10:00"


def test_what_is_of_another_series_or_unit_is_not_there(clinic, moves, visits):
    stranger = clinic.book("bruno")
    norte = clinic.at.units["norte"]
    clinic.database.change(update(Appointment).where(Appointment.id == visits[2].id).values(unit_id=norte))
    narrow = Viewer(9, "Ana", frozenset({"attendant"}), unit_ids=frozenset({clinic.at.units["centro"]}))
    steps = moves.preview(visits[0].id, to(clinic), narrow)
    assert [one.visit.id for one in steps] == [visits[0].id, visits[1].id, visits[3].id]
    chosen = {one: Choice(steps[0].to.slot.id) for one in (stranger.id, visits[2].id)}
    moved = moves.move(visits[0].id, to(clinic), chosen, RECEPTION, "x", narrow)
    assert [type(error) for error in moved.failed.values()] == [NotYours, NotYours]
    with pytest.raises(NotYours):
        moves.preview(stranger.id, to(clinic))


def test_what_has_begun_is_not_moved(clinic, moves, visits):
    clinic.clock.now = visits[1].starts_at + timedelta(minutes=5)
    steps = moves.preview(visits[1].id, to(clinic, date(2026, 12, 1)))
    assert [one.visit.id for one in steps] == [visits[2].id, visits[3].id]


def test_what_was_moved_in_one_go_is_taken_back_in_one(clinic, visits):
    before = starts(clinic)
    go(clinic, visits[1], to(clinic, date(2026, 12, 1)))
    clinic.clock.move(seconds=5)
    clinic.desk.bookings.take_back(visits[2].id, RECEPTION)
    assert (starts(clinic), shown(clinic, visits[0].id).of) == (before, 4)
    assert what(clinic.desk.repetitions.preview(visits[0].id, WEEKLY)) == ["booked"] * 3


def test_after_ten_seconds_or_by_others_nothing_is_taken_back(clinic, visits):
    go(clinic, visits[0], to(clinic))
    after = starts(clinic)
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(visits[0].id, OTHER)
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(visits[0].id, RECEPTION)
    assert starts(clinic) == after


def test_all_or_nothing_is_taken_back(clinic, visits):
    moved = go(clinic, visits[0], to(clinic))
    clinic.desk.bookings.cancel_for(moved.done[visits[2].id].id, "other", OTHER)
    clinic.clock.move(seconds=2)
    with pytest.raises((SlotTaken, WrongStatus)):
        clinic.desk.bookings.take_back(visits[0].id, RECEPTION)
    assert starts(clinic) == ["24/11 11:00", "01/12 11:00", "15/12 11:00"]


def test_no_day_of_a_series_has_two_visits(clinic, moves, visits):
    go(clinic, visits[3], to(clinic, date(2026, 12, 15)))
    third = clinic.bookings.upcoming(clinic.people["alice"])[2]
    day = {"series_day": date(2026, 12, 9)}
    clinic.database.change(update(Appointment).where(Appointment.id == visits[1].id).values(**day))
    change = to(clinic, date(2026, 12, 9))
    assert whats(moves.preview(third.id, change))[0] == "kept"
    time_then = clinic.agenda.on_day(clinic.criteria("general", "marina"), change.day).times[6]
    moved = moves.move(third.id, change, {third.id: Choice(time_then.id)}, RECEPTION, "x")
    assert [type(error).__name__ for error in moved.failed.values()] == ["DayBooked"]


def test_two_at_once_move_each_visit_once(any_clinic):
    clinic = any_clinic
    visits, change = four(clinic), to(clinic)
    chosen = free(clinic.desk.series_moves.preview(visits[0].id, change))

    def hand(by):
        return clinic.desk.series_moves.move(visits[0].id, change, chosen, by, "form")

    with ThreadPoolExecutor(2) as both:
        found = list(both.map(hand, (RECEPTION, OTHER)))
    assert sum(len(one.done) for one in found) == sum(len(one.failed) for one in found) == len(chosen)
    assert starts(clinic) == ["24/11 11:00", "01/12 11:00", "08/12 11:00", "15/12 11:00"]


def test_one_form_sent_by_two_hands_at_once_moves_once(clinic, moves, visits):
    change = to(clinic)
    chosen = free(moves.preview(visits[0].id, change))
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: moves.move(visits[0].id, change, chosen, RECEPTION, "form"), range(2)))
    assert moves.move(visits[0].id, change, chosen, RECEPTION, "form").failed == {}
    assert len(starts(clinic)) == 4
