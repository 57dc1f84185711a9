"""Whatever breaks off in the middle leaves all as it was: at every statement, by an error or by kill -9."""

import os
import signal

import pytest
from sqlalchemy import func, select

from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Appointment, AppointmentChange, Slot
from tests.clinic.breaking import BreakingDatabase, Broken, breaks

MOST = 40


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def breaking(clinic, at, broken=breaks):
    """The same clinic, on a database that breaks off at a statement."""
    url = clinic.database.url.render_as_string(hide_password=False)
    return open_clinic(Settings(database_url=url), clinic.clock, BreakingDatabase(url, at, broken))


def picture(clinic):
    """All that a booking changes."""
    rows = clinic.database.rows
    return (
        rows(select(Appointment.id, Appointment.status, Appointment.live).order_by(Appointment.id)),
        rows(select(Slot.id, Slot.status, Slot.appointment_id, Slot.hold_token).order_by(Slot.id)),
        rows(select(func.count()).select_from(AppointmentChange)),
    )


def a_booking(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    return lambda there: there.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")


def a_move(clinic):
    old = clinic.book("alice")
    hold = clinic.bookings.hold(clinic.slot(), by="call")
    return lambda there: there.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")


def a_cancelling(clinic):
    old = clinic.book("alice")
    return lambda there: there.bookings.cancel(clinic.people["alice"], old.id, "other", "telephone")


def a_withdrawn_move(clinic):
    old = clinic.book("alice")
    hold = clinic.bookings.hold(clinic.slot(), by="call")
    clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone", key="key")
    return lambda there: there.bookings.withdraw("key")


def an_absence(clinic):
    start, end = clinic.clock(), clinic.slot(place=9).starts_at
    clinic.book("alice")
    return lambda there: there.agenda.add_absence(clinic.at.doctors["marina"], start, end)


ACTS = [a_booking, a_move, a_cancelling, a_withdrawn_move, an_absence]


@pytest.mark.parametrize("act", ACTS)
def test_an_error_at_any_statement_leaves_all_as_it_was(clinic, act):
    do = act(clinic)
    before = picture(clinic)
    for at in range(1, MOST):
        there = breaking(clinic, at)
        try:
            do(there)
        except Broken:
            assert picture(clinic) == before, f"statement {at}"
        else:
            break
    assert 4 < at < MOST - 1
    assert picture(clinic) != before


@pytest.mark.parametrize("act", [a_booking, a_move])
def test_kill_minus_nine_at_any_statement_leaves_all_as_it_was(clinic, act):
    do = act(clinic)
    before = picture(clinic)
    clinic.database.close()
    for at in range(1, MOST):
        if ended_by(lambda at=at: do(breaking(clinic, at, lambda: os.kill(os.getpid(), signal.SIGKILL)))) == 0:
            break
        assert picture(clinic) == before, f"statement {at}"
        clinic.database.close()
    assert 4 < at < MOST - 1
    assert picture(clinic) != before


def ended_by(work):
    """Run in a process of its own; the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
