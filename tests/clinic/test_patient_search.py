"""Finding a patient by what is said at the desk."""

import pytest


@pytest.fixture
def find(any_clinic):
    any_clinic.patients.register("Ana Conceição", any_clinic.people["alice"].birth_date)
    any_clinic.patients.register("Conceição Braga", any_clinic.people["alice"].birth_date)
    return lambda text: [one.name for one in any_clinic.desk.search.find(text, "user:1")]


@pytest.mark.parametrize(
    "text", ["alice", "ALICE F", "  alice   ferreira ", "529.982.247-25", "529982", "(11) 98765-4321", "4321"]
)
def test_alice_is_found(find, text):
    assert find(text) == ["Alice Ferreira"]


def test_accents_do_not_matter_and_who_begins_so_comes_first(find):
    assert find("conceicao") == find("CONCEIÇÃO") == ["Conceição Braga", "Ana Conceição"]


def test_all_words_must_be_there_in_any_order(find):
    assert find("ferreira ali") == ["Alice Ferreira"]
    assert find("alice souza") == []


def test_a_nome_social_is_what_is_shown(find):
    assert find("carlos") == ["Carla Souza"]


@pytest.mark.parametrize(
    "text", ["", " ", "a", "%", "__", "%%%", "\\", "' OR 1=1", "x" * 10_000, "😀😀", "99999999999"]
)
def test_nothing_is_found_for_nothing_and_nonsense(find, text):
    assert find(text) == []


def test_who_saw_somebody_is_written_down_but_not_what_was_typed(clinic):
    clinic.desk.search.find("alice", "user:7")
    clinic.desk.search.find("nobody of that name", "user:7")
    assert [(one.actor, one.note) for one in clinic.audit.latest(action="patient.listed")] == [("user:7", "search: 1")]
