"""Every kind of message has its wordings, and each says what it must with the variables there are."""

import re

import pytest

from clinic.messages.kinds import DAYS, DEEDS, EVERYWHERE, KINDS, MORE, OPTIONAL, SORTS, audiences, needed

EACH = [(kind, audience) for kind in KINDS for audience in audiences(kind)]
HEALTH = ("especialidade", "motivo")


def used(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_kind_is_described_once():
    assert set(SORTS) == set(KINDS)


def test_optional_variables_are_variables():
    assert {*EVERYWHERE, *MORE} >= OPTIONAL


@pytest.mark.parametrize(("kind", "audience"), EACH)
def test_a_shipped_text_uses_only_variables_of_its_kind(kind, audience):
    wording = SORTS[kind].wordings[audience]
    for text in (wording.subject, wording.text, wording.short):
        assert used(text) <= set(SORTS[kind].variables)


@pytest.mark.parametrize(("kind", "audience"), EACH)
def test_a_shipped_text_says_what_it_must(kind, audience):
    said = used(SORTS[kind].wordings[audience].text)
    assert needed(kind, audience) <= said | ({"data"} if said & DAYS else set())


@pytest.mark.parametrize(("kind", "audience"), EACH)
def test_no_shipped_text_tells_about_health(kind, audience):
    wording = SORTS[kind].wordings[audience]
    assert not used(wording.subject + wording.text + wording.short) & set(HEALTH)


@pytest.mark.parametrize(("kind", "audience"), EACH)
def test_a_shipped_text_says_which_clinic_writes(kind, audience):
    wording = SORTS[kind].wordings[audience]
    assert all("{clinica}" in text for text in (wording.subject, wording.text, wording.short))


def test_a_reminder_can_be_answered_in_every_way():
    assert set(SORTS["reminder"].deeds) == set(DEEDS)


def test_the_doctor_is_told_who_and_when_in_one_sentence():
    wording = SORTS["booked"].wordings["doctor"]
    assert wording.subject == "{clinica} - Nova consulta agendada"
    said = "Olá, {medico}! Você tem uma nova consulta marcada. Paciente: {paciente}. Data e horário: {data} às {hora}."
    assert wording.text.startswith(said)


def test_who_is_offered_another_time_hears_no_reason_that_may_not_be_so():
    text = SORTS["reoffered"].wordings["patient"].text
    assert "precisa mudar de horário" in text
    assert "não poderá atender" not in text  # a holiday, or a payer the clinic gave up, is not the doctor's absence
