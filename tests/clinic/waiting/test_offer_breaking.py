"""Whatever breaks off in the middle of an offer, or of an answer, leaves nothing held and nobody asked twice."""

import os
import signal

import pytest
from sqlalchemy import select

from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Appointment, OutboxRow, Slot, Waiting, WaitingOffer
from tests.clinic.breaking import BreakingDatabase, Broken, breaks
from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, rounds, slot_state

MOST = 60


@pytest.fixture
def full(any_clinic):
    nothing_free(any_clinic)
    joins(any_clinic, "bruno")
    frees(any_clinic)
    return any_clinic


def breaking(clinic, at, broken=breaks):
    """The same clinic, on a database that breaks off at a statement."""
    url = clinic.database.url.render_as_string(hide_password=False)
    return open_clinic(Settings(database_url=url), clinic.clock, BreakingDatabase(url, at, broken))


def picture(clinic):
    """All that offers and answers change."""
    rows = clinic.database.rows
    return (
        rows(select(WaitingOffer.id, WaitingOffer.status, WaitingOffer.live)),
        rows(select(Slot.id, Slot.status, Slot.hold_token).order_by(Slot.id)),
        rows(select(OutboxRow.id, OutboxRow.kind, OutboxRow.status).order_by(OutboxRow.id)),
        rows(select(Appointment.id, Appointment.status)),
        rows(select(Waiting.id, Waiting.live)),
    )


def an_offer(clinic):
    return rounds


def an_acceptance(clinic):
    rounds(clinic)
    one = open_offer(clinic).id
    return lambda there: there.waiting_list.offers.accept(one, "email")


def a_refusal(clinic):
    rounds(clinic)
    one = open_offer(clinic).id
    return lambda there: there.waiting_list.offers.end(one, "declined", "email", "patient:2")


@pytest.mark.parametrize("act", [an_offer, an_acceptance, a_refusal])
def test_an_error_at_any_statement_leaves_all_as_it_was(full, act):
    do = act(full)
    before = picture(full)
    for at in range(1, MOST):
        try:
            do(breaking(full, at))
        except Broken:
            assert picture(full) == before, f"statement {at}"
        else:
            assert at > 3
            return
    pytest.fail("it never came to an end")


def killed(clinic, at):
    """A round of a process of its own that is killed at a statement; whether it came to that."""
    clinic.database.close()
    child = os.fork()
    if child == 0:
        try:
            rounds(breaking(clinic, at, lambda: os.kill(os.getpid(), signal.SIGKILL)))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def test_a_worker_that_is_killed_between_hold_and_row_leaves_the_time_to_the_next_one(full):
    at = 1
    while killed(full, at):
        full.clock.move(seconds=1)
        assert offered(full) == []
        at += 1
    assert at > 3
    rounds(full)
    [(_, slot, status)] = offered(full)
    assert (status, slot_state(full, slot)) == ("open", ("held", True))
    told = full.database.rows(select(OutboxRow.id).where(OutboxRow.kind == "offer"))
    assert len(told) == 1
