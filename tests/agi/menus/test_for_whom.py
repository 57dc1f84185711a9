"""Call-flow 2.6."""

from datetime import date

from agi.phone import Silence
from tests.agi.menus.talking import ALICE, BRUNO, heard_name, in_order, talk


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


def test_a_dependants_social_name_is_the_only_name(clinic):
    alice = clinic.people["alice"]
    clinic.patients.register("Mário Alves", date(2012, 1, 1), social_name="Maria Alves", guardian=alice)
    call = talk(clinic, *ALICE)
    assert heard_name(call, "Maria Alves")
    assert not heard_name(call, "Mário Alves")


def test_more_than_six_dependants_are_on_two_pages(clinic):
    for n in range(6):
        clinic.patients.register(f"Neto {n}", date(2019, 1, 1 + n), guardian=clinic.people["alice"])
    call = talk(clinic, *ALICE, "8", "2")
    assert in_order(call.heard, "key/7", "common/more", "for-whom/yourself", "key/2", "main/book")
    assert heard_name(call, "Neto 5")


def test_a_guardian_who_is_slow_is_slow_for_everybody(clinic):
    talk(clinic, *ALICE, Silence(), "2", uniqueid="slow")
    call = talk(clinic, *ALICE, uniqueid="again")
    assert "/slow/for-whom/ask" in "".join(call.commands)
