"""Which times are offered, and why there are none: on every database."""

from datetime import date, time, timedelta

import pytest

from clinic.agenda import HoursInput

MONDAY, SATURDAY, CHRISTMAS = date(2026, 11, 23), date(2026, 11, 28), date(2026, 12, 25)


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def local(clinic, slot):
    return slot.starts_at.astimezone(clinic.units.get(slot.unit_id).tz)


def hours(clinic, doctor, *rows):
    """Monday to Friday: (unit, from, to, modality)."""
    wanted = [
        HoursInput(clinic.at.units[unit], day, time(starts), time(ends), modality)
        for unit, starts, ends, modality in rows
        for day in range(5)
    ]
    clinic.agenda.set_hours(clinic.at.doctors[doctor], wanted)


def test_the_earliest_come_first_whoever_the_doctor_is(clinic):
    found = clinic.agenda.next_free(clinic.criteria(), limit=8)
    assert [slot.starts_at for slot in found] == sorted(slot.starts_at for slot in found)
    assert {slot.doctor_id for slot in found} == {clinic.at.doctors[one] for one in ("marina", "paulo")}


def test_nothing_is_offered_within_the_clinics_notice(clinic):
    assert clinic.slot().starts_at == clinic.clock() + timedelta(minutes=60)


def test_nothing_is_offered_beyond_the_booking_window(clinic):
    profile = clinic.profile.get().model_copy(update={"booking_days": 2})
    clinic.profile.save(profile)
    last = clinic.agenda.next_free(clinic.criteria(), limit=100)[-1]
    assert local(clinic, last).date() == MONDAY + timedelta(days=2)


def test_later_times_follow_those_that_were_heard(clinic):
    first = clinic.agenda.next_free(clinic.criteria())
    later = clinic.agenda.next_free(clinic.criteria(), after=first[-1].starts_at, exclude=[one.id for one in first])
    assert len(later) == 3
    assert all(slot.starts_at >= first[-1].starts_at for slot in later)
    assert not {one.id for one in first} & {one.id for one in later}


def test_what_is_taken_is_not_offered(clinic):
    held, booked = clinic.slot(place=0), clinic.slot(place=1)
    clinic.bookings.hold(held, by="call")
    clinic.book("alice", booked)
    assert not {held.id, booked.id} & {slot.id for slot in clinic.agenda.next_free(clinic.criteria(), limit=20)}


def test_a_hold_past_its_time_is_offered_again(clinic):
    slot = clinic.slot(place=2)
    clinic.bookings.hold(slot, by="a call that died")
    clinic.clock.move(minutes=5)
    assert slot in clinic.agenda.next_free(clinic.criteria(), limit=5)


@pytest.mark.parametrize(("period", "wanted"), [("morning", range(8, 12)), ("afternoon", range(12, 18))])
def test_mornings_and_afternoons_are_by_the_units_clock(clinic, period, wanted):
    found = clinic.agenda.next_free(clinic.criteria(period=period), limit=20)
    assert len(found) == 20
    assert {local(clinic, slot).hour for slot in found} <= set(wanted)


def test_only_the_unit_that_was_asked_for(clinic):
    hours(clinic, "marina", ("centro", 8, 10, "in_person"), ("norte", 14, 16, "in_person"))
    found = clinic.agenda.next_free(clinic.criteria(unit_id=clinic.at.units["norte"]))
    assert {slot.unit_id for slot in found} == {clinic.at.units["norte"]}


def test_only_doctors_who_take_the_payer(clinic):
    found = clinic.agenda.next_free(clinic.criteria(payer_id=clinic.at.payers["saude"]), limit=30)
    assert {slot.doctor_id for slot in found} == {clinic.at.doctors["marina"]}


def test_a_payer_counts_only_where_the_doctor_takes_it(clinic):
    hours(clinic, "marina", ("norte", 8, 12, "in_person"), ("centro", 14, 16, "in_person"))
    found = clinic.agenda.next_free(clinic.criteria(payer_id=clinic.at.payers["saude"]), limit=9)
    assert len(found) == 9
    assert {slot.unit_id for slot in found} == {clinic.at.units["centro"]}


def test_video_is_what_is_for_video_or_for_either(clinic):
    hours(clinic, "marina", ("centro", 8, 9, "in_person"), ("centro", 9, 10, "video"), ("centro", 14, 15, "any"))
    found = clinic.agenda.next_free(clinic.criteria(modality="video"), limit=8)
    assert {slot.modality for slot in found} == {"video", "any"}


@pytest.mark.parametrize("minutes", [0, 30, 60, 90])
def test_a_visit_gets_the_time_it_needs(clinic, minutes):
    for slot in clinic.agenda.next_free(clinic.criteria(minutes=minutes), limit=12):
        hold = clinic.bookings.hold(slot, by="call", minutes=minutes)
        assert hold.slot.ends_at - slot.starts_at >= timedelta(minutes=minutes)
        clinic.bookings.release(hold)


def test_a_long_visit_is_not_offered_where_a_slot_in_its_middle_is_taken(clinic):
    clinic.book("alice", clinic.slot(place=1))
    starts = [local(clinic, slot).time() for slot in clinic.agenda.next_free(clinic.criteria(minutes=60), limit=2)]
    assert starts == [time(11), time(13)]


def test_a_long_visit_is_found_however_far_away(clinic):
    profile = clinic.profile.get()
    clinic.profile.save(profile.model_copy(update={"booking_days": 60}))
    hours(clinic, "marina", ("centro", 8, 9, "in_person"))
    clinic.agenda.add_absence(clinic.at.doctors["paulo"], clinic.clock(), clinic.clock() + timedelta(days=50))
    found = clinic.agenda.next_free(clinic.criteria(doctor="paulo", minutes=120), limit=1)
    assert found[0].starts_at > clinic.clock() + timedelta(days=50)


def test_nothing_is_found_where_nothing_fits(clinic):
    assert clinic.agenda.next_free(clinic.criteria(minutes=600)) == []
    assert clinic.agenda.next_free(clinic.criteria("cardiology", "sergio")) == []


def test_a_good_day_gives_all_its_times(clinic):
    found = clinic.agenda.on_day(clinic.criteria(doctor="marina"), MONDAY + timedelta(days=1))
    assert (found.reason, found.nearest) == (None, [])
    assert [local(clinic, slot).time() for slot in found.times] == [time(h, m) for h in range(8, 12) for m in (0, 30)]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (SATURDAY, "no_hours"),
        (CHRISTMAS, "holiday"),
        (MONDAY - timedelta(days=1), "past"),
        (MONDAY + timedelta(days=120), "outside_window"),
    ],
)
def test_a_day_that_will_not_do_says_why_and_gives_the_nearest_three(clinic, day, reason):
    found = clinic.agenda.on_day(clinic.criteria(), day)
    assert (found.reason, found.times, len(found.nearest)) == (reason, [], 3)


def test_a_holiday_has_its_name(clinic):
    assert clinic.agenda.on_day(clinic.criteria(), CHRISTMAS).holiday_name == "Natal"


def test_a_full_day_says_so_and_the_nearest_are_around_it(clinic):
    tuesday = MONDAY + timedelta(days=1)
    for slot in clinic.agenda.on_day(clinic.criteria(doctor="marina"), tuesday).times:
        clinic.bookings.hold(slot, by="many")
    found = clinic.agenda.on_day(clinic.criteria(doctor="marina"), tuesday)
    assert found.reason == "full"
    assert {local(clinic, slot).date() for slot in found.nearest} <= {MONDAY, tuesday + timedelta(days=1)}


def test_a_day_without_any_free_time_at_all_has_no_nearest(clinic):
    clinic.agenda.set_hours(clinic.at.doctors["marina"], [])
    found = clinic.agenda.on_day(clinic.criteria(doctor="marina"), MONDAY + timedelta(days=1))
    assert (found.reason, found.nearest) == ("no_hours", [])


def test_a_day_is_a_day_at_the_unit(clinic):
    """In Noronha eleven in the evening is already tomorrow in UTC."""
    unit = clinic.directory.add_unit("Noronha", "BR-363, 1", "Fernando de Noronha", "PE", "America/Noronha", position=9)
    evening = [HoursInput(unit, day, time(22), time(23, 30)) for day in range(5)]
    clinic.agenda.set_hours(clinic.at.doctors["marina"], evening)
    found = clinic.agenda.on_day(clinic.criteria(doctor="marina"), MONDAY + timedelta(days=1))
    assert [local(clinic, slot).strftime("%d %H:%M") for slot in found.times] == ["24 22:00", "24 22:30", "24 23:00"]
