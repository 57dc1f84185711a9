"""Call-flow 4.2."""

from datetime import time

from clinic.agenda import HoursInput
from tests.agi.menus.talking import BRUNO, heard_name, in_order, talk, went_to


def on_leave(clinic, doctor):
    start = clinic.clock()
    clinic.agenda.add_absence(clinic.at.doctors[doctor], start, start.replace(year=2027), "férias")


def test_specialties_have_fixed_keys(clinic):
    call = talk(clinic, *BRUNO, "1")
    asked = call.heard[call.heard.index("choose/specialty") :]
    assert [one for one in asked if one.startswith("key/")] == ["key/1", "key/2", "key/3"]


def test_one_without_free_times_keeps_its_key_and_says_so(clinic):
    on_leave(clinic, "sergio")
    call = talk(clinic, *BRUNO, "1", "3")
    assert heard_name(call, "Eletrocardiograma")
    assert call.heard[-1] == "waiting/nothing-free"


def test_eight_turns_the_page(clinic):
    for n in range(6):
        extra = clinic.directory.add_specialty(f"Especialidade {n}", needs_rqe=False, position=10 + n)
        doctor = clinic.directory.add_doctor(f"Doutor {n}", "doutor", f"9{n}", "SP", {extra: None}, position=10)
        hours = [HoursInput(clinic.at.units["norte"], 0, time(14), time(15))]
        clinic.agenda.set_hours(doctor, hours)
    call = talk(clinic, *BRUNO, "1", "8")
    assert in_order(call.heard, "common/more", "choose/specialty", "key/1", "key/2", "common/more")
    assert heard_name(call, "Especialidade 5")


def test_nobody_without_rqe_is_announced_as_specialist(clinic):
    call = talk(clinic, *BRUNO, "1", "2", "2")
    assert not heard_name(call, "Sérgio Prado")


def test_a_person_from_here(clinic):
    assert went_to(talk(clinic, *BRUNO, "1", "0")) == "reception"
