"""What a doctor arranges, and whom a change of it hits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from clinic.agenda import HoursInput
from clinic.practice import OFFERED_AGAIN, EndsBeforeItBegins
from db.tables import AppointmentChange as Change

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
TUESDAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), SAO_PAULO)


@pytest.fixture
def marina(clinic) -> int:
    return clinic.at.doctors["marina"]


def tuesday(clinic, who="alice", place=0):
    """A visit with Marina on Tuesday, at 8:00 or later."""
    slots = clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times
    return clinic.book(who, slots[place])


def mornings(clinic, starts: int = 8, ends: int = 12, **more):
    return [HoursInput(clinic.at.units["centro"], day, time(starts), time(ends), **more) for day in range(5)]


def test_hours_are_read_as_they_were_written(clinic, marina):
    clinic.practice.set_hours(marina, mornings(clinic, 9, modality="any", slot_minutes=20))
    assert clinic.practice.hours(marina) == mornings(clinic, 9, modality="any", slot_minutes=20)


def test_hours_that_still_cover_a_visit_do_not_hit_it(clinic, marina):
    tuesday(clinic)
    assert clinic.practice.hit_by_hours(marina, mornings(clinic)) == []


@pytest.mark.parametrize("change", [{"starts": 9}, {"modality": "video"}, {"valid_from": date(2027, 1, 1)}])
def test_hours_that_leave_a_visit_out_hit_it(clinic, marina, change):
    visit = tuesday(clinic)
    [hit] = clinic.practice.hit_by_hours(marina, mornings(clinic, **change))
    assert (hit.id, hit.patient, hit.starts_at) == (visit.id, "Alice Ferreira", at(8))


def test_hours_at_another_unit_hit_the_visit(clinic, marina):
    tuesday(clinic)
    elsewhere = [HoursInput(clinic.at.units["norte"], 1, time(8), time(12))]
    assert len(clinic.practice.hit_by_hours(marina, elsewhere)) == 1


def test_a_visit_to_the_end_of_the_hours_is_within_them(clinic, marina):
    tuesday(clinic, place=7)  # 11:30 to 12:00
    assert clinic.practice.hit_by_hours(marina, mornings(clinic)) == []
    assert len(clinic.practice.hit_by_hours(marina, mornings(clinic, ends=11))) == 1


def test_an_absence_tells_beforehand_whom_it_hits(clinic, marina):
    visit = tuesday(clinic)
    [hit] = clinic.practice.hit_by_absence(marina, at(7), at(9))
    assert hit.id == visit.id
    assert clinic.practice.absences(marina) == []
    assert clinic.practice.hit_by_absence(marina, at(8, 30), at(9)) == []


def test_an_absence_is_listed_and_removed(clinic, marina):
    assert clinic.practice.add_absence(marina, at(7), at(18), "Congresso") == []
    [absence] = clinic.practice.absences(marina)
    assert (absence.starts_at, absence.ends_at, absence.reason) == (at(7), at(18), "Congresso")
    clinic.practice.remove_absence(marina, absence.id)
    assert clinic.practice.absences(marina) == []


def test_nobody_removes_anothers_absence(clinic, marina):
    clinic.practice.add_absence(marina, at(7), at(18))
    [absence] = clinic.practice.absences(marina)
    with pytest.raises(KeyError):
        clinic.practice.remove_absence(clinic.at.doctors["paulo"], absence.id)


@pytest.mark.parametrize("ends", [at(7), at(6), at(8, day=date(2026, 11, 20))])
def test_an_absence_that_is_none_is_refused(clinic, marina, ends):
    with pytest.raises(EndsBeforeItBegins):
        clinic.practice.add_absence(marina, at(7), ends)
    with pytest.raises(EndsBeforeItBegins):
        clinic.practice.hit_by_absence(marina, at(7), ends)


def test_all_who_are_hit_are_offered_another_time_at_once(clinic, marina):
    ids = [tuesday(clinic).id, tuesday(clinic, "bruno", 1).id]
    hit = clinic.practice.add_absence(marina, at(7), at(18))
    assert hit == ids
    assert clinic.practice.offer_again(marina, hit, "user:1") == 2
    assert clinic.practice.offer_again(marina, hit, "user:1") == 0
    assert all(one.tell_by_phone for one in clinic.practice.day(marina, TUESDAY))


def test_what_is_offered_again_stands_in_the_history(clinic, marina):
    visit = tuesday(clinic)
    clinic.practice.offer_again(marina, [visit.id], "user:1", "Congresso")
    lines = select(Change.event, Change.by, Change.note).where(Change.appointment_id == visit.id)
    assert clinic.database.rows(lines.order_by(Change.id))[-1] == (OFFERED_AGAIN, "user:1", "Congresso")


def test_nothing_is_offered_for_another_doctors_visits(clinic, marina):
    visit = tuesday(clinic)
    assert clinic.practice.offer_again(clinic.at.doctors["paulo"], [visit.id], "user:1") == 0


def test_the_day_is_the_units_own(clinic, marina):
    visit = tuesday(clinic)
    assert [one.id for one in clinic.practice.day(marina, TUESDAY)] == [visit.id]
    assert clinic.practice.day(marina, TUESDAY + timedelta(days=1)) == []


def test_a_cancelled_visit_is_not_in_the_day(clinic, marina):
    visit = tuesday(clinic)
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", via="web")
    assert clinic.practice.day(marina, TUESDAY) == []


def test_requests_wait_with_the_most_urgent_first(clinic):
    rita = clinic.at.doctors["rita"]
    later = clinic.book("alice", clinic.slot("rita", "cardiology", 20), "cardiology")
    sooner = clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology")
    found = clinic.practice.requests(rita)
    assert {one.id for one in found} == {later.id, sooner.id}
    assert [one.answer_by for one in found] == sorted(one.answer_by for one in found)


def test_whose_visit_it_is(clinic, marina):
    assert clinic.practice.doctor_of(tuesday(clinic).id) == marina
    with pytest.raises(KeyError):
        clinic.practice.doctor_of(999)
