"""What the clinic offers no more is still named where an appointment has it."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, insert, update

from db.tables import DoctorPayer, DoctorSpecialty, Payer, Specialty, Unit
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


def drop_plan(clinic):
    """Marina takes the plan no more."""
    mine = delete(DoctorPayer).where(DoctorPayer.payer_id == clinic.at.payers["saude"])
    clinic.directory._save(lambda connection: connection.execute(mine))


def visited(clinic, booked, days):
    clinic.clock.now = booked.starts_at
    clinic.bookings.arrive(booked.id, by="desk")
    clinic.bookings.fulfil(booked.id, by="desk")
    clinic.clock.move(days=days)


@pytest.mark.parametrize("how", [drop_plan, lambda clinic: withdraw(clinic, "payer")])
def test_a_retorno_goes_on_though_the_plan_was_dropped(clinic, booked, how):
    visited(clinic, booked, days=3)
    how(clinic)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/return", "choose/return-goes-on", "times/later", "kind/return", "booking/done")
    assert not {"booking/by-payer", "booking/price"} & set(call.heard)


@pytest.mark.parametrize("how", [drop_plan, lambda clinic: withdraw(clinic, "payer")])
def test_again_with_a_plan_that_was_dropped_is_told_and_paid_otherwise(clinic, booked, how):
    visited(clinic, booked, days=60)
    how(clinic)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/again", "choose/payer-dropped", "times/later", "booking/price", "booking/done")


def test_what_else_the_doctor_takes_is_asked(clinic, booked):
    visited(clinic, booked, days=60)
    drop_plan(clinic)
    other = clinic.directory.add_payer("Vida Boa", position=2)
    clinic.directory.accept(clinic.at.doctors["marina"], other, [clinic.at.units["centro"]])
    call = talk(clinic, *BRUNO, "1", "1", "3", "1", "1", "1")
    assert in_order(call.heard, "choose/payer-dropped", "choose/payer", "choose/a-payer", "booking/by-payer")
    assert clinic.bookings.upcoming(clinic.people["bruno"])[0].payer_id == other


def test_star_at_who_pays_comes_back_to_the_doctor_again(clinic, booked):
    visited(clinic, booked, days=60)
    drop_plan(clinic)
    other = clinic.directory.add_payer("Vida Boa", position=2)
    clinic.directory.accept(clinic.at.doctors["marina"], other, [clinic.at.units["centro"]])
    assert talk(clinic, *BRUNO, "1", "1", "*").trail[-2:] == ["choose_payer", "again"]


def test_moving_under_a_dropped_plan_is_for_a_person(clinic, booked):
    drop_plan(clinic)
    call = talk(clinic, *BRUNO, "4")
    assert in_order(call.heard, "reschedule/payer-dropped", "main/book")
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["bruno"])] == [booked.id]


def test_a_specialty_that_was_closed_lets_its_visits_move(clinic, booked):
    clinic.directory._save(lambda c: c.execute(insert(DoctorSpecialty).values(**also_ecg(clinic))))
    withdraw(clinic, "specialty")
    assert in_order(talk(clinic, *BRUNO, "4", "1", "1").heard, "reschedule/moving", "reschedule/done")


def also_ecg(clinic):
    return {"doctor_id": clinic.at.doctors["marina"], "specialty_id": clinic.at.specialties["ecg"]}
