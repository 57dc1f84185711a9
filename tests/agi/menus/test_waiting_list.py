"""Nothing free."""

from sqlalchemy import select

from db.tables import Waiting
from tests.agi.menus.talking import BRUNO, in_order, talk, went_to


def nothing_free(clinic, *doctors):
    start = clinic.clock()
    for doctor in doctors:
        clinic.agenda.add_absence(clinic.at.doctors[doctor], start, start.replace(year=2027), "férias")


def test_one_joins_with_a_protocol(clinic):
    nothing_free(clinic, "sergio")
    call = talk(clinic, *BRUNO, "1", "3", "1")
    (row,) = clinic.database.rows(select(Waiting.specialty_id, Waiting.patient_id, Waiting.protocol))
    assert (row.specialty_id, row.patient_id) == (clinic.at.specialties["ecg"], clinic.people["bruno"].id)
    assert row.protocol
    assert in_order(call.heard, "waiting/nothing-free", "waiting/joined")


def test_two_chooses_otherwise(clinic):
    nothing_free(clinic, "sergio")
    assert talk(clinic, *BRUNO, "1", "3", "2").trail[-1] == "choose_specialty"


def test_no_free_time_at_all_still_reaches_a_person(clinic):
    nothing_free(clinic, "sergio", "marina", "paulo", "rita")
    assert went_to(talk(clinic, *BRUNO, "1", "1", "0")) == "reception"
