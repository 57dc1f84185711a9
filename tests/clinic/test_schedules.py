"""Slots follow hours, absences and holidays; what is taken is never touched."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from clinic.agenda import HoursInput, OverlappingHours
from clinic.bookings import SlotTaken
from clinic.editing import stamp
from db.tables import Slot


def slots_of(clinic, doctor, *statuses):
    mine = select(Slot.starts_at, Slot.ends_at, Slot.status).where(Slot.doctor_id == clinic.at.doctors[doctor])
    rows = clinic.database.rows(mine.order_by(Slot.starts_at))
    return [row for row in rows if not statuses or row.status in statuses]


def marina_works(clinic, starts=8, ends=12, minutes=30, unit="centro", days=range(5)):
    hours = [HoursInput(clinic.at.units[unit], day, time(starts), time(ends), slot_minutes=minutes) for day in days]
    clinic.agenda.set_hours(clinic.at.doctors["marina"], hours)


def test_slots_reach_to_the_end_of_the_booking_window(any_clinic):
    last = slots_of(any_clinic, "marina")[-1].starts_at.date()
    assert last == any_clinic.clock().date() + timedelta(days=91)  # a day more, for units far west


def test_every_night_the_window_moves_on(any_clinic):
    before = len(slots_of(any_clinic, "marina"))
    any_clinic.clock.move(days=3)
    assert any_clinic.agenda.extend() > 0
    assert any_clinic.agenda.extend() == 0
    assert slots_of(any_clinic, "marina")[-1].starts_at.date() > any_clinic.clock().date() + timedelta(days=88)
    assert len(slots_of(any_clinic, "marina")) < before + 16  # old free ones go


def test_new_hours_leave_what_is_booked(any_clinic):
    booked = any_clinic.book("alice")
    marina_works(any_clinic, 14, 18)
    assert any_clinic.bookings.upcoming(any_clinic.people["alice"]) == [booked]
    assert [row.starts_at for row in slots_of(any_clinic, "marina", "booked")] == [booked.starts_at]
    assert any_clinic.slot().starts_at.hour == 17


def test_new_hours_overlap_nothing_that_is_taken(any_clinic):
    any_clinic.book("alice", any_clinic.slot(place=1))
    marina_works(any_clinic, minutes=20)
    rows = slots_of(any_clinic, "marina")
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(rows))


def test_what_was_booked_outside_the_hours_is_not_offered_when_it_is_cancelled(any_clinic):
    booked = any_clinic.book("alice")
    marina_works(any_clinic, 14, 18)
    any_clinic.bookings.cancel(any_clinic.people["alice"], booked.id, "other", "telephone")
    any_clinic.clock.move(seconds=11)
    assert any_clinic.slot().starts_at.hour == 17
    any_clinic.agenda.generate(any_clinic.at.doctors["marina"])
    assert slots_of(any_clinic, "marina", "blocked") == []


def test_what_was_left_over_is_offered_when_the_hours_are_as_before(any_clinic):
    booked = any_clinic.book("alice", any_clinic.slot(place=1))
    marina_works(any_clinic, 14, 18)
    any_clinic.bookings.cancel(any_clinic.people["alice"], booked.id, "other", "telephone")
    any_clinic.clock.move(seconds=11)
    marina_works(any_clinic)
    assert any_clinic.slot().starts_at == booked.starts_at


def test_the_same_hours_again_keep_the_slots_they_are(clinic):
    slot = clinic.slot()
    marina_works(clinic)
    assert clinic.slot() == slot


def test_hours_at_a_unit_out_of_use_wait_for_it(any_clinic):
    clinic, rita = any_clinic, any_clinic.at.doctors["rita"]
    norte, before = clinic.editing.record("unit", clinic.at.units["norte"]), clinic.practice.hours(rita)
    clinic.editing.save("unit", norte["id"], {"active": False}, stamp(norte))
    clinic.agenda.set_hours(rita, [HoursInput(clinic.at.units["centro"], 0, time(14), time(16))])
    clinic.editing.save("unit", norte["id"], {"active": True}, stamp(norte | {"active": False}))
    assert len(clinic.practice.hours(rita)) == len(before) + 1


def test_a_held_time_survives_new_hours(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    marina_works(clinic, 14, 18)
    assert clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone").status == "booked"


def test_a_doctor_on_leave_since_a_second_ago_is_not_booked(any_clinic):
    slot = any_clinic.slot()
    hold = any_clinic.bookings.hold(slot, by="call")
    day = timedelta(days=1)
    any_clinic.agenda.add_absence(slot.doctor_id, slot.starts_at - day, slot.starts_at + day, "ill")
    with pytest.raises(SlotTaken):
        any_clinic.bookings.book(any_clinic.people["alice"], hold, any_clinic.terms(slot), "telephone")
    with pytest.raises(SlotTaken):
        any_clinic.bookings.hold(slot, by="call")
    assert any_clinic.slot("marina").starts_at >= slot.starts_at + day


def test_an_absence_names_the_appointments_it_hits(any_clinic):
    hit = [any_clinic.book(who).id for who in ("alice", "bruno")]
    any_clinic.book("carla", any_clinic.slot("paulo"))
    start = any_clinic.clock()
    assert any_clinic.agenda.add_absence(any_clinic.at.doctors["marina"], start, start + timedelta(days=2)) == hit


def test_the_end_of_an_absence_brings_the_time_back(clinic):
    slot, start = clinic.slot(), clinic.clock()
    clinic.agenda.add_absence(slot.doctor_id, start, start + timedelta(days=2))
    clinic.agenda.remove_absence(1)
    assert clinic.slot().starts_at == slot.starts_at


def test_a_holiday_of_the_clinic_closes_it(clinic):
    clinic.closings.add(date(2026, 11, 24), "Aniversário da clínica", clinic.at.units["centro"])
    assert clinic.agenda.on_day(clinic.criteria(), date(2026, 11, 24)).holiday_name == "Aniversário da clínica"
    assert clinic.agenda.on_day(clinic.criteria("cardiology", "rita"), date(2026, 11, 24)).times


def test_the_clinic_may_work_on_a_holiday(clinic):
    clinic.closings.add(date(2026, 12, 25), "Plantão", works=True)
    clinic.agenda.catch_up()
    assert clinic.agenda.on_day(clinic.criteria(), date(2026, 12, 25)).times


def test_one_doctors_hours_may_not_overlap_wherever_they_are(clinic):
    units = clinic.at.units
    both = [
        HoursInput(units["centro"], 0, time(8), time(12)),
        HoursInput(units["norte"], 0, time(11), time(13), "video"),
    ]
    with pytest.raises(OverlappingHours):
        clinic.agenda.set_hours(clinic.at.doctors["marina"], both)
    assert clinic.slot("marina")


@pytest.mark.parametrize("wrong", [{"slot_minutes": 0}, {"weekday": 7}, {"ends": time(8)}])
def test_hours_that_make_no_sense_are_refused(clinic, wrong):
    right = {"unit_id": 1, "weekday": 0, "starts": time(8), "ends": time(12)}
    with pytest.raises(ValueError, match="HoursInput"):
        clinic.agenda.set_hours(clinic.at.doctors["marina"], [HoursInput(**{**right, **wrong})])


def test_a_doctor_who_left_has_no_free_time(clinic):
    clinic.directory.set_active(clinic.at.doctors["marina"], active=False)
    clinic.agenda.generate(clinic.at.doctors["marina"])
    assert slots_of(clinic, "marina", "free") == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.integers(6, 15), st.integers(1, 6), st.sampled_from([15, 20, 30, 45, 60]), st.booleans()),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_regeneration_never_touches_what_is_booked(clinic, changes):
    person = clinic.patients.register("Nova", date(1990, 1, 1))
    clinic.people["new"] = person
    for starts, length, minutes, book in changes:
        marina_works(clinic, starts, min(starts + length, 23), minutes)
        if book and len(clinic.bookings.upcoming(person)) < 3:
            clinic.book("new", clinic.slot("marina"))
        taken = {one.starts_at for one in clinic.bookings.upcoming(person)}
        rows = slots_of(clinic, "marina")
        assert taken <= {row.starts_at for row in rows if row.status == "booked"}
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(rows))


def test_slots_of_2018_know_the_summer_time_of_2018(clinic):
    clinic.clock.now = datetime(2018, 10, 29, 9, tzinfo=UTC)
    marina_works(clinic)
    local = {
        row.starts_at.astimezone(clinic.units.get(1).tz).hour
        for row in slots_of(clinic, "marina")
        if row.starts_at.year == 2018
    }
    assert local == {8, 9, 10, 11}
