"""Time that passed unused is counted before its slots are deleted."""

from datetime import UTC, date, datetime

from sqlalchemy import insert, select

from db.tables import OfferedTime, Slot

MONDAY = date(2026, 11, 23)


def offered(clinic, doctor="marina"):
    mine = select(OfferedTime.day, OfferedTime.minutes).where(OfferedTime.doctor_id == clinic.at.doctors[doctor])
    return {row.day: row.minutes for row in clinic.database.rows(mine.order_by(OfferedTime.day))}


def days_later(clinic, days):
    clinic.clock.move(days=days)
    clinic.agenda.extend()


def test_unused_time_is_kept_when_its_slots_go(any_clinic):
    days_later(any_clinic, 1.5)  # Monday from nine on: six slots were left of Marina's morning
    assert offered(any_clinic) == {MONDAY: 180}


def test_time_that_was_taken_stays_as_a_slot(clinic):
    clinic.book("alice")
    days_later(clinic, 1.5)
    assert offered(clinic) == {MONDAY: 150}


def test_the_same_time_is_counted_once(clinic):
    days_later(clinic, 1.5)
    clinic.agenda.extend()
    assert offered(clinic) == {MONDAY: 180}


def test_an_absence_offers_nothing(clinic):
    day = datetime(2026, 11, 24, tzinfo=UTC)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], day, day.replace(day=25))
    days_later(clinic, 4)
    assert date(2026, 11, 24) not in offered(clinic)


def test_a_day_is_the_units_own(clinic):
    late = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)  # half past ten in the evening of Monday, in São Paulo
    clinic.database.change(insert(Slot).values(
        doctor_id=clinic.at.doctors["marina"], unit_id=clinic.at.units["centro"], modality="in_person",
        period="afternoon", starts_at=late, ends_at=late.replace(hour=2, minute=0), status="free",
    ))  # fmt: skip
    clinic.clock.move(days=3)
    clinic.agenda.generate(clinic.at.doctors["marina"])
    assert offered(clinic)[MONDAY] == 180 + 30
