"""The desk books, moves, cancels and takes back, in the name of who works there."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic.bookings import NotAllowed, NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.offers import Wanted
from db.tables import AppointmentChange

RECEPTION, OTHER = "user:1", "user:2"


@pytest.fixture
def desk(clinic):
    return clinic.desk.bookings


def book(clinic, who="alice", place=0, doctor="marina", key=None, **wanted):
    slot, person = clinic.slot(doctor, "cardiology" if doctor == "rita" else "general", place), clinic.people[who]
    terms = clinic.desk.offers.offer(person, slot, Wanted(**wanted)).terms
    hold = clinic.desk.bookings.hold_one(slot, RECEPTION, terms.kind.minutes)
    return clinic.desk.bookings.book_for(person, hold, terms, RECEPTION, key)


def history(clinic, booking_id):
    lines = select(AppointmentChange.event, AppointmentChange.by, AppointmentChange.via)
    mine = lines.where(AppointmentChange.appointment_id == booking_id).order_by(AppointmentChange.id)
    return [tuple(row) for row in clinic.database.rows(mine)]


def test_who_books_is_told_in_the_history(clinic):
    assert history(clinic, book(clinic).id) == [("booked", RECEPTION, "desk")]


def test_the_drawer_keeps_the_time_and_is_found_by_its_token(clinic, desk):
    slot = clinic.slot()
    hold = desk.hold_one(slot, RECEPTION)
    assert (desk.held(hold.token).slot.id, desk.held(hold.token).slot_ids) == (slot.id, (slot.id,))
    with pytest.raises(SlotTaken):
        desk.hold_one(slot, OTHER)


def test_one_drawer_one_time(clinic, desk):
    first, second = clinic.slot(), clinic.slot(place=1)
    kept = desk.hold_one(first, RECEPTION)
    desk.hold_one(second, RECEPTION)
    with pytest.raises(SlotTaken):
        desk.held(kept.token)
    assert desk.hold_one(first, OTHER)


@pytest.mark.parametrize("token", ["", "user:1:00000000", "x" * 500])
def test_a_token_nobody_has_keeps_nothing(desk, token):
    with pytest.raises(SlotTaken):
        desk.held(token)


def test_a_lapsed_hold_is_gone(clinic, desk):
    hold = desk.hold_one(clinic.slot(), RECEPTION)
    clinic.clock.move(minutes=6)
    with pytest.raises(SlotTaken):
        desk.held(hold.token)


def test_a_second_click_books_nothing_more(clinic):
    first = book(clinic, key="form-1")
    hold = clinic.desk.bookings.hold_one(clinic.slot(), RECEPTION)
    again = clinic.desk.bookings.book_for(
        clinic.people["alice"], hold, clinic.terms(hold.slot), RECEPTION, key="form-1"
    )
    assert again == first


def test_nobody_is_in_two_places(clinic):
    book(clinic)
    slot = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"))[0]
    terms = clinic.terms(slot, "cardiology")
    with pytest.raises(Overlaps):
        clinic.desk.bookings.book_for(clinic.people["alice"], clinic.bookings.hold(slot, RECEPTION), terms, RECEPTION)


def test_what_the_desk_may_not_book_is_refused(clinic, desk):
    slot = clinic.slot("rita", "cardiology")
    terms = clinic.terms(slot, "general")
    with pytest.raises(NotAllowed):
        desk.book_for(clinic.people["alice"], desk.hold_one(slot, RECEPTION), terms, RECEPTION)


def test_the_desk_books_beyond_the_callers_limit(clinic):
    booked = [book(clinic, place=place) for place in range(4)]
    assert len({one.id for one in booked}) == 4


def test_moving_frees_the_old_time_and_keeps_who_did_it(clinic, desk):
    old = book(clinic)
    new = desk.move(old.id, desk.hold_one(clinic.slot(place=2), RECEPTION, 60), RECEPTION)
    assert clinic.bookings.get(old.id).status == "cancelled"
    assert history(clinic, old.id)[-1] == ("moved", RECEPTION, "desk")
    assert (new.status, new.kind_id) == ("booked", old.kind_id)


def test_a_move_is_taken_back_within_ten_seconds_by_who_made_it(clinic, desk):
    old = book(clinic)
    desk.move(old.id, desk.hold_one(clinic.slot(place=2), RECEPTION, 60), RECEPTION)
    with pytest.raises(SlotTaken):
        desk.take_back(old.id, OTHER)
    assert desk.take_back(old.id, RECEPTION).starts_at == old.starts_at


def test_cancelling_keeps_reason_and_note_and_is_taken_back(clinic, desk):
    booked = book(clinic)
    assert desk.cancel_for(booked.id, "other", RECEPTION, "vai viajar").status == "cancelled"
    assert clinic.desk.cards.visit(booked.id, RECEPTION).changes[-1].note == "vai viajar"
    assert desk.take_back(booked.id, RECEPTION).starts_at == booked.starts_at


def test_after_ten_seconds_it_is_booking_again(clinic, desk):
    booked = book(clinic)
    desk.cancel_for(booked.id, "other", RECEPTION)
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        desk.take_back(booked.id, RECEPTION)


def test_what_is_over_is_not_cancelled(clinic, desk):
    booked = book(clinic)
    desk.arrive(booked.id, RECEPTION)
    desk.fulfil(booked.id, RECEPTION)
    with pytest.raises(WrongStatus):
        desk.cancel_for(booked.id, "other", RECEPTION)


def test_there_is_no_such_appointment(desk):
    with pytest.raises(NotYours):
        desk.cancel_for(10_000, "other", RECEPTION)


def test_the_desk_confirms_for_who_called(clinic, desk):
    assert desk.confirm_for(book(clinic).id).confirmed


def test_a_first_visit_a_price_and_what_may_be_chosen(clinic):
    offer = clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(), Wanted())
    assert (offer.terms.kind.code, [one.code for one in offer.kinds]) == ("first", ["first", "consultation"])
    consultation = clinic.directory.kind("consultation").id
    offer = clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(), Wanted(kind_id=consultation))
    assert (offer.terms.price_cents, offer.possible) == (35_000, True)


def test_a_convenio_has_no_price(clinic):
    wanted = Wanted(payer_id=clinic.at.payers["saude"])
    assert clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(), wanted).terms.price_cents is None


def test_a_retorno_is_offered_with_its_visit(clinic, desk):
    kept = book(clinic, kind_id=clinic.at.kinds["consultation"])
    desk.arrive(kept.id, RECEPTION)
    desk.fulfil(kept.id, RECEPTION)
    offer = clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(), Wanted(kind_id=clinic.at.kinds["return"]))
    assert (offer.terms.return_of, offer.terms.price_cents) == (kept.id, None)


def what(offer):
    return [one.what for one in offer.conflicts]


def test_conflicts_are_told_before_saving(clinic):
    book(clinic)
    slot = clinic.agenda.next_free(clinic.criteria("cardiology", "rita"))[0]
    offer = clinic.desk.offers.offer(clinic.people["alice"], slot, Wanted())
    assert (what(offer), offer.possible) == (["overlaps"], False)


def test_a_time_too_short_is_told(clinic):
    clinic.book("bruno", clinic.slot(place=1))
    offer = clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(), Wanted(kind_id=clinic.at.kinds["first"]))
    assert (what(offer), offer.ends_at - offer.slot.starts_at) == (["too_short"], timedelta(hours=1))


def test_what_one_holds_oneself_is_room(clinic, desk):
    hold = desk.hold_one(clinic.slot(), RECEPTION, 60)
    offer = clinic.desk.offers.offer(clinic.people["alice"], desk.slot(hold.slot.id), Wanted(), by=RECEPTION)
    assert what(offer) == []


def test_many_appointments_are_told_and_do_not_forbid(clinic):
    for place in (0, 2, 4):
        book(clinic, place=place, kind_id=clinic.at.kinds["consultation"])
    offer = clinic.desk.offers.offer(clinic.people["alice"], clinic.slot(place=1), Wanted())
    assert ("many" in what(offer), offer.possible) == (True, "too_short" not in what(offer))


def test_moving_to_another_doctor_keeps_to_the_rules(clinic):
    booked = book(clinic, kind_id=clinic.at.kinds["consultation"], payer_id=clinic.at.payers["saude"])
    other = clinic.slot("paulo")
    with pytest.raises(LookupError):
        clinic.desk.offers.moved(booked, other, None)
    assert clinic.desk.offers.moved(booked, clinic.slot("marina", place=3), None) is None
