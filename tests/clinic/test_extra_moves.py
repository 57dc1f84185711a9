"""An encaixe moves to another time beside the slots: its place in the quota, what stands against it, taking back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.bookings import ExtraQuotaFull, Overlaps, SlotTaken, WrongStatus
from clinic.days import Choice
from clinic.extra_facts import NotKnown
from clinic.visits import Extra
from db.tables import Appointment

DESK = "user:1"


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def extra(clinic, hour=17, **changes):
    """Of Marina's, today in the afternoon (UTC)."""
    kind, at = clinic.directory.kind("consultation"), clinic.at
    start = clinic.slot("marina").starts_at.replace(hour=hour)
    wanted = Extra(at.doctors["marina"], at.units["centro"], start, kind, "attendant", "dor forte")
    return replace(wanted, **changes)


def let_in(clinic, who="alice", hour=17):
    return clinic.bookings.book_extra(clinic.people[who], extra(clinic, hour), DESK)


def move(clinic, visit, hour=19, known=None, key=None, **changes):
    wanted = extra(clinic, hour, moving=visit.id, **changes)
    return clinic.desk.bookings.move_extra(visit.id, wanted, DESK, key, known)


def row(clinic, visit):
    return clinic.database.first(
        select(Appointment.status, Appointment.cancel_reason, Appointment.replaced_by, Appointment.extra_n).where(
            Appointment.id == visit.id
        )
    )


def test_it_stands_at_the_new_time_and_the_old_is_gone(clinic):
    old = let_in(clinic)
    new = move(clinic, old)
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [new]
    assert tuple(row(clinic, old)) == ("cancelled", "moved", new.id, None)
    [column] = clinic.desk.days.day(Choice(doctor_id=new.doctor_id), clinic.clock().date()).columns
    assert [(one.extra, one.starts_at) for one in column.visits] == [(True, new.starts_at)]


def test_on_a_full_day_it_moves_within_its_own_place(clinic):
    let_in(clinic, "bruno", 20)
    moved = move(clinic, let_in(clinic))
    assert row(clinic, moved).extra_n in (1, 2)


def test_on_another_day_there_must_be_a_place(clinic):
    tomorrow = extra(clinic).starts_at + timedelta(days=1)
    for who in ("bruno", "carla"):
        clinic.bookings.book_extra(clinic.people[who], extra(clinic, starts_at=tomorrow), DESK)
    old = let_in(clinic)
    with pytest.raises(ExtraQuotaFull):
        move(clinic, old, starts_at=tomorrow)
    assert row(clinic, old).status == "booked"


def test_what_stands_against_the_new_time_is_told_first_and_itself_is_not_among_it(clinic):
    old = let_in(clinic)
    with pytest.raises(NotKnown) as told:
        move(clinic, old, starts_at=old.starts_at + timedelta(minutes=10), known="")
    assert [one.what for one in told.value.facts] == ["outside"]
    assert row(clinic, old).status == "booked"


def test_what_is_told_before_is_what_is_told_at_the_end(clinic):
    old = let_in(clinic)
    clinic.bookings.book_extra(clinic.people["bruno"], extra(clinic, 19), DESK)
    told = clinic.bookings.against_extra(extra(clinic, 19, moving=old.id))
    with pytest.raises(NotKnown) as found:
        move(clinic, old, known="")
    assert found.value.facts == told


def test_another_visit_of_the_patient_keeps_it_where_it_is(clinic):
    old = let_in(clinic)
    booked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    with pytest.raises(Overlaps):
        move(clinic, old, starts_at=booked.starts_at)
    assert row(clinic, old).status == "booked"


def test_it_is_taken_back_to_where_it_was(clinic):
    old = let_in(clinic)
    move(clinic, old)
    back = clinic.desk.bookings.take_back(old.id, DESK)
    assert (back.starts_at, back.status) == (old.starts_at, "booked")
    assert clinic.desk.cards.visit(back.id, DESK).extra_reason == "dor forte"
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [back]


def test_it_is_not_taken_back_after_ten_seconds(clinic):
    old = let_in(clinic)
    move(clinic, old)
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(old.id, DESK)


def test_the_same_form_moves_once(clinic):
    old = let_in(clinic)
    assert move(clinic, old, key="a") == move(clinic, old, key="a")


def test_what_was_cancelled_does_not_move(clinic):
    old = let_in(clinic)
    clinic.desk.bookings.cancel_for(old.id, "cannot_attend", DESK)
    with pytest.raises(WrongStatus):
        move(clinic, old)


def test_a_visit_that_has_a_time_of_the_agenda_is_no_encaixe(clinic):
    booked = clinic.book("alice")
    with pytest.raises(WrongStatus):
        move(clinic, booked)


def test_the_history_says_both_and_why(clinic):
    old = let_in(clinic)
    new = move(clinic, old, reason="pediu mais tarde")
    assert [one.event for one in clinic.desk.cards.visit(old.id, DESK).changes] == ["booked", "moved"]
    visit = clinic.desk.cards.visit(new.id, DESK)
    assert (visit.extra_reason, visit.changes[-1].event, visit.changes[-1].by) == ("pediu mais tarde", "booked", DESK)
