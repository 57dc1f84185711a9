"""Nothing free."""

from contextlib import suppress

import pytest
from sqlalchemy import select

from agi.asking import ToMainMenu
from agi.book import ClinicBook
from agi.call import CallerHungUp
from agi.menus.waiting_list import waiting_list
from agi.phone import Speaks, fake_call
from agi.wish import Wish
from db.tables import Waiting
from tests.agi.menus.talking import BRUNO, in_order, seen, talk, went_to


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


def waiting(clinic):
    columns = select(Waiting.doctor_id, Waiting.payer_id, Waiting.patient_id, Waiting.pre_registration_id)
    return clinic.database.rows(columns.add_columns(Waiting.protocol))


def test_the_doctor_and_the_plan_are_part_of_the_wish(clinic):
    nothing_free(clinic, "marina")
    talk(clinic, *BRUNO, "1", "1", "2", "2", "1")
    (row,) = waiting(clinic)
    wished = (clinic.at.doctors["marina"], clinic.at.payers["particular"])
    assert (row.doctor_id, row.payer_id) == wished


def test_joining_twice_is_one_place(clinic):
    nothing_free(clinic, "sergio")
    for n in range(2):
        call = talk(clinic, *BRUNO, "1", "3", "1", uniqueid=f"{n}")
        assert "waiting/joined" in call.heard
    assert len(waiting(clinic)) == 1


def test_who_waits_already_hears_the_protocol_that_is_kept(clinic):
    nothing_free(clinic, "sergio")
    for n in range(2):
        call = talk(clinic, *BRUNO, "1", "3", "1", uniqueid=f"{n}")
    said = [one[-1] for one in call.heard[call.heard.index("waiting/joined") :] if one.startswith("digit/")]
    assert "".join(said) == waiting(clinic)[0].protocol


def test_who_has_just_registered_may_wait_too(clinic):
    nothing_free(clinic, "sergio")
    talk(clinic, "39053344705", "01011990", "2", Speaks(2), "1", "3", "1")
    (row,) = waiting(clinic)
    assert row.patient_id is None
    assert row.pre_registration_id


@pytest.mark.parametrize(("key", "menu"), [("0", "reception"), ("*", "choose_specialty"), ("9", "waiting_list")])
def test_the_keys_mean_here_what_they_mean_everywhere(clinic, key, menu):
    nothing_free(clinic, "sergio")
    assert talk(clinic, *BRUNO, "1", "3", key).trail[-1] == menu


def test_how_they_want_to_be_seen_is_part_of_the_wish(clinic):
    call = fake_call("1")
    ClinicBook(clinic).started(call)
    call.start()
    with suppress(CallerHungUp, ToMainMenu):
        waiting_list(call, clinic, clinic.people["bruno"], Wish(clinic.at.specialties["general"], modality="video"))
    assert [row.modality for row in clinic.database.rows(select(Waiting.modality))] == ["video"]


def test_a_retorno_for_which_nothing_is_free_is_for_a_person(clinic):
    seen(clinic)
    nothing_free(clinic, "marina")
    call = talk(clinic, *BRUNO, "1", "1")
    assert (went_to(call), "waiting/nothing-free" in call.heard, waiting(clinic)) == ("reception", False, [])
