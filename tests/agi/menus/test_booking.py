"""Call-flow 4, as a whole, and its first question."""

from agi.phone import AtOnce, HangUp
from tests.agi.menus.talking import ALICE, BRUNO, CARLA, TypeAhead, heard_name, in_order, talk, went_to

BOOKS = ("1", "1", "2", "2", "1", "1")


def seen(clinic, who="bruno", days=3):
    """A visit that took place some days ago."""
    booked = clinic.book(who)
    clinic.clock.now = booked.starts_at
    clinic.bookings.arrive(booked.id, by="desk")
    clinic.bookings.fulfil(booked.id, by="desk")
    clinic.clock.move(days=days)
    return booked


def test_a_booking_by_telephone_is_in_the_agenda(clinic):
    talk(clinic, *BRUNO, *BOOKS)
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert booked.doctor_id == clinic.at.doctors["marina"]
    assert booked.status == "booked"


def test_the_whole_dialogue_can_be_typed_ahead(clinic):
    call = talk(clinic, TypeAhead(*BRUNO, *BOOKS))
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1
    assert call.person.now() < 60


def test_hanging_up_before_confirming_books_nothing_and_frees_the_time(clinic):
    first = clinic.slot()
    talk(clinic, *BRUNO, *BOOKS[:-1], HangUp())
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []
    assert clinic.slot() == first


def test_the_last_doctor_is_offered_again(clinic):
    seen(clinic, days=60)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/again", "with/doctor-f", "booking/again-or-other")
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_another_doctor_than_the_last(clinic):
    seen(clinic, days=60)
    assert talk(clinic, *BRUNO, "1", "2").trail[-1] == "choose_specialty"


def test_an_open_return_is_offered_first_and_without_price(clinic):
    visit = seen(clinic)
    call = talk(clinic, *BRUNO, "1", "1", "1", "1")
    assert in_order(call.heard, "booking/return", "booking/until", "booking/return-or-other", "kind/return")
    assert "booking/price" not in call.heard
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert booked.doctor_id == visit.doctor_id


def test_who_declines_the_return_is_offered_the_doctor(clinic):
    seen(clinic)
    assert talk(clinic, *BRUNO, "1", "2").trail[-1] == "again"


def test_star_goes_back_one_question_at_a_time(clinic):
    call = talk(clinic, *BRUNO, "1", "1", "2", "2", "*", "*", "*", "*")
    assert call.trail[-4:] == ["choose_doctor", "choose_payer", "choose_specialty", "main"]


def test_zero_in_the_middle_of_booking_is_a_person_who_learns_where(clinic):
    call = talk(clinic, *BRUNO, "1", "1", "2", "2", AtOnce("0"))
    assert went_to(call) == "reception"
    assert call.variables["ALO_MENU"] == "choose_time"


def test_two_calls_of_the_same_patient_do_not_book_the_same_time(clinic):
    def another_call(_heard):
        clinic.book("alice")
        return "1"

    call = talk(clinic, *ALICE, "1", "1", "1", "1", "1", another_call)
    assert len(clinic.bookings.upcoming(clinic.people["alice"])) == 1
    assert "booking/done" not in call.heard or "booking/overlaps" in call.heard


def test_who_has_no_contact_on_file_hears_the_code_twice(clinic):
    assert talk(clinic, *CARLA, *BOOKS).heard.count("booking/code") == 2
    assert talk(clinic, *BRUNO, *BOOKS, uniqueid="b").heard.count("booking/code") == 1


def test_nothing_is_said_to_be_sent(clinic):
    heard = talk(clinic, *BRUNO, *BOOKS).heard
    assert not [one for one in heard if "sent" in one]
    assert heard_name(talk(clinic, *BRUNO, uniqueid="c"), "Marina Corrêa")
