"""Limits on guessing CPFs and birth dates: closed for safety, on every database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from clinic.patients import NotRecognised, TooManyGuesses
from clinic.services import open_clinic
from clinic.settings import Settings
from db.tables import Guess
from tests.clinic.counting import CountingDatabase
from tests.clinic.small_clinic import BORN, CPF, PHONE

WRONG = date(1999, 9, 9)
UNKNOWN = "12345678909"


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def tried(clinic, cpf=CPF["alice"], born=WRONG, caller=None, call="call"):
    """How it ends: "found", "not recognised" or the reason why a person goes on."""
    try:
        clinic.patients.identify(cpf, born, caller, call)
    except NotRecognised:
        return "not recognised"
    except TooManyGuesses as enough:
        return enough.reason
    return "found"


def test_cpf_and_birth_date_together_say_who_it_is(clinic):
    found = clinic.patients.identify(CPF["carla"], BORN["carla"], None, "call")
    assert found == clinic.people["carla"]
    assert found.name == "Carla Souza"  # the nome social is the only name


def test_unknown_and_wrong_sound_the_same(clinic):
    assert tried(clinic, UNKNOWN, call="1") == tried(clinic, CPF["alice"], call="2") == "not recognised"


def test_a_cpf_is_tried_five_times_an_hour_and_then_nothing_fits_it(clinic):
    numbers = [f"55119{n:08d}" for n in range(7)]
    assert [tried(clinic, caller=number) for number in numbers[:5]] == ["not recognised"] * 5
    assert tried(clinic, born=BORN["alice"], caller=numbers[5]) == "not recognised"
    clinic.clock.move(minutes=61)
    assert tried(clinic, born=BORN["alice"], caller=numbers[6]) == "found"


def test_a_number_tries_five_times_an_hour(clinic):
    found = [tried(clinic, UNKNOWN[:-1] + str(n), caller=PHONE["bruno"], call=str(n)) for n in range(6)]
    assert found == ["not recognised"] * 4 + ["caller"] * 2
    assert tried(clinic, CPF["bruno"], BORN["bruno"], PHONE["bruno"]) == "caller"


def test_an_anonymous_call_tries_three_times(clinic):
    assert [tried(clinic, call="a") for _ in range(3)] == ["not recognised"] * 2 + ["call"]
    assert tried(clinic, call="b") == "not recognised"


def test_the_trunks_own_number_is_anonymous(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"trunk_number": "551130000000"}))
    assert [tried(clinic, caller="551130000000", call="a") for _ in range(3)][-1] == "call"
    assert tried(clinic, caller="551130000000", call="b") == "not recognised"


def test_who_succeeds_has_not_guessed(clinic):
    for n in range(10):
        assert tried(clinic, born=BORN["alice"], caller=PHONE["alice"], call=str(n)) == "found"
    assert clinic.database.rows(select(Guess.id)) == []


def test_above_sixty_an_hour_unknown_numbers_go_to_a_person(clinic):
    for n in range(60):
        tried(clinic, UNKNOWN, caller=f"55219{n:08d}", call=str(n))
    assert tried(clinic, CPF["alice"], BORN["alice"], "5521900009999") == "all"
    assert tried(clinic, CPF["alice"], BORN["alice"], PHONE["alice"]) == "found"
    assert len(clinic.audit.latest(action="guessing_alarm")) == 1


def test_enough_is_enough_for_the_audit_too(clinic):
    for _ in range(3):
        tried(clinic, call="1699.7")
    [entry] = clinic.audit.latest(action="too_many_guesses")
    assert (entry.actor, entry.note) == ("call:1699.7", "call")


def test_a_cpf_tried_too_often_is_in_the_audit_once(clinic):
    for n in range(8):
        tried(clinic, caller=f"55119{n:08d}")
    [entry] = clinic.audit.latest(action="too_many_guesses")
    assert entry.note == "cpf"


def test_many_at_once_do_not_slip_through(served_clinic):
    numbers = [f"55119{n:08d}" for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: tried(served_clinic, caller=number, call=number), numbers))
    assert tried(served_clinic, born=BORN["alice"], caller=PHONE["alice"]) == "not recognised"


def test_no_digits_are_kept(clinic):
    tried(clinic, caller=PHONE["bruno"])
    [row] = clinic.database.rows(select(Guess.cpf, Guess.caller))
    assert not {CPF["alice"], PHONE["bruno"]} & {row.cpf, row.caller}


def test_old_attempts_are_forgotten(clinic):
    tried(clinic)
    clinic.clock.move(minutes=61)
    assert (clinic.guessing.forget_old(), clinic.guessing.forget_old()) == (1, 0)


@pytest.mark.parametrize("blocked", [False, True])
def test_unknown_and_wrong_cost_the_same_queries(clinic, blocked):
    if blocked:
        for n in range(6):
            tried(clinic, caller=f"55119{n:08d}")
            tried(clinic, UNKNOWN, caller=f"55319{n:08d}")
    asked = [asked_for(clinic, cpf) for cpf in (CPF["alice"], UNKNOWN)]
    assert asked[0] == asked[1]
    assert len(asked[0]) == 3  # the attempt, the counts, the patient


def asked_for(clinic, cpf):
    """What is sent to the database for one wrong answer."""
    url = clinic.database.url.render_as_string(hide_password=False)
    database = CountingDatabase(url)
    there = open_clinic(Settings(database_url=url), clinic.clock, database)
    there.profile.get()  # known for the next five seconds
    database.asked.clear()
    assert tried(there, cpf, caller="5541911111111") == "not recognised"
    database.close()
    return database.asked
