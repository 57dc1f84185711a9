"""The rules of asking, the same in every menu."""

import pytest

from agi.asking import (
    GoBack,
    NumberQuestion,
    Option,
    WantsPerson,
    ask_number,
    choose,
    in_turn,
    pick,
    yes,
)
from agi.phone import AtOnce, Keys, Silence, TypeAhead, fake_call

DATE = NumberQuestion("identify/birth-date", 8)
CPF = NumberQuestion("identify/cpf", 11, alone={"6": "greeting/go-on-or-complaint"}, zero_pound=True)


def test_a_key_of_the_menu_is_the_answer():
    assert choose(fake_call("2"), "main/book", keys="12") == "2"


def test_a_key_that_interrupts_counts():
    assert choose(fake_call(AtOnce("2")), "main/book", keys="12") == "2"


def test_zero_is_a_person_in_every_menu():
    with pytest.raises(WantsPerson):
        choose(fake_call("0"), "main/book", keys="12")


def test_star_is_the_previous_menu():
    with pytest.raises(GoBack):
        choose(fake_call("*"), "main/book", keys="12")


def test_nine_says_it_again_and_counts_as_no_failure():
    call = fake_call("9", "9", "9", "9", "1")
    assert choose(call, "main/book", keys="12") == "1"
    assert call.heard.count("main/book") == 5


def test_nobody_hears_the_same_question_for_ever():
    with pytest.raises(WantsPerson):
        choose(fake_call(then="9"), "main/book", keys="12")


def test_a_wrong_key_is_told_and_asked_again():
    call = fake_call("7", "1")
    assert choose(call, "main/book", keys="12") == "1"
    assert call.heard == ["main/book", "common/wrong-key", "main/book"]


def test_no_key_is_told_and_makes_it_slow():
    call = fake_call(Silence(), "1")
    choose(call, "main/book", keys="12")
    assert "common/no-key" in call.heard
    assert call.slow


def test_the_third_try_is_slower_and_has_an_example():
    call = fake_call("7", "7", "1")
    choose(call, "main/book", keys="12")
    assert call.heard[-2:] == ["common/key-example", "main/book"]
    assert "/slow/main/book" in call.commands[-2]


def test_mistakes_without_silence_do_not_make_the_call_slow():
    menu, number = fake_call("7", "7", "1"), fake_call("0504#", "0504#", "05041980")
    choose(menu, "main/book", keys="12")
    ask_number(number, DATE)
    assert not menu.slow
    assert not number.slow
    assert "/slow/identify/birth-date-example" in number.commands[-1]


def test_after_three_tries_a_person():
    with pytest.raises(WantsPerson):
        choose(fake_call("7", Silence(), "7"), "main/book", keys="12")


def test_silence_may_be_an_answer():
    assert choose(fake_call(Silence()), "goodbye/rate", keys="12345", silence="") == ""


def test_yes_is_one_and_no_is_two():
    assert yes(fake_call("1"), "main/resume")
    assert not yes(fake_call("2"), "main/resume")


def test_a_number_needs_no_pound():
    assert ask_number(fake_call("05041980"), DATE) == "05041980"


def test_a_date_typed_with_six_seconds_between_keys_arrives_whole():
    assert ask_number(fake_call(Keys("05041980", gap=6)), DATE) == "05041980"


def test_a_date_typed_with_nine_seconds_between_keys_arrives_whole_in_slow_mode():
    call = fake_call(Keys("15041980", gap=9))
    assert ask_number(call, DATE) == "15041980"
    assert call.slow


def test_a_lone_zero_is_kept_and_asked_about():
    call = fake_call("0", "5041980")
    assert ask_number(call, DATE) == "05041980"
    assert "common/go-on-or-person" in call.heard


@pytest.mark.parametrize("then", ["#", Silence()])
def test_a_lone_zero_left_alone_is_a_person(then):
    with pytest.raises(WantsPerson):
        ask_number(fake_call("0", then), DATE)


def test_zero_pound_is_a_person():
    with pytest.raises(WantsPerson):
        ask_number(fake_call("0#"), DATE)


def test_zero_pound_may_mean_something_of_its_own():
    assert ask_number(fake_call("0#"), CPF) == "0"


def test_star_begins_the_number_anew():
    assert ask_number(fake_call("5299*52998224725"), CPF) == "52998224725"
    assert ask_number(fake_call("*1*52*52998224725"), CPF) == "52998224725"


def test_a_lone_star_is_the_previous_menu():
    with pytest.raises(GoBack):
        ask_number(fake_call("*"), DATE)


def test_a_number_ended_too_early_is_told():
    call = fake_call("0504#", "05041980")
    assert ask_number(call, DATE) == "05041980"
    assert "common/number-short" in call.heard


def test_a_number_abandoned_is_told_and_the_last_try_has_an_example():
    call = fake_call("1504", Silence(), Silence(), "15041980")
    assert ask_number(call, DATE) == "15041980"
    assert {"common/number-short", "common/no-number", "identify/birth-date-example"} <= set(call.heard)


def test_three_failures_are_a_person():
    with pytest.raises(WantsPerson):
        ask_number(fake_call(then=Silence()), DATE)


def test_what_is_wrong_with_a_number_is_said():
    checked = NumberQuestion("identify/cpf", 11, lambda _: "identify/cpf-wrong")
    call = fake_call(then="11144477734")
    with pytest.raises(WantsPerson):
        ask_number(call, checked)
    assert call.heard.count("identify/cpf-wrong") == 2


def test_a_first_key_left_alone_answers_by_itself():
    call = fake_call("6", Silence())
    assert ask_number(call, CPF) == "6"
    assert "greeting/go-on-or-complaint" in call.heard


def test_a_first_key_that_goes_on_is_a_digit():
    assert ask_number(fake_call("6", "2998224725"), CPF) == "62998224725"


def test_a_pound_after_a_full_number_answers_nothing():
    call = fake_call(TypeAhead("52998224725#", "05041980#", "1"))
    assert ask_number(call, CPF) == "52998224725"
    assert ask_number(call, DATE) == "05041980"
    assert choose(call, "main/book", "main/hear", keys="12") == "1"


def test_a_list_is_seven_a_page_with_fixed_keys():
    options = [Option(n, (f"number/{n}",)) for n in range(9)]
    call = fake_call("8", "8", "3")
    assert pick(call, "choose/specialty", options=options) == 2
    assert call.heard.count("number/7") == 1


def test_fixed_keys_stand_on_every_page():
    options = [Option(str(n), (f"number/{n}",)) for n in range(9)]
    call = fake_call("8", "2")
    assert pick(call, options=options, fixed={"1": Option("any", ("choose/any-doctor",))}, first=2) == "6"
    assert call.heard.count("choose/any-doctor") == 2


def test_star_goes_back_to_the_last_step_that_asked():
    asked: list[str] = []

    def step(name: str, asks: bool, back: bool):
        def take(state: int) -> int:
            asked.append(name)
            if asks:
                call.enter(name)
            if back and asked.count(name) == 1:
                raise GoBack
            return state + 1

        return take

    call = fake_call()
    in_turn(call, [step("a", True, False), step("b", False, False), step("c", True, True)], 0)
    assert asked == ["a", "b", "c", "a", "b", "c"]


def test_silence_in_the_last_try_at_a_number_keeps_the_call_slow():
    call = fake_call("0504#", "0504#", Keys("15041980", gap=11))
    ask_number(call, DATE)
    assert call.slow


@pytest.mark.parametrize("early", ["#", "0504#"])
def test_a_pound_too_early_is_no_number(early):
    call = fake_call(early, "05041980")
    assert ask_number(call, DATE) == "05041980"
    assert {"common/no-number", "common/number-short"} & set(call.heard)


def test_a_pound_is_no_key_of_a_menu():
    assert "common/wrong-key" in heard_choosing("#", "1")


def test_eight_is_no_key_of_a_short_list():
    call = fake_call("8", "1")
    assert pick(call, "choose/specialty", options=[Option(n, (f"number/{n}",)) for n in range(7)]) == 0
    assert "common/wrong-key" in call.heard
    assert "common/more" not in call.heard


def test_nine_in_a_list_says_the_same_page_again():
    call = fake_call("8", "9", "1")
    assert pick(call, "choose/specialty", options=[Option(n, (f"number/{n}",)) for n in range(9)]) == 7
    assert call.heard.count("number/7") == 2


@pytest.mark.parametrize(("key", "stopped"), [("0", WantsPerson), ("*", GoBack)])
def test_person_and_back_are_keys_of_every_page(key, stopped):
    with pytest.raises(stopped):
        pick(fake_call("8", key), options=[Option(n, (f"number/{n}",)) for n in range(9)])


def heard_choosing(*answers):
    call = fake_call(*answers)
    choose(call, "main/book", keys="12")
    return call.heard


@pytest.mark.parametrize("digit", ["8", "9"])
def test_eight_and_nine_are_digits_of_a_number(digit):
    assert ask_number(fake_call(digit * 8), DATE) == digit * 8
