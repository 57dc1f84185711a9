"""Call-flow 2: CPF and birth date."""

import pytest

from agi.phone import Keys, Silence, Speaks
from tests.agi.menus.talking import ALICE, BRUNO, CARLA, ZECA, in_order, talk, went_to

WRONG_DATE = "06041980"
UNKNOWN = ("39053344705", "05041980")


def with_profile(clinic, **changes):
    clinic.profile.save(clinic.profile.get().model_copy(update=changes))


def test_cpf_and_birth_date_lead_to_the_main_menu(clinic):
    assert talk(clinic, *BRUNO).trail == ["greeting", "identify", "main"]


def test_a_mistyped_cpf_is_told_before_anything_is_looked_up(clinic):
    call = talk(clinic, "52998224726", *ALICE)
    assert in_order(call.heard, "identify/cpf", "identify/cpf-wrong", "identify/cpf", "identify/birth-date")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("31021980", "identify/date-impossible"),
        ("00001980", "identify/date-impossible"),
        ("24112026", "identify/date-future"),
        ("05041880", "identify/date-too-old"),
    ],
)
def test_a_date_that_cannot_be_is_told_at_once(clinic, typed, said):
    assert said in talk(clinic, BRUNO[0], typed, BRUNO[1]).heard


def test_unknown_cpf_and_wrong_date_sound_alike(clinic):
    one = talk(clinic, ALICE[0], WRONG_DATE, uniqueid="a")
    other = talk(clinic, *UNKNOWN, uniqueid="b")
    assert one.heard == other.heard
    assert one.heard[-1] == "identify/not-recognised"


def test_one_tries_again(clinic):
    assert talk(clinic, BRUNO[0], WRONG_DATE, "1", *BRUNO).trail[-1] == "main"


def test_two_registers(clinic):
    call = talk(clinic, *UNKNOWN, "2", Speaks(3))
    assert call.trail[-2:] == ["register", "main"]


def test_not_recognised_three_times_is_a_person(clinic):
    call = talk(clinic, *UNKNOWN, "1", *UNKNOWN, "1", *UNKNOWN, "1")
    assert went_to(call) == "reception"


def test_five_wrong_tries_block_a_cpf_and_sound_like_wrong(clinic):
    for n in range(2):
        talk(clinic, BRUNO[0], WRONG_DATE, "1", BRUNO[0], WRONG_DATE, "1", BRUNO[0], WRONG_DATE, uniqueid=f"w{n}")
    call = talk(clinic, *BRUNO, uniqueid="right", caller="11955554444")
    assert call.heard[-1] == "identify/not-recognised"


def test_above_the_limit_of_all_an_unrecognised_number_goes_to_a_person(clinic):
    for n in range(60):
        clinic.guessing.attempt(f"{n:011d}", None, f"call-{n}")
    assert went_to(talk(clinic, *ZECA, caller="11900001111")) == "reception"
    assert talk(clinic, *BRUNO, caller="11912345678", uniqueid="known").trail[-1] == "main"


def test_a_patient_without_cpf_registers_with_birth_date_and_name(clinic):
    call = talk(clinic, "0#", "1", "12092020", Speaks(2))
    assert call.trail[-2:] == ["register", "main"]


def test_a_patient_without_cpf_may_speak_with_a_person(clinic):
    assert went_to(talk(clinic, "0#", "0")) == "reception"


def test_star_at_the_date_asks_for_the_cpf_again(clinic):
    call = talk(clinic, ALICE[0], "*", *BRUNO)
    assert call.trail[-1] == "main"
    assert call.heard.count("identify/cpf") == 2


def test_slow_fingers_arrive_and_are_remembered(clinic):
    slow = Keys(ZECA[1], gap=6)
    call = talk(clinic, ZECA[0], slow)
    assert call.trail[-1] == "main"
    assert call.slow
    assert talk(clinic, *ZECA, uniqueid="again").slow


def test_who_is_not_slow_is_not_slowed_down(clinic):
    assert not talk(clinic, *CARLA).slow


def test_nothing_typed_three_times_is_a_person(clinic):
    assert went_to(talk(clinic, then=Silence())) == "reception"


def test_a_known_number_types_the_birth_date_alone(clinic):
    with_profile(clinic, known_numbers=True)
    call = talk(clinic, BRUNO[1], caller="011912345678")
    assert call.trail == ["greeting", "identify", "main"]
    assert "identify/cpf" not in call.heard


def test_a_known_number_hears_nothing_about_a_patient_before_the_date(clinic):
    with_profile(clinic, known_numbers=True)
    call = talk(clinic, caller="11912345678")
    assert not [one for one in call.heard[2:] if one.startswith("name/")]


def test_a_known_number_may_use_the_cpf(clinic):
    with_profile(clinic, known_numbers=True)
    assert talk(clinic, "*", *ZECA, caller="11912345678").trail[-1] == "main"


def test_a_known_number_with_a_date_of_nobody_is_asked_for_the_cpf(clinic):
    with_profile(clinic, known_numbers=True)
    call = talk(clinic, "01011990", *BRUNO, caller="11912345678")
    assert in_order(call.heard, "identify/birth-date-known", "identify/cpf", "main/book")


def test_known_numbers_are_off_unless_the_clinic_wants_them(clinic):
    assert "identify/cpf" in talk(clinic, caller="11912345678").heard
