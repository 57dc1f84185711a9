"""Who takes slots and refers to their doctor goes the way of who makes slots: first the doctor, then the slots."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Doctor
from tests.clinic.test_extra_moves import extra
from tests.clinic.test_margins import NINE, TEN, HeardDatabase, book, morning
from tests.clinic.test_requests_to_move import asks, visit
from tests.clinic.waiting.listed import frees, joins, nothing_free, rounds

__all__ = ["visit"]


@pytest.fixture
def heard():
    return []


@pytest.fixture
def there(clinic, heard):
    """The same clinic, of whose transactions each statement is heard."""
    url = clinic.database.url.render_as_string(hide_password=False)
    return open_clinic(Settings(database_url=url), clinic.clock, HeardDatabase(url, heard.append))


def in_order(heard):
    """Whether the doctor is kept from changing before the first slot is taken, in the transaction that took it."""
    [doctor, *_] = [at for at, one in enumerate(heard) if one.startswith("SELECT doctors.id")]
    taken = [at for at, one in enumerate(heard) if one.startswith("UPDATE slots") and at > _begun(heard, doctor)]
    return doctor < min(taken)


def _begun(heard, place):
    return max((at for at, one in enumerate(heard[:place]) if one.startswith("COMMIT")), default=0)


def test_an_offer_keeps_the_makers_of_slots_away_before_it_takes_any(clinic, there, heard):
    nothing_free(clinic)
    joins(clinic, "alice")
    frees(clinic)
    assert rounds(there) == 1
    assert in_order(heard)


def test_so_does_moving(clinic, there, heard):
    free, kind = morning(clinic), clinic.directory.kind("consultation")
    old = book(clinic, free[NINE], kind)
    hold = there.bookings.hold(free[TEN], "call")
    there.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert in_order(heard)


def test_so_does_moving_what_somebody_has_asked_to_move(clinic, there, heard, visit):
    asks(clinic, visit)
    clinic.database.change(update(Doctor).values(approves=False))
    there.practice.forget()
    hold = there.bookings.hold(clinic.slot("rita", "cardiology", 3), "call")
    there.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone")
    assert in_order(heard)


def test_so_does_moving_an_encaixe_that_somebody_has_asked_to_move(clinic, there, heard):
    slot = clinic.slot("rita", "cardiology")
    wanted = extra(clinic, doctor_id=slot.doctor_id, unit_id=slot.unit_id)
    visit = clinic.bookings.book_extra(clinic.people["alice"], wanted, "user:1")
    clinic.bookings.reschedule(clinic.people["alice"], visit.id, clinic.bookings.hold(slot, "call"), "telephone")
    later = replace(wanted, starts_at=wanted.starts_at + timedelta(hours=2), moving=visit.id)
    there.desk.bookings.move_extra(visit.id, later, "user:1")
    assert in_order(heard)


def test_it_is_a_lock_that_any_number_may_have(any_clinic):
    kind, free = any_clinic.directory.kind("consultation"), morning(any_clinic)
    old = book(any_clinic, free[NINE], kind)
    hold = any_clinic.bookings.hold(free[TEN], "call")
    assert any_clinic.bookings.reschedule(any_clinic.people["alice"], old.id, hold, "telephone").status == "booked"
