"""Visits that repeat: which days are free and why not, booked one by one, no day twice, cancelled from one on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from clinic.agenda import HoursInput
from clinic.bookings import NotYours, SlotTaken, WrongStatus
from clinic.editing import stamp
from clinic.offers import Wanted
from clinic.repetitions import Changed, Choice
from clinic.roster import EVERYWHERE
from clinic.series_dates import Plan, rhythm
from db.tables import Appointment, AppointmentChange, LiveEvent
from tests.clinic.margins import with_margin

RECEPTION, OTHER = "user:1", "user:2"
WEEKLY, FOUR = Plan(1, 4), Plan(1, 4, 4)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.fixture
def series(clinic):
    return clinic.desk.repetitions


def first(clinic, who="alice", place=0, **wanted):
    """Today at 10:00 with Marina, a consultation."""
    slot, desk = clinic.slot(place=place), clinic.desk.bookings
    wanted = {"kind_id": clinic.at.kinds["consultation"]} | wanted
    terms = clinic.desk.offers.offer(clinic.people[who], slot, Wanted(**wanted)).terms
    return desk.book_for(clinic.people[who], desk.hold(slot, RECEPTION, terms.kind.minutes), terms, RECEPTION)


def free(preview):
    return {one.day: Choice(one.slot.id) for one in preview.days if one.what == "free"}


def repeat(clinic, booked, plan=WEEKLY, once="form", by=RECEPTION, **more):
    """Book all that is free."""
    chosen = free(clinic.desk.repetitions.preview(booked.id, plan))
    return clinic.desk.repetitions.book(booked.id, plan, chosen, by, once, **more)


def what(preview):
    return [one.what for one in preview.days]


def starts(clinic, who="alice"):
    return [
        f"{one.starts_at.astimezone(SAO_PAULO):%d/%m %H:%M}" for one in clinic.bookings.upcoming(clinic.people[who])
    ]


def shown(clinic, booking_id):
    series_id = clinic.registers.appointment(booking_id).series_id
    return clinic.desk.repetitions.shown(booking_id, series_id)


def taken_by_bruno(clinic, day, count=1):
    """That day's times from ten on."""
    for slot in clinic.agenda.on_day(clinic.criteria("general", "marina"), day).times[4 : 4 + count]:
        clinic.book("bruno", slot)


def test_the_hour_is_that_of_the_wall_whatever_the_clocks_do():
    before = datetime(2018, 10, 27, 13, tzinfo=UTC)  # 10:00; summer time began on 4 November
    assert [at.hour for _, at in rhythm(before, SAO_PAULO, Plan(1, 3))] == [13, 12]
    assert [day for day, _ in rhythm(before, SAO_PAULO, Plan(4, 3))] == [date(2018, 11, 24), date(2018, 12, 22)]


def test_an_hour_that_the_clocks_leave_out_is_none():
    midnight = datetime(2018, 10, 28, 3, 30, tzinfo=UTC)  # 00:30
    assert [at is None for _, at in rhythm(midnight, SAO_PAULO, Plan(1, 3))] == [True, False]


@pytest.mark.parametrize("wrong", [(3, 4), (1, 1), (1, 27), (1, 4, 0), (1, 4, None, "x" * 41)], ids=str)
def test_what_no_page_offers_is_no_plan(wrong):
    with pytest.raises(ValueError, match="Plan"):
        Plan(*wrong)


def test_every_week_at_the_same_hour(clinic):
    booked = first(clinic)
    assert repeat(clinic, booked) == {}
    assert starts(clinic) == ["23/11 10:00", "30/11 10:00", "07/12 10:00", "14/12 10:00"]
    assert [clinic.bookings.get(one.id).kind_id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [
        clinic.at.kinds["consultation"]
    ] * 4


def test_each_is_told_as_any_booking_is(clinic):
    booked = first(clinic)
    repeat(clinic, booked)
    [last] = clinic.bookings.upcoming(clinic.people["alice"])[-1:]
    lines = select(AppointmentChange.event, AppointmentChange.by, AppointmentChange.via)
    assert [tuple(row) for row in clinic.database.rows(lines.where(AppointmentChange.appointment_id == last.id))] == [
        ("booked", RECEPTION, "desk")
    ]
    told = select(LiveEvent.id).where(LiveEvent.topic == "appointment", LiveEvent.entity_id == last.id)
    assert len(clinic.database.rows(told)) == 1


def test_a_first_visit_is_followed_by_consultations(clinic, series):
    booked = first(clinic, kind_id=clinic.at.kinds["first"])
    assert series.preview(booked.id, WEEKLY).kind.code == "consultation"


def test_what_stands_in_the_way_is_told_with_times_of_that_week(clinic, series):
    booked = first(clinic)
    taken_by_bruno(clinic, date(2026, 11, 30))
    preview = series.preview(booked.id, WEEKLY)
    assert what(preview) == ["taken", "free", "free"]
    near = [f"{one.starts_at.astimezone(SAO_PAULO):%d %H:%M}" for one in preview.days[0].near]
    assert near == ["30 09:00", "30 09:30", "30 10:30"]


def test_holidays_absences_and_days_without_hours_have_their_words(clinic, series):
    booked, marina = first(clinic), clinic.at.doctors["marina"]
    clinic.closings.add(date(2026, 11, 30), "Mudança")
    away = datetime(2026, 12, 7, 11, tzinfo=UTC)
    clinic.agenda.add_absence(marina, away, away + timedelta(hours=9), "Curso")
    hours = [HoursInput(clinic.at.units["centro"], 0, time(8), time(12), valid_until=date(2026, 12, 8))]
    clinic.agenda.set_hours(marina, hours)
    preview = series.preview(booked.id, WEEKLY)
    assert (what(preview), preview.days[0].name) == (["holiday", "away", "no_hours"], "Mudança")


def test_the_agenda_goes_only_so_far(clinic, series):
    clinic.profile.save(clinic.profile.get().model_copy(update={"booking_days": 10}))
    preview = series.preview(first(clinic).id, WEEKLY)
    assert what(preview) == ["free", "outside", "outside"]


def test_the_patient_is_in_one_place_at_a_time(clinic, series):
    booked = first(clinic)
    at = booked.starts_at + timedelta(days=7)
    rita = clinic.agenda.between(clinic.criteria("cardiology", "rita"), at, at + timedelta(hours=1))[0]
    other = clinic.book("alice", rita, "cardiology")
    preview = series.preview(booked.id, WEEKLY)
    assert (what(preview)[0], preview.days[0].booking.id) == ("overlaps", other.id)
    assert all(one.starts_at != at for one in preview.days[0].near)


def test_a_full_quota_may_be_gone_over_knowingly(clinic, series):
    payer, marina = clinic.at.payers["saude"], clinic.at.doctors["marina"]
    booked = first(clinic, payer_id=payer)
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))
    nine = clinic.agenda.on_day(clinic.criteria("general", "marina"), date(2026, 11, 30)).times[0]
    terms = clinic.desk.offers.offer(clinic.people["bruno"], nine, Wanted(payer_id=payer)).terms
    desk = clinic.desk.bookings
    desk.book_for(clinic.people["bruno"], desk.hold(nine, OTHER, terms.kind.minutes), terms, OTHER)
    full = series.preview(booked.id, WEEKLY).days[0]
    assert (full.what, full.number, full.near[0].starts_at.date() != full.day) == ("quota", 1, True)
    assert list(series.book(booked.id, WEEKLY, {full.day: Choice(full.slot.id)}, RECEPTION, "a")) == [full.day]
    assert series.book(booked.id, WEEKLY, {full.day: Choice(full.slot.id, True)}, RECEPTION, "b") == {}


def test_no_limit_of_future_visits_holds_for_the_desk_but_it_is_told(clinic, series):
    booked = first(clinic)
    assert repeat(clinic, booked, Plan(1, 8)) == {}
    preview = series.preview(booked.id, Plan(1, 9))
    assert (preview.coming, preview.limit, len(starts(clinic))) == (8, 3, 8)


def test_sent_again_nothing_is_booked_twice(clinic, series):
    booked = first(clinic)
    chosen = free(series.preview(booked.id, WEEKLY))
    for once in ("form", "form", "another form"):
        assert series.book(booked.id, WEEKLY, chosen, RECEPTION, once) == {}
    assert len(starts(clinic)) == 4


def test_a_form_that_broke_off_goes_on_where_it_stopped(clinic, series):
    booked = first(clinic)
    chosen = free(series.preview(booked.id, WEEKLY))
    series.book(booked.id, WEEKLY, dict([next(iter(chosen.items()))]), RECEPTION, "form")
    assert what(series.preview(booked.id, WEEKLY)) == ["booked", "free", "free"]
    assert series.book(booked.id, WEEKLY, chosen, RECEPTION, "form") == {}
    assert len(starts(clinic)) == 4


def test_a_day_has_one_visit_even_at_another_time(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    again = clinic.agenda.on_day(clinic.criteria("general", "marina"), date(2026, 11, 30)).times[0]
    series.book(booked.id, WEEKLY, {date(2026, 11, 30): Choice(again.id)}, OTHER, "other")
    assert len(starts(clinic)) == 4


def test_who_came_first_has_it_and_the_others_are_booked(clinic, series):
    booked = first(clinic)
    chosen = free(series.preview(booked.id, WEEKLY))
    taken_by_bruno(clinic, date(2026, 12, 7))
    failed = series.book(booked.id, WEEKLY, chosen, RECEPTION, "form")
    assert {day: type(why) for day, why in failed.items()} == {date(2026, 12, 7): SlotTaken}
    assert what(series.preview(booked.id, WEEKLY)) == ["booked", "taken", "booked"]


def test_a_time_of_another_week_or_doctor_is_not_taken(clinic, series):
    booked = first(clinic)
    for slot in (clinic.slot("paulo"), clinic.slot("marina", place=3)):
        failed = series.book(booked.id, WEEKLY, {date(2026, 12, 7): Choice(slot.id)}, RECEPTION, "x")
        assert list(failed) == [date(2026, 12, 7)]
    assert len(starts(clinic)) == 1


def test_no_more_than_were_authorised(clinic, series):
    booked = first(clinic)
    chosen = free(series.preview(booked.id, WEEKLY))
    failed = series.book(booked.id, Plan(1, 4, 3, "A-77"), chosen, RECEPTION, "form")
    assert ([error.reason for error in failed.values()], len(starts(clinic))) == (["authorised"], 3)
    assert series.preview(booked.id, Plan(1, 4, 3)).too_many
    assert not series.preview(booked.id, Plan(1, 4, 4)).too_many


def test_a_visit_knows_its_place_and_the_others(clinic):
    booked = first(clinic)
    repeat(clinic, booked, Plan(2, 3, 10, "A-77"))
    found = shown(clinic, booked.id)
    assert (found.n, found.of, found.every_weeks, found.authorised, found.authorisation) == (1, 3, 2, 10, "A-77")
    last = found.sittings[-1]
    assert (shown(clinic, last.id).n, shown(clinic, last.id).rest) == (3, (last.id,))
    assert clinic.desk.repetitions.places([found.id])[last.id] == (3, 3)


def test_the_one_that_is_moved_stays_in_the_series(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    desk, second = clinic.desk.bookings, clinic.bookings.upcoming(clinic.people["alice"])[1]
    new = desk.move(second.id, desk.hold(clinic.slot(place=5), RECEPTION), RECEPTION)
    assert (shown(clinic, new.id).of, what(series.preview(booked.id, WEEKLY))) == (4, ["booked"] * 3)
    again = clinic.bookings.reschedule(
        clinic.people["alice"], new.id, clinic.bookings.hold(clinic.slot(place=6), "c"), "web"
    )
    assert shown(clinic, again.id).of == 4


def test_one_that_was_moved_is_repeated_on_the_days_of_the_series(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    desk, marina = clinic.desk.bookings, clinic.criteria("general", "marina")
    tuesday = clinic.agenda.on_day(marina, date(2026, 11, 24)).times[0]
    new = desk.move(booked.id, desk.hold(tuesday, RECEPTION), RECEPTION)
    assert what(series.preview(new.id, Plan(1, 5))) == ["booked", "booked", "booked", "free"]
    assert repeat(clinic, clinic.bookings.get(new.id), Plan(1, 5), once="more") == {}
    assert [one[:5] for one in starts(clinic)] == ["24/11", "30/11", "07/12", "14/12", "21/12"]


def test_one_that_is_cancelled_counts_no_more_and_its_day_is_free_again(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    second = clinic.bookings.upcoming(clinic.people["alice"])[1]
    clinic.desk.bookings.cancel_for(second.id, "clinic", RECEPTION)
    clinic.clock.move(minutes=1)
    assert (shown(clinic, booked.id).of, shown(clinic, second.id).n) == (3, 0)
    assert repeat(clinic, booked, once="again") == {}
    assert shown(clinic, booked.id).of == 4


def test_this_one_and_those_after_it_are_cancelled_at_once(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    second = clinic.bookings.upcoming(clinic.people["alice"])[1]
    rest = shown(clinic, second.id).rest
    assert series.cancel_rest(second.id, rest, "other", RECEPTION, "mudou de cidade") == 3
    assert starts(clinic) == ["23/11 10:00"]
    assert clinic.desk.cards.visit(rest[-1], RECEPTION).changes[-1].note == "mudou de cidade"


def test_what_was_cancelled_in_one_go_is_taken_back_in_one(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    second, third = clinic.bookings.upcoming(clinic.people["alice"])[1:3]
    clinic.desk.bookings.cancel_for(third.id, "other", RECEPTION)
    clinic.clock.move(seconds=1)
    series.cancel_rest(second.id, shown(clinic, second.id).rest, "other", RECEPTION)
    clinic.clock.move(seconds=5)
    clinic.desk.bookings.take_back(second.id, RECEPTION)
    assert starts(clinic) == ["23/11 10:00", "30/11 10:00", "14/12 10:00"]
    assert shown(clinic, booked.id).of == 3


def asked_to_move(clinic, one, place=5):
    """A request to move a visit of a series, as of a doctor's who approves; its id."""
    extra, old = first(clinic, place=place), clinic.registers.appointment(one.id)
    day = one.starts_at.astimezone(SAO_PAULO).date()
    asks = {"status": "pending", "replaces": one.id, "series_id": old.series_id, "series_day": day}
    clinic.database.change(update(Appointment).where(Appointment.id == extra.id).values(**asks))
    return extra.id


def test_a_request_to_move_one_ends_with_it(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    asked = asked_to_move(clinic, clinic.bookings.upcoming(clinic.people["alice"])[1])
    assert series.cancel_rest(booked.id, shown(clinic, booked.id).rest, "other", RECEPTION) == 4
    assert (starts(clinic), clinic.bookings.get(asked).status) == ([], "cancelled")
    clinic.desk.bookings.take_back(booked.id, RECEPTION)
    assert (shown(clinic, booked.id).of, clinic.bookings.get(asked).status) == (4, "cancelled")


def test_a_request_to_move_what_is_gone_makes_no_more_than_were_authorised(clinic):
    booked = first(clinic)
    repeat(clinic, booked, FOUR)
    second = clinic.bookings.upcoming(clinic.people["alice"])[1]
    asked = asked_to_move(clinic, second)
    clinic.desk.bookings.cancel_for(second.id, "other", RECEPTION)
    clinic.clock.move(minutes=1)
    assert repeat(clinic, booked, FOUR, once="again") == {}
    with pytest.raises(WrongStatus):
        clinic.bookings.accept(asked, "user:3")
    assert shown(clinic, booked.id).of == 4


@pytest.mark.parametrize("plan", [FOUR, Plan(1, 5, 4)], ids=["its-day", "another-day"])
def test_what_was_booked_anew_is_not_taken_back_as_well(clinic, series, plan):
    booked = first(clinic)
    repeat(clinic, booked, FOUR)
    second = clinic.bookings.upcoming(clinic.people["alice"])[1]
    clinic.desk.bookings.cancel_for(second.id, "other", RECEPTION)
    clinic.clock.move(seconds=3)
    day = series.preview(booked.id, plan).open[-1]
    assert series.book(booked.id, plan, {day.day: Choice((day.slot or day.near[0]).id)}, OTHER, "anew") == {}
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(second.id, RECEPTION)
    assert shown(clinic, booked.id).of == 4


def test_after_ten_seconds_nothing_of_it_is_taken_back(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    series.cancel_rest(booked.id, shown(clinic, booked.id).rest, "other", RECEPTION)
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(booked.id, RECEPTION)
    assert starts(clinic) == []


def test_who_saw_another_list_cancels_nothing(clinic, series):
    booked = first(clinic)
    repeat(clinic, booked)
    rest = shown(clinic, booked.id).rest
    clinic.desk.bookings.cancel_for(rest[1], "other", OTHER)
    with pytest.raises(Changed):
        series.cancel_rest(booked.id, rest, "other", RECEPTION)
    assert len(starts(clinic)) == 3


def test_what_is_cancelled_or_in_no_series_is_not_gone_on_with(clinic, series):
    booked = first(clinic)
    with pytest.raises(WrongStatus):
        series.cancel_rest(booked.id, [booked.id], "other", RECEPTION)
    clinic.desk.bookings.cancel_for(booked.id, "other", RECEPTION)
    with pytest.raises(WrongStatus):
        series.preview(booked.id, WEEKLY)
    with pytest.raises(NotYours):
        series.preview(10_000, WEEKLY)


def test_two_desks_want_the_same_days_and_each_is_sold_once(any_clinic):
    clinic = any_clinic
    mine, theirs = first(clinic), first(clinic, "bruno")
    slots = free(clinic.desk.repetitions.preview(mine.id, WEEKLY))

    def go(given):
        booked, by = given
        return clinic.desk.repetitions.book(booked.id, WEEKLY, slots, by, "form")

    with ThreadPoolExecutor(2) as both:
        failed = list(both.map(go, [(mine, RECEPTION), (theirs, OTHER)]))
    sold = select(Appointment.slot_id).where(Appointment.slot_id.in_([one.slot_id for one in slots.values()]))
    assert sorted(row[0] for row in clinic.database.rows(sold)) == sorted(one.slot_id for one in slots.values())
    assert sum(map(len, failed)) == len(slots)


def test_one_form_sent_by_two_hands_at_once_books_each_day_once(any_clinic):
    clinic, series = any_clinic, any_clinic.desk.repetitions
    booked = first(clinic)
    chosen = free(series.preview(booked.id, WEEKLY))
    with ThreadPoolExecutor(2) as both:
        failed = list(both.map(lambda _: series.book(booked.id, WEEKLY, chosen, RECEPTION, "form"), range(2)))
    assert failed == [{}, {}]
    assert series.book(booked.id, WEEKLY, chosen, RECEPTION, "form") == {}
    assert len(starts(clinic)) == 4


def test_what_a_kind_needs_beside_it_is_looked_at(clinic, series):
    booked = first(clinic)
    taken_by_bruno(clinic, date(2026, 11, 30), count=2)
    clinic.bookings.cancel(clinic.people["bruno"], clinic.bookings.upcoming(clinic.people["bruno"])[0].id, "x", "web")
    clinic.clock.move(seconds=11)
    assert what(series.preview(booked.id, WEEKLY))[0] == "free"
    with_margin(clinic, after=10)
    preview = series.preview(booked.id, WEEKLY)
    assert what(preview) == ["too_short", "free", "free"]
    assert series.book(booked.id, WEEKLY, free(preview), RECEPTION, "form") == {}
