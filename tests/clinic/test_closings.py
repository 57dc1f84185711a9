"""Days on which the clinic closes."""

from datetime import date, timedelta

import pytest

from clinic.closings import KnownDay

TUESDAY = date(2026, 11, 24)
CHRISTMAS = date(2026, 12, 25)


def times(clinic, day=TUESDAY, doctor="marina"):
    return clinic.agenda.on_day(clinic.criteria(doctor=doctor), day)


def test_a_closed_day_has_no_times_and_says_why(clinic):
    clinic.closings.add(TUESDAY, "Reforma")
    found = times(clinic)
    assert (found.times, found.reason, found.holiday_name) == ([], "holiday", "Reforma")


def test_a_unit_closes_alone(clinic):
    clinic.closings.add(TUESDAY, "Dedetização", clinic.at.units["norte"])
    assert times(clinic).times
    [closing] = clinic.closings.own()
    assert (closing.name, closing.unit_id) == ("Dedetização", clinic.at.units["norte"])


def test_a_day_taken_back_can_be_booked_again(clinic):
    clinic.closings.add(TUESDAY, "Reforma")
    clinic.closings.remove(clinic.closings.own()[0].id)
    clinic.agenda.catch_up()
    assert len(times(clinic).times) == 8


def test_what_is_booked_stays_and_is_told_of(clinic):
    visit = clinic.book("alice", times(clinic).times[0])
    assert [one.id for one in clinic.closings.hit(TUESDAY, None)] == [visit.id]
    assert clinic.closings.hit(TUESDAY, clinic.at.units["norte"]) == []
    assert clinic.closings.hit(TUESDAY + timedelta(days=1), None) == []
    clinic.closings.add(TUESDAY, "Reforma")
    assert clinic.bookings.get(visit.id).status == "booked"


def test_the_same_day_is_not_written_twice(any_clinic):
    clinic = any_clinic
    clinic.closings.add(TUESDAY, "Reforma")
    with pytest.raises(KnownDay):
        clinic.closings.add(TUESDAY, "Outra coisa")
    clinic.closings.add(TUESDAY, "Só em Santana", clinic.at.units["norte"])
    assert len(clinic.closings.own()) == 2


def test_a_past_day_is_refused(clinic):
    with pytest.raises(ValueError, match="2026-11-22"):
        clinic.closings.add(date(2026, 11, 22), "Ontem")


def test_nothing_is_removed_that_is_not_there(clinic):
    with pytest.raises(KeyError):
        clinic.closings.remove(999)


def test_public_holidays_are_known_for_each_unit(clinic):
    [christmas] = [one for one in clinic.closings.public() if one.day == CHRISTMAS]
    assert christmas.unit_ids == tuple(clinic.at.units.values())


def test_the_clinic_may_work_on_a_public_holiday(clinic):
    friday = CHRISTMAS
    assert times(clinic, friday).holiday_name
    clinic.closings.add(friday, "Plantão", works=True)
    clinic.agenda.catch_up()
    assert times(clinic, friday).times
