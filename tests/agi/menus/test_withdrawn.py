"""What the clinic offers no more is still named where an appointment has it."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from db.tables import Payer, Specialty, Unit
from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk

PLACES = {"unit": (Unit, "centro"), "payer": (Payer, "saude"), "specialty": (Specialty, "general")}


def withdraw(clinic, what):
    """As an administrator does it: the row stays, and is offered no more."""
    table, name = PLACES[what]
    ids = {"unit": clinic.at.units, "payer": clinic.at.payers, "specialty": clinic.at.specialties}[what]
    clinic.directory._save(lambda connection: connection.execute(_off(table, ids[name])))


def _off(table, one):
    return update(table).where(table.id == one).values(active=False)


@pytest.fixture
def booked(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="t")
    terms = replace(clinic.terms(slot), payer_id=clinic.at.payers["saude"])
    return clinic.bookings.book(clinic.people["bruno"], hold, terms, via="telephone")


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("keys", [("2",), ("3", "1", "1"), ("4",), ("5", "1"), ("1",)], ids=lambda keys: keys[0])
def test_every_menu_goes_on(clinic, booked, what, keys):
    withdraw(clinic, what)
    call = talk(clinic, *BRUNO, *keys)
    assert in_order(call.heard, "main/next", "with/doctor-f", "main/book")
    assert heard_name(call, "Centro")


@pytest.mark.parametrize("what", PLACES)
def test_a_visit_of_old_does_no_harm(clinic, booked, what):
    clinic.clock.move(days=1)
    withdraw(clinic, what)
    assert in_order(talk(clinic, *BRUNO, "1", "1").heard, "main/book")
