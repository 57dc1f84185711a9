"""Call-flow 2: CPF and birth date."""

from datetime import date

import pytest

from agi.phone import Keys, Silence, Speaks
from tests.agi.menus.talking import ALICE, BRUNO, CARLA, ZECA, TypeAhead, in_order, talk, went_to

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
    assert in_order(call.heard, "identify/birth-date-known", "identify/not-found", "identify/cpf", "main/book")


def test_known_numbers_are_off_unless_the_clinic_wants_them(clinic):
    assert "identify/cpf" in talk(clinic, caller="11912345678").heard


TWINS_PHONE = "5511933332222"


def family(clinic, *born):
    """Patients who share a telephone."""
    for n, day in enumerate(born):
        clinic.patients.register(f"Irmã {n}", day, phones=[TWINS_PHONE])


def test_of_several_patients_of_a_number_the_date_says_which(clinic):
    with_profile(clinic, known_numbers=True)
    family(clinic, date(2001, 1, 2), date(2003, 4, 5))
    call = talk(clinic, "05042003", caller=TWINS_PHONE)
    assert call.trail[-1] == "main"
    assert call.who.name == "Irmã 1"


def test_who_shares_number_and_date_is_asked_for_the_cpf(clinic):
    with_profile(clinic, known_numbers=True)
    family(clinic, date(2001, 1, 2), date(2001, 1, 2))
    call = talk(clinic, "02012001", *BRUNO, caller=TWINS_PHONE)
    assert in_order(call.heard, "identify/birth-date-known", "identify/cpf", "main/book")
    assert "identify/not-found" not in call.heard


@pytest.fixture
def with_pin(clinic):
    clinic.patients.register("Olga Reis", date(1950, 6, 30), "39053344705", pin="0472")
    return ("39053344705", "30061950")


def test_a_pin_is_asked_after_the_date(clinic, with_pin):
    call = talk(clinic, *with_pin, "0472")
    assert in_order(call.heard, "identify/cpf", "identify/birth-date", "identify/pin", "main/book")


def test_a_wrong_pin_is_told_and_asked_again(clinic, with_pin):
    call = talk(clinic, *with_pin, "1111", "0472")
    assert in_order(call.heard, "identify/pin", "identify/pin-wrong", "identify/pin", "main/book")


def test_three_wrong_pins_are_a_person(clinic, with_pin):
    assert went_to(talk(clinic, *with_pin, "1111", "2222", "3333")) == "reception"


@pytest.mark.parametrize(("caller", "tries"), [("11955554444", 5), ("", 3)])
def test_who_guesses_goes_to_a_person_and_the_desk_can_see_it(clinic, caller, tries):
    for n in range(tries):
        call = talk(clinic, *UNKNOWN, caller=caller, uniqueid="anonymous" if not caller else f"try-{n}")
    assert went_to(call) == "reception"
    assert call.variables["ALO_WHY"] == "guesses"
    assert clinic.audit.latest(1, "too_many_guesses")


def test_the_desk_may_set_slow_mode(clinic):
    clinic.patients.register("Olga Reis", date(1950, 6, 30), "39053344705", slow_mode=True)
    call = talk(clinic, "39053344705", "30061950")
    assert "/slow/main/book" in "".join(call.commands)


def test_the_desk_may_take_slow_mode_back(clinic):
    clinic.patients.remember_slow(clinic.people["bruno"])
    clinic.patients.remember_slow(clinic.people["bruno"], slow=False)
    assert not talk(clinic, *BRUNO).slow


def test_who_is_silent_after_being_identified_is_remembered_too(clinic):
    talk(clinic, *BRUNO, Silence(), "1")
    assert talk(clinic, *BRUNO, uniqueid="again").slow


def test_who_mistypes_is_not_taken_for_slow(clinic):
    talk(clinic, "1#", "1#", *BRUNO)
    assert not talk(clinic, *BRUNO, uniqueid="again").slow


def test_a_cpf_typed_with_stars_arrives(clinic):
    assert talk(clinic, "52*111444777*11144477735", BRUNO[1]).trail[-1] == "main"


def test_a_late_pound_after_each_number_does_no_harm(clinic):
    call = talk(clinic, TypeAhead(f"{BRUNO[0]}#", f"{BRUNO[1]}#", "2"))
    assert call.trail[-1] == "main"
    assert in_order(call.heard, "appointments/none")
    assert "common/no-number" not in call.heard


@pytest.mark.parametrize("entry", ["booking", "complaint"])
def test_star_at_the_first_question_of_any_entry_does_not_end_the_call(clinic, entry):
    assert talk(clinic, "*", *BRUNO, entry=entry).trail[-1] != "goodbye"
