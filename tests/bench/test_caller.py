"""What a caller pays: the aims, which need no quiet machine."""

import pytest

from tests.bench import caller


@pytest.fixture(scope="module")
def figures():
    return caller.measure(lambda _text: None)["figures"]


def test_a_patient_books_with_24_keys(figures):
    assert figures["keys_new"] <= 24


def test_a_known_number_books_with_13_keys(figures):
    assert figures["keys_known"] <= 13


def test_registering_costs_two_keys_more(figures):
    assert figures["keys_register"] == figures["keys_new"] + 2


@pytest.mark.parametrize("question", ["unit", "payer", "modality"])
def test_each_question_costs_one_key(figures, question):
    assert figures[f"keys_more_for_{question}"] == 1


def test_the_greeting_lasts_15_seconds_at_most(figures):
    assert 0 < figures["greeting_seconds"] <= 15


def test_typing_ahead_never_waits_for_a_prompt(figures):
    assert figures["typed_ahead_seconds"] <= 0.1 * figures["keys_typed_ahead"] + 1
