"""Call-flow 4.4."""

from datetime import time

from clinic.agenda import HoursInput
from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk

GENERAL = ("1", "1", "2")


def test_one_is_the_earliest_with_any_doctor(clinic):
    call = talk(clinic, *BRUNO, *GENERAL, "1")
    assert in_order(call.heard, "choose/any-doctor", "key/1", "times/later")
    assert heard_name(call, "Marina Corrêa")


def test_doctors_are_named_with_the_title_of_their_record(clinic):
    call = talk(clinic, *BRUNO, *GENERAL)
    assert in_order(call.heard, "with/doctor-f", "key/2", "with/doctor-m", "key/3")


def test_who_has_nothing_free_keeps_the_key_and_has_a_waiting_list(clinic):
    start = clinic.clock()
    clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start.replace(year=2027), "férias")
    call = talk(clinic, *BRUNO, *GENERAL, "2", "1")
    assert in_order(call.heard, "key/2", "key/3", "waiting/nothing-free", "waiting/joined")


def test_a_single_doctor_is_not_asked_for(clinic):
    assert "choose_doctor" not in talk(clinic, *BRUNO, "1", "3").trail


def test_more_than_six_doctors_are_on_two_pages(clinic):
    general, unit = clinic.at.specialties["general"], clinic.at.units["centro"]
    for n in range(5):
        doctor = clinic.directory.add_doctor(f"Médica {n}", "doutora", f"9{n}", "SP", {general: None}, position=9)
        clinic.agenda.set_hours(doctor, [HoursInput(unit, n, time(8), time(10))])
        clinic.directory.accept(doctor, clinic.at.payers["particular"], [unit])
    call = talk(clinic, *BRUNO, *GENERAL, "8")
    keys = [one for one in call.heard[call.heard.index("choose/any-doctor") :] if one.startswith(("key/", "common/"))]
    assert keys == [*(f"key/{n}" for n in range(1, 8)), "common/more", "key/1", "key/2", "common/more"]
    assert heard_name(call, "Médica 4")
