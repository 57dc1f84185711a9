"""An encaixe is made by who knows what stands against it."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update

from clinic import extra_facts
from clinic.agenda import HoursInput
from clinic.extra_facts import NotKnown
from clinic.visits import Extra
from db.tables import Slot
from tests.clinic.margins import with_margin

LATER = timedelta(days=1)


def extra(clinic, **changes):
    """On Tuesday at 10:15, within Marina's hours, between two free times."""
    slot, kind = clinic.slot("marina"), clinic.directory.kind("consultation")
    at = slot.starts_at.replace(hour=13, minute=15) + LATER
    one = Extra(slot.doctor_id, slot.unit_id, at, kind, "attendant", "dor forte")
    return replace(one, **changes)


def told(clinic, wanted):
    return [one.what for one in clinic.bookings.against_extra(wanted)]


def book(clinic, wanted, known="", who="carla"):
    return clinic.bookings.book_extra(clinic.people[who], wanted, "user:1", known=known)


def test_a_time_that_could_be_booked_is_told(any_clinic):
    facts = any_clinic.bookings.against_extra(extra(any_clinic))
    assert [(one.what, f"{one.starts_at:%H:%M}") for one in facts] == [("free", "13:00"), ("free", "13:30")]


def test_the_doctors_other_visit_is_told_wherever_it_is(any_clinic):
    wanted = extra(any_clinic)
    elsewhere = replace(wanted, unit_id=any_clinic.at.units["norte"], modality="video")
    visit = any_clinic.bookings.book_extra(any_clinic.people["bruno"], elsewhere, "user:1")
    fact = any_clinic.bookings.against_extra(wanted)[0]
    assert (fact.what, fact.entity_id, fact.modality) == ("visit", visit.id, "video")


def test_the_doctors_absence_is_told(any_clinic):
    wanted = extra(any_clinic)
    any_clinic.agenda.add_absence(wanted.doctor_id, wanted.starts_at, wanted.ends_at, "congresso")
    fact = any_clinic.bookings.against_extra(wanted)[0]
    assert (fact.what, fact.name) == ("away", "congresso")


def test_a_closed_day_is_told(any_clinic):
    wanted = extra(any_clinic)
    any_clinic.closings.add(date(2026, 11, 24), "Aniversário da clínica", wanted.unit_id)
    fact = any_clinic.bookings.against_extra(wanted)[0]
    assert (fact.what, fact.name) == ("closed", "Aniversário da clínica")


@pytest.mark.parametrize("hour", [10, 15, 20])
def test_what_is_outside_the_doctors_hours_is_told(clinic, hour):
    wanted = extra(clinic)
    assert told(clinic, replace(wanted, starts_at=wanted.starts_at.replace(hour=hour)))[:1] == ["outside"]


def test_what_is_in_her_hours_at_another_unit_is_outside(clinic):
    wanted = extra(clinic)
    norte = clinic.at.units["norte"]
    clinic.agenda.set_hours(wanted.doctor_id, [HoursInput(norte, 1, time(8), time(12))])
    assert "outside" in told(clinic, wanted)
    assert "outside" not in told(clinic, replace(wanted, unit_id=norte))


def test_blocked_time_is_told(any_clinic):
    wanted = extra(any_clinic)
    any_clinic.database.change(update(Slot).values(status="blocked"))
    assert told(any_clinic, wanted) == ["blocked"] * 2


def test_who_is_booking_at_this_moment_is_told(clinic):
    wanted = extra(clinic)
    slot = next(one for one in clinic.agenda.on_day(clinic.criteria(doctor="marina"), date(2026, 11, 24)).times
                if one.ends_at > wanted.starts_at)  # fmt: skip
    clinic.bookings.hold(slot, by="test-call")
    assert told(clinic, wanted) == ["held", "free"]


def test_nobody_is_let_in_by_who_was_not_told(any_clinic):
    with pytest.raises(NotKnown) as new:
        book(any_clinic, extra(any_clinic))
    assert [one.what for one in new.value.facts] == ["free", "free"]
    assert book(any_clinic, extra(any_clinic), extra_facts.stamp(new.value.facts)).status == "booked"


def test_what_has_come_since_is_told_again(any_clinic):
    wanted = extra(any_clinic)
    known = extra_facts.stamp(any_clinic.bookings.against_extra(wanted))
    any_clinic.agenda.add_absence(wanted.doctor_id, wanted.starts_at, wanted.ends_at, "gripe")
    with pytest.raises(NotKnown) as new:
        book(any_clinic, wanted, known)
    assert new.value.facts[0].what == "away"


def test_where_nothing_stands_against_it_nothing_is_asked(clinic):
    wanted = extra(clinic)
    for slot in clinic.agenda.on_day(clinic.criteria(doctor="marina"), date(2026, 11, 24)).times:
        clinic.database.change(update(Slot).where(Slot.id == slot.id).values(status="booked"))
    assert book(clinic, wanted).status == "booked"


@pytest.mark.parametrize(("at", "what"), [("14:00", ["margin"]), ("14:15", []), ("12:30", []), ("12:55", ["margin"])])
def test_the_time_beside_a_visit_is_told(clinic, at, what):
    kind, wanted = with_margin(clinic, before=10, after=10, code="exam"), extra(clinic)
    slot = next(one for one in clinic.agenda.on_day(clinic.criteria(doctor="marina"), date(2026, 11, 24)).times
                if one.ends_at > wanted.starts_at + timedelta(minutes=15))  # fmt: skip
    hold = clinic.bookings.hold(slot, "call", kind.minutes, kind.margin)
    clinic.bookings.book(clinic.people["alice"], hold, replace(clinic.terms(slot), kind=kind), "telephone")
    moment = wanted.starts_at.replace(hour=int(at[:2]), minute=int(at[3:]))
    assert [one for one in told(clinic, replace(wanted, starts_at=moment)) if one in ("visit", "margin")] == what


def test_its_own_margin_is_told_too(clinic):
    wanted = extra(clinic)
    clinic.book("alice", clinic.agenda.on_day(clinic.criteria(doctor="marina"), date(2026, 11, 24)).times[3])
    soon = replace(wanted, kind=with_margin(clinic, after=30), starts_at=wanted.starts_at.replace(hour=11, minute=50))
    assert "margin" in told(clinic, soon)
    assert "margin" not in told(clinic, replace(soon, starts_at=soon.starts_at.replace(hour=10)))
