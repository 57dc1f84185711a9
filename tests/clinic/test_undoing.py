"""Taking back what was done a moment ago, or what nobody waited for."""

import pytest
from sqlalchemy import select

from clinic.bookings import ExtraQuotaFull, Overlaps, SlotTaken, WrongStatus
from clinic.visits import Extra
from db.tables import AppointmentChange


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def events(clinic, booking_id):
    lines = select(AppointmentChange.event).where(AppointmentChange.appointment_id == booking_id)
    return [row[0] for row in clinic.database.rows(lines.order_by(AppointmentChange.id))]


def moved(clinic, key=None):
    """An appointment of Alice's and the one it was moved to."""
    old = clinic.book("alice", clinic.slot(place=1))
    hold = clinic.bookings.hold(clinic.slot(place=3), by="call")
    return old, clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone", key=key)


def test_cancelling_is_undone_within_ten_seconds(clinic):
    booked = clinic.book("alice", clinic.slot(place=1))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.clock.move(seconds=9)
    again = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    assert (again.code, again.starts_at, again.status) == (booked.code, booked.starts_at, "booked")
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [again]


def encaixe(clinic, who="alice"):
    start = clinic.slot("marina").starts_at.replace(hour=17)
    kind, at = clinic.directory.kind("consultation"), clinic.at
    wanted = Extra(at.doctors["marina"], at.units["centro"], start, kind, "attendant", "dor forte")
    return clinic.bookings.book_extra(clinic.people[who], wanted, "user:1")


def test_a_cancelled_encaixe_comes_back_with_its_reason_and_a_place_in_the_quota(clinic):
    booked = encaixe(clinic)
    clinic.desk.bookings.cancel_for(booked.id, "cannot_attend", "user:1")
    again = clinic.desk.bookings.take_back(booked.id, "user:1")
    assert (again.status, clinic.desk.cards.visit(again.id, "user:1").extra_reason) == ("booked", "dor forte")
    encaixe(clinic, "bruno")
    with pytest.raises(ExtraQuotaFull):
        encaixe(clinic, "carla")


def test_an_encaixe_whose_place_is_gone_is_not_taken_back(clinic):
    booked = encaixe(clinic)
    clinic.desk.bookings.cancel_for(booked.id, "cannot_attend", "user:1")
    for who in ("bruno", "carla"):
        encaixe(clinic, who)
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.take_back(booked.id, "user:1")


def off_plan(clinic):
    """Alice's appointment at a time at which the doctor is away meanwhile."""
    booked = clinic.book("alice", clinic.slot(place=1))
    clinic.agenda.add_absence(booked.doctor_id, booked.starts_at, booked.ends_at, "Congresso")
    return booked


def test_cancelling_outside_the_hours_is_undone_as_well(clinic):
    booked = off_plan(clinic)
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    again = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    assert (again.starts_at, again.status) == (booked.starts_at, "booked")


def test_what_was_given_up_outside_the_hours_is_nobodys(clinic):
    slot = clinic.slot(place=1)
    booked = off_plan(clinic)
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(slot, by="call")


def test_after_ten_seconds_undo_says_the_time_is_gone(clinic):
    booked = clinic.book("alice", clinic.slot(place=1))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")


def test_moving_is_undone_within_ten_seconds(clinic):
    old, new = moved(clinic)
    again = clinic.bookings.undo(clinic.people["alice"], old.id, "telephone")
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [again]
    assert (again.starts_at, clinic.bookings.get(new.id).status) == (old.starts_at, "cancelled")


def test_undo_finds_the_patients_time_taken(clinic):
    booked = clinic.book("alice", clinic.slot("paulo", place=1))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    other = clinic.bookings.book_extra(clinic.people["alice"], extra_at(clinic, booked), by="user:1")
    with pytest.raises(Overlaps) as clash:
        clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    assert clash.value.booking == other


def extra_at(clinic, booked):
    from clinic.visits import Extra

    kind = clinic.directory.kind("consultation")
    return Extra(clinic.at.doctors["marina"], booked.unit_id, booked.starts_at, kind, "attendant", "pain")


def test_what_was_not_cancelled_is_not_undone(clinic):
    booked = clinic.book("alice")
    with pytest.raises(WrongStatus):
        clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")


def test_a_booking_nobody_waited_for_is_withdrawn(clinic):
    slot = clinic.slot()
    booked = clinic.book("alice", slot, key="call:1", caller="5511987654321")
    assert clinic.bookings.withdraw("call:1") is True
    assert clinic.bookings.upcoming(clinic.people["alice"]) == []
    assert events(clinic, booked.id) == ["booked", "withdrawn"]
    assert clinic.slot() == slot


def test_a_withdrawn_booking_gives_its_place_in_the_numbers_count_back(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_bookings_per_number": 1}))
    clinic.book("alice", key="call:1", caller="5511987654321")
    clinic.bookings.withdraw("call:1")
    assert clinic.book("bruno", caller="5511987654321").status == "booked"


def test_what_the_person_has_taken_over_stays(clinic):
    booked = clinic.book("alice", key="call:1")
    clinic.bookings.confirm(clinic.people["alice"], booked.id, "web")
    assert clinic.bookings.withdraw("call:1") is False
    assert events(clinic, booked.id) == ["booked", "confirmed", "kept"]


def test_there_may_be_nothing_to_withdraw(clinic):
    assert clinic.bookings.withdraw("never-booked") is False


def test_withdrawing_a_move_brings_the_old_time_back(clinic):
    old, new = moved(clinic, key="call:2")
    clinic.clock.move(seconds=30)
    assert clinic.bookings.withdraw("call:2") is True
    [again] = clinic.bookings.upcoming(clinic.people["alice"])
    assert (again.starts_at, again.code) == (old.starts_at, old.code)
    assert clinic.bookings.get(new.id).status == "cancelled"


def test_a_move_stays_when_the_old_time_is_gone(clinic):
    old, new = moved(clinic, key="call:2")
    clinic.clock.move(seconds=30)
    taken = next(
        slot for slot in clinic.agenda.next_free(clinic.criteria(), limit=9) if slot.starts_at == old.starts_at
    )
    clinic.book("bruno", taken)
    assert clinic.bookings.withdraw("call:2") is False
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [new]
    assert events(clinic, new.id)[-1] == "kept"


def test_withdrawing_the_move_of_an_encaixe_brings_it_back(clinic):
    old = encaixe(clinic)
    hold = clinic.bookings.hold(clinic.slot(place=3), by="call")
    clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone", key="call:2")
    assert clinic.bookings.withdraw("call:2") is True
    [again] = clinic.bookings.upcoming(clinic.people["alice"])
    assert (again.code, again.starts_at) == (old.code, old.starts_at)
