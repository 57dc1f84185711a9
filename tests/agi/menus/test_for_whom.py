"""Call-flow 2.6."""

from tests.agi.menus.talking import ALICE, BRUNO, heard_name, talk


def test_a_guardian_chooses_for_whom(clinic):
    call = talk(clinic, *ALICE, "2")
    assert heard_name(call, "Davi Ferreira")
    assert call.trail[-2:] == ["for_whom", "main"]


def test_the_booking_is_the_dependants(clinic):
    talk(clinic, *ALICE, "2", "1", "1", "2", "2", "1", "1")
    assert len(clinic.bookings.upcoming(clinic.people["davi"])) == 1
    assert clinic.bookings.upcoming(clinic.people["alice"]) == []


def test_one_is_oneself(clinic):
    clinic.book("alice")
    assert "main/next" in talk(clinic, *ALICE, "1").heard


def test_who_has_no_dependants_is_not_asked(clinic):
    assert "for_whom" not in talk(clinic, *BRUNO).trail
