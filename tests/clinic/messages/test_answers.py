"""Answers by link lead to the newest version of a visit, and go the way of every other answer."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from clinic.bookings import SlotTaken, WrongStatus
from clinic.messages.answers import Answers, LinkExpired
from clinic.messages.links import Links
from clinic.messages.preferences import Preferences
from db.tables import Appointment

LINKS = Links("a key that is long enough for anybody")


@pytest.fixture
def answers(clinic):
    return answers_of(clinic)


def answers_of(clinic):
    preferences = Preferences(clinic.database, clinic.clock)
    return Answers(clinic.database, LINKS, clinic.desk.bookings, preferences, clinic.clock)


def asked(answers, booking, deed="confirm", via="email"):
    return answers.read(LINKS.make(booking.id, booking.starts_at, deed, via).removeprefix("/c/"))


def moved(clinic, booking, place=3):
    hold = clinic.bookings.hold(clinic.slot(place=place), by="x")
    return clinic.bookings.reschedule(clinic.people["alice"], booking.id, hold, "web")


def test_a_link_shows_what_its_message_said(clinic, answers):
    booking = clinic.book()
    found = asked(answers, booking)
    assert (found.id, found.patient, found.status, found.open) == (booking.id, "Alice Ferreira", "booked", True)
    assert not found.changed


def test_a_confirmation_is_the_one_of_every_medium(clinic, answers):
    booking = clinic.book()
    answers.confirm(asked(answers, booking, via="sms"))
    assert clinic.bookings.needs_confirmation(clinic.people["alice"]) is None
    [line] = [one for one in clinic.desk.cards.visit(booking.id, "x").changes if one.event == "confirmed"]
    assert (line.via, line.by) == ("sms", clinic.people["alice"].ref)


def test_confirming_twice_is_no_harm(clinic, answers):
    booking = clinic.book()
    for _ in range(2):
        answers.confirm(asked(answers, booking))
    events = [one.event for one in clinic.desk.cards.visit(booking.id, "x").changes]
    assert events.count("confirmed") == 1


def test_what_was_confirmed_by_telephone_is_shown_so(clinic, answers):
    booking = clinic.book()
    clinic.bookings.confirm(clinic.people["alice"], booking.id, "telephone")
    assert asked(answers, booking).confirmed_at == clinic.clock()


def test_a_link_follows_a_visit_wherever_it_went(any_clinic):
    clinic = any_clinic
    answers, first = answers_of(clinic), clinic.book()
    last = moved(clinic, moved(clinic, first), place=5)
    found = asked(answers, first)
    assert (found.id, found.changed) == (last.id, True)
    assert answers.confirm(found).id == last.id


def test_a_link_follows_a_visit_that_came_back(clinic, answers):
    booking, alice = clinic.book(), clinic.people["alice"]
    clinic.bookings.cancel(alice, booking.id, "other", "web")
    again = clinic.bookings.undo(alice, booking.id, "web")
    assert (asked(answers, booking).id, asked(answers, booking).status) == (again.id, "booked")


def test_a_link_follows_a_move_that_was_undone(clinic, answers):
    booking, alice = clinic.book(), clinic.people["alice"]
    moved(clinic, booking)
    again = clinic.bookings.undo(alice, booking.id, "web")
    found = asked(answers, booking)
    assert (found.id, found.changed) == (again.id, False)


def test_a_cancelled_visit_stays_cancelled(clinic, answers):
    booking = clinic.book()
    answers.cancel(asked(answers, booking), "cannot_attend")
    found = asked(answers, booking)
    assert (found.status, found.open) == ("cancelled", False)
    with pytest.raises(WrongStatus):
        answers.confirm(found)


def test_a_code_that_somebody_else_has_now_is_not_followed(clinic, answers):
    booking = clinic.book()
    answers.cancel(asked(answers, booking), "cannot_attend")
    other = clinic.book("bruno", clinic.slot(place=4))
    clinic.database.change(update(Appointment).where(Appointment.id == other.id).values(code=booking.code))
    assert asked(answers, booking).id == booking.id


def test_cancelling_can_be_undone_for_ten_seconds(clinic, answers):
    booking = clinic.book()
    answers.cancel(asked(answers, booking), "cannot_attend")
    assert answers.undo(asked(answers, booking)).status == "booked"


def test_after_ten_seconds_it_cannot(clinic, answers):
    booking = clinic.book()
    answers.cancel(asked(answers, booking), "cannot_attend")
    clinic.clock.move(seconds=11)
    with pytest.raises(SlotTaken):
        answers.undo(asked(answers, booking))


def test_a_visit_is_moved(clinic, answers):
    found = asked(answers, clinic.book())
    hold = clinic.bookings.hold(clinic.slot(place=3), by="x")
    new = answers.move(found, hold, None, key="link:1")
    assert (new.starts_at, answers.read(LINKS.make(found.id, found.starts_at, "move")[3:]).id) == (
        hold.slot.starts_at,
        new.id,
    )


def test_a_visit_that_was_cannot_be_answered(clinic, answers):
    booking = clinic.book()
    clinic.clock.now = booking.starts_at + timedelta(minutes=1)
    found = asked(answers, booking)
    for answer in (lambda: answers.confirm(found), lambda: answers.cancel(found, "other", "x")):
        with pytest.raises(WrongStatus):
            answer()
    assert (found.open, clinic.bookings.get(booking.id).status) == (False, "booked")


def test_an_old_link_shows_nothing(clinic, answers):
    booking = clinic.book()
    clinic.clock.now = booking.starts_at + timedelta(days=2)
    with pytest.raises(LinkExpired):
        asked(answers, booking)


def test_a_link_to_what_there_is_not_is_none(clinic, answers):
    assert asked(answers, replace(clinic.book(), id=999_999)) is None
    assert answers.read("x") is None


def test_who_wants_no_reminders_says_so(clinic, answers):
    found = asked(answers, clinic.book())
    answers.remind(found, wanted=False)
    assert answers.wishes(found).reminders is False
    answers.remind(found, wanted=True)
    assert answers.wishes(found).reminders is True


def test_who_is_not_on_file_yet_can_answer(clinic, answers):
    new = clinic.patients.pre_register(None, date(1990, 1, 1), "5511955554444", None, None)
    slot = clinic.slot()
    booking = clinic.bookings.book(new, clinic.bookings.hold(slot, by="x"), clinic.terms(slot), via="telephone")
    found = asked(answers, booking)
    assert (found.patient, answers.wishes(found)) == ("", None)
    assert answers.confirm(found).confirmed
