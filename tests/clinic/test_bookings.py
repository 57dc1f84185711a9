"""Booking, moving, cancelling, confirming: on every database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.agenda import HoursInput
from clinic.bookings import (
    NotAllowed,
    NotYours,
    Overlaps,
    SlotTaken,
    TooMany,
    TooManyFromNumber,
    WrongStatus,
)
from db.tables import Appointment, AppointmentChange, Slot


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def history(clinic, booking_id):
    lines = select(AppointmentChange.event, AppointmentChange.by, AppointmentChange.via).where(
        AppointmentChange.appointment_id == booking_id
    )
    return [tuple(row) for row in clinic.database.rows(lines.order_by(AppointmentChange.id))]


def status_of(clinic, slot):
    return clinic.database.first(select(Slot.status).where(Slot.id == slot.id))[0]


def set_profile(clinic, **changes):
    clinic.profile.save(clinic.profile.get().model_copy(update=changes))


def test_a_slot_is_booked_once(clinic):
    slot = clinic.slot()
    clinic.book("alice", slot)
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(slot, by="another-call")


def test_what_is_booked_is_upcoming(clinic):
    slot = clinic.slot()
    booked = clinic.book("alice", slot)
    assert (booked.status, booked.starts_at, booked.doctor_id) == ("booked", slot.starts_at, slot.doctor_id)
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [booked]
    assert len(booked.code) == 6 and booked.code.isdigit()


def test_a_booking_is_told_in_the_history(clinic):
    booked = clinic.book("alice")
    assert history(clinic, booked.id) == [("booked", clinic.people["alice"].ref, "telephone")]


def test_the_call_that_booked_is_known(clinic):
    booked = clinic.book("alice")
    line = select(AppointmentChange.call_id).where(AppointmentChange.appointment_id == booked.id)
    assert clinic.database.first(line)[0] == "test-call"


def test_who_has_no_contact_is_to_be_told_by_telephone(clinic):
    booked = {who: clinic.book(who, clinic.slot(place=n)).id for n, who in enumerate(("alice", "carla"))}
    flagged = clinic.database.rows(select(Appointment.id).where(Appointment.tell_by_phone))
    assert [row.id for row in flagged] == [booked["carla"]]


def test_a_doctor_who_approves_gets_a_request(clinic):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    assert asked.status == "pending"
    assert asked.answer_by == asked.starts_at  # earlier than the 24 hours she has
    assert history(clinic, asked.id)[0][0] == "requested"


def test_the_same_key_is_the_same_booking(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    first, second = (
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone", key="call:1")
        for _ in range(2)
    )
    assert first == second
    assert len(clinic.bookings.upcoming(clinic.people["alice"])) == 1


def test_a_persons_minute_is_taken_once(clinic):
    booked = clinic.book("alice", clinic.slot("paulo"))
    beside = slot_beside(clinic, booked)
    hold = clinic.bookings.hold(beside, by="call")
    with pytest.raises(Overlaps) as clash:
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(beside), "telephone")
    assert clash.value.booking == booked
    assert clinic.bookings.book(clinic.people["bruno"], hold, clinic.terms(beside), "telephone")


def slot_beside(clinic, booked):
    """A slot of Marina's at the time of somebody else's appointment."""
    local = booked.starts_at.astimezone(clinic.units.get(booked.unit_id).tz)
    hours = HoursInput(booked.unit_id, local.weekday(), local.time(), (local + timedelta(hours=1)).time())
    clinic.agenda.set_hours(clinic.at.doctors["marina"], [hours])
    return clinic.slot("marina")


def test_nobody_holds_more_than_the_clinic_allows(clinic):
    for _ in range(3):
        clinic.book("alice")
    with pytest.raises(TooMany) as refused:
        clinic.book("alice")
    assert refused.value.limit == 3


def test_a_pre_registration_holds_one(clinic):
    person = clinic.patients.pre_register("12345678909", clinic.people["alice"].birth_date, None, None, None)
    clinic.people["new"] = person
    clinic.book("new")
    with pytest.raises(TooMany):
        clinic.book("new")


def test_a_number_books_so_many_a_day(clinic):
    set_profile(clinic, max_bookings_per_number=2)
    for who in ("alice", "bruno"):
        clinic.book(who, caller="5511987654321")
    with pytest.raises(TooManyFromNumber):
        clinic.book("carla", caller="5511987654321")
    clinic.clock.move(days=1)
    assert clinic.book("carla", caller="5511987654321").status == "booked"


def test_the_trunks_own_number_is_not_counted(clinic):
    set_profile(clinic, max_bookings_per_number=1, trunk_number="551130000000")
    for who in ("alice", "bruno"):
        assert clinic.book(who, caller="551130000000").status == "booked"


def test_a_hold_is_lost_by_time(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="slow-call")
    clinic.clock.move(minutes=5)
    clinic.book("bruno", slot)
    with pytest.raises(SlotTaken):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")


def test_a_hold_past_its_time_does_not_book_even_if_nobody_took_it(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="slow-call")
    clinic.clock.move(minutes=5)
    with pytest.raises(SlotTaken):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    assert clinic.bookings.upcoming(clinic.people["alice"]) == []


def test_a_long_visit_takes_the_slots_it_needs(clinic):
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call", minutes=60)
    booked = clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot, kind="first"), "telephone")
    assert booked.ends_at - booked.starts_at == timedelta(minutes=60)
    assert clinic.slot().starts_at == booked.ends_at


def test_a_long_visit_is_all_or_nothing(clinic):
    first, second = (clinic.slot(place=place) for place in range(2))
    clinic.bookings.hold(second, by="other-call")
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(first, by="call", minutes=60)
    assert status_of(clinic, first) == "free"


def test_cancelling_gives_the_time_back_after_ten_seconds(clinic):
    slot = clinic.slot(place=1)
    booked = clinic.book("alice", slot)
    cancelled = clinic.bookings.cancel(clinic.people["alice"], booked.id, "cannot_attend", "telephone")
    assert (cancelled.status, clinic.bookings.upcoming(clinic.people["alice"])) == ("cancelled", [])
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(slot, by="somebody-else")
    clinic.clock.move(seconds=10)
    assert clinic.slot() == slot  # the one before begins too soon by now


def test_cancelling_is_for_ones_own(clinic):
    booked = clinic.book("alice")
    with pytest.raises(NotYours):
        clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", "telephone")


def test_nothing_is_cancelled_twice(clinic):
    booked = clinic.book("alice")
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    with pytest.raises(WrongStatus):
        clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")


def test_a_spoken_reason_belongs_to_the_appointment(clinic):
    booked = clinic.book("alice")
    note = clinic.voice_notes.add("cancel_reason", "reason.wav", 4, "call")
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "spoken", "telephone", note_id=note)
    assert clinic.voice_notes.list()[0].appointment_id == booked.id


def test_moving_is_both_or_neither(clinic):
    old_slot, new_slot = clinic.slot(), clinic.slot(place=3)
    old = clinic.book("alice", old_slot)
    hold = clinic.bookings.hold(new_slot, by="call")
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [new]
    assert clinic.bookings.get(old.id).status == "cancelled"
    replaced = select(Appointment.replaced_by, Appointment.cancel_reason).where(Appointment.id == old.id)
    assert tuple(clinic.database.first(replaced)) == (new.id, "moved")
    assert history(clinic, old.id)[-1][0] == "moved"


def test_moving_back_in_time_works_too(clinic):
    early, late = clinic.slot(), clinic.slot(place=3)
    old = clinic.book("alice", late)
    hold = clinic.bookings.hold(early, by="call")
    assert clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "web").starts_at == early.starts_at


def test_a_move_to_a_lost_hold_changes_nothing(clinic):
    old = clinic.book("alice")
    hold = clinic.bookings.hold(clinic.slot(), by="call")
    clinic.clock.move(minutes=6)
    with pytest.raises(SlotTaken):
        clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert clinic.bookings.upcoming(clinic.people["alice"]) == [old]


def test_a_move_does_not_clash_with_itself(clinic):
    set_profile(clinic, max_future_appointments=1)
    old = clinic.book("alice", clinic.slot("paulo"))
    hold = clinic.bookings.hold(slot_beside(clinic, old), by="call")
    terms = clinic.terms(hold.slot)
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone", terms)
    assert (new.starts_at, new.doctor_id) == (old.starts_at, clinic.at.doctors["marina"])


def test_a_move_by_key_happens_once(clinic):
    old = clinic.book("alice")
    hold = clinic.bookings.hold(clinic.slot(), by="call")
    first, second = (
        clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone", key="call:2") for _ in range(2)
    )
    assert first == second


def test_a_doctor_who_approves_decides_about_a_move_before_the_old_time_goes(clinic):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    old = clinic.bookings.accept(asked.id, "user:rita")
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology"), by="call")
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert {one.id for one in clinic.bookings.upcoming(clinic.people["alice"])} == {old.id, new.id}
    clinic.bookings.accept(new.id, "user:rita")
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [new.id]


def test_a_declined_move_leaves_the_old_time(clinic):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    old = clinic.bookings.accept(asked.id, "user:rita")
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology"), by="call")
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    clinic.bookings.decline(new.id, "user:rita")
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["alice"])] == [old.id]


def test_confirming_is_told_once(clinic):
    booked = clinic.book("alice")
    person = clinic.people["alice"]
    assert clinic.bookings.needs_confirmation(person) == booked
    assert [clinic.bookings.confirm(person, booked.id, "telephone").confirmed for _ in range(2)] == [True, True]
    assert clinic.bookings.needs_confirmation(person) is None
    assert [line[0] for line in history(clinic, booked.id)] == ["booked", "confirmed"]


def test_a_request_is_not_confirmed(clinic):
    asked = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    with pytest.raises(WrongStatus):
        clinic.bookings.confirm(clinic.people["alice"], asked.id, "telephone")


def test_short_notice_is_the_clinics_to_set(clinic):
    booked = clinic.book("alice")
    assert clinic.bookings.late_notice(booked)
    set_profile(clinic, notice_hours=0)
    assert not clinic.bookings.late_notice(booked)


def test_a_doctor_without_rqe_is_not_booked_as_specialist(clinic):
    slot = clinic.slot("sergio", "ecg")
    hold = clinic.bookings.hold(slot, by="call")
    with pytest.raises(NotAllowed) as refused:
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot, "cardiology"), "telephone")
    assert refused.value.reason == "doctor"


def test_what_only_the_desk_may_book_is_not_booked_by_telephone(clinic):
    clinic.directory.add_kind("procedure", "Procedimento", 30, bookable_by=["desk"])
    slot = clinic.slot()
    hold = clinic.bookings.hold(slot, by="call")
    with pytest.raises(NotAllowed):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot, kind="procedure"), "telephone")
    assert clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot, kind="procedure"), "desk")


def test_terms_of_another_doctor_are_refused(clinic):
    hold = clinic.bookings.hold(clinic.slot("marina"), by="call")
    with pytest.raises(ValueError, match="another doctor"):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(clinic.slot("paulo")), "telephone")
