"""Patients, dependants, pre-registrations, PINs."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from clinic.patients import NotRecognised, TooManyGuesses
from clinic.pins import hash_pin, pin_fits
from db.tables import Patient
from tests.clinic.small_clinic import BORN, CPF, PHONE


def test_a_known_number_is_known_however_it_is_spelt(clinic):
    assert clinic.patients.by_number(PHONE["alice"])
    assert clinic.patients.by_number("551187654321")  # without its ninth digit
    assert not clinic.patients.by_number("5511900000000")


def test_number_and_birth_date_say_who_of_them_it_is(clinic):
    child = clinic.people["davi"]
    clinic.patients.add_phone(child, PHONE["alice"])
    assert clinic.patients.identify_by_number(PHONE["alice"], BORN["alice"], "call") == [clinic.people["alice"]]
    [found] = clinic.patients.identify_by_number(PHONE["alice"], child.birth_date, "call")
    assert found.id == child.id


def test_twins_on_one_number_are_both_found(clinic):
    twin = clinic.patients.register("Aline Ferreira", BORN["alice"], phones=[PHONE["alice"]])
    found = clinic.patients.identify_by_number(PHONE["alice"], BORN["alice"], "call")
    assert {one.id for one in found} == {clinic.people["alice"].id, twin.id}


def test_a_wrong_date_for_a_known_number_is_a_guess(clinic):
    for _ in range(4):
        with pytest.raises(NotRecognised):
            clinic.patients.identify_by_number(PHONE["alice"], date(1999, 9, 9), "call")
    with pytest.raises(TooManyGuesses):
        clinic.patients.identify_by_number(PHONE["alice"], date(1999, 9, 9), "call")


def test_a_guardian_has_dependants(clinic):
    assert [one.name for one in clinic.patients.dependants(clinic.people["alice"])] == ["Davi Ferreira"]
    assert clinic.patients.dependants(clinic.people["bruno"]) == []


def test_a_pre_registration_stands_apart_even_if_the_cpf_exists(clinic):
    new = clinic.patients.pre_register(CPF["alice"], BORN["alice"], PHONE["alice"], None, "261123000001")
    assert (new.kind, new.name, new.has_contact) == ("pre_registration", "", True)
    assert clinic.patients.identify(CPF["alice"], BORN["alice"], None, "call") == clinic.people["alice"]
    assert clinic.patients.dependants(new) == []


def test_a_cpf_is_registered_once(clinic):
    with pytest.raises(IntegrityError):
        clinic.patients.register("Outra", date(1990, 1, 1), CPF["alice"])


def test_what_is_no_number_is_refused(clinic):
    with pytest.raises(ValueError, match="number"):
        clinic.patients.register("Outra", date(1990, 1, 1), phones=["anonymous"])


def test_an_email_or_a_telephone_is_a_contact(clinic):
    email = clinic.patients.register("Com e-mail", date(1990, 1, 1), email="x@example.com")
    assert (email.has_contact, clinic.people["bruno"].has_contact, clinic.people["zeca"].has_contact) == (
        True,
        True,
        False,
    )


def test_slow_mode_is_kept(clinic):
    clinic.patients.remember_slow(clinic.people["zeca"])
    assert clinic.patients.get(clinic.people["zeca"].id).slow_mode


def test_names_are_found_without_accents(clinic):
    row = clinic.database.first(select(Patient.name_search).where(Patient.name == "José Carvalho"))
    assert row.name_search == "jose carvalho"


def test_a_pin_is_asked_for_and_checked(clinic):
    person = clinic.patients.register("Com senha", date(1990, 1, 1), pin="4821")
    assert person.has_pin
    assert clinic.patients.check_pin(person, "4821", "call")
    assert not clinic.patients.check_pin(person, "4822", "call")


def test_a_pin_is_tried_three_times_a_call_and_five_an_hour(clinic):
    person = clinic.patients.register("Com senha", date(1990, 1, 1), pin="4821")
    assert [clinic.patients.check_pin(person, "0000", "a") for _ in range(2)] == [False, False]
    with pytest.raises(TooManyGuesses):
        clinic.patients.check_pin(person, "0000", "a")
    assert [clinic.patients.check_pin(person, "0000", "b") for _ in range(2)] == [False, False]
    assert not clinic.patients.check_pin(person, "4821", "c")


def test_a_stored_pin_does_not_tell_the_pin():
    pin = "482130579264"  # four digits stand by chance in one of seven hundred hashes
    stored = hash_pin(pin)
    assert pin not in stored and stored != hash_pin(pin)
    assert pin_fits(pin, stored) and not pin_fits(pin[::-1], stored)
