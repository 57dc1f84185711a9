"""What a message says: ours or the clinic's own; checked on saving, harmless whatever somebody is called."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.messages.kinds import KINDS, SORTS, audiences
from clinic.messages.texts import (
    LONGEST,
    BadText,
    Empty,
    LineBreak,
    MissingVariable,
    Texts,
    TooLong,
    UnbalancedBrace,
    UnknownVariable,
    faults,
    fill,
)
from clinic.messages.wordings import BOOKED, Wording
from clinic.profile import ChangedMeanwhile

EACH = [(kind, audience) for kind in KINDS for audience in audiences(kind)]
GOOD = ("Consulta em {data}", "Olá, {primeiro_nome}!\nVenha em {data}, às {hora}.", "{data_curta}, {hora}")
ALICE = {
    "primeiro_nome": "Alice", "paciente": "Alice Ferreira", "data": "terça-feira, 24 de novembro",
    "data_curta": "ter., 24/11", "hora": "14:30", "clinica": "Clínica Boa Vista", "medico": "Dra. Marina Duarte",
    "o_medico": "a Dra. Marina Duarte", "local": "Centro", "codigo": "123456", "link_remarcar": "https://a.example/c/x",
}  # fmt: skip


@pytest.fixture
def texts(clinic):
    """Texts that look into the database at every reading."""
    return Texts(clinic.database, clinic.clock, ticks=count(step=60).__next__)


def save(texts, subject=GOOD[0], body=GOOD[1], short=GOOD[2], **more):
    texts.save("booked", "patient", subject, body, short, **{"by": "user:1"} | more)


def found(subject=GOOD[0], text=GOOD[1], short=GOOD[2], kind="booked", audience="patient"):
    return faults(kind, audience, Wording(subject, text, short))


# Ours


@pytest.mark.parametrize(("kind", "audience"), EACH)
def test_what_we_ship_may_be_kept(kind, audience):
    assert faults(kind, audience, SORTS[kind].wordings[audience]) == []


def test_a_message_is_filled_in(texts):
    said = texts.render("booked", "patient", ALICE)
    assert said.subject == "Clínica Boa Vista: consulta marcada para terça-feira, 24 de novembro"
    assert "Olá, Alice!\n\nSua consulta está marcada.\n\nQuando: terça-feira, 24 de novembro, às 14:30" in said.text
    assert said.short.endswith("com a Dra. Marina Duarte. Para mudar: https://a.example/c/x")


def test_a_line_with_nothing_to_say_is_left_out(texts):
    text = texts.render("booked", "patient", ALICE).text
    assert "Protocolo" not in text and "Telefone" not in text and "\n\n\n" not in text
    assert "Protocolo: 261124" in texts.render("booked", "patient", ALICE | {"protocolo": "261124"}).text


def test_the_doctor_is_told_who_and_when(texts):
    said = texts.render("booked", "doctor", ALICE)
    assert said.subject == "Clínica Boa Vista - Nova consulta agendada"
    assert said.text.startswith(
        "Olá, Dra. Marina Duarte! Você tem uma nova consulta marcada. Paciente: Alice Ferreira. "
        "Data e horário: terça-feira, 24 de novembro às 14:30."
    )


def test_what_has_no_wording_for_an_audience_is_not_sent(texts):
    assert not texts.enabled("survey", "doctor")
    assert texts.enabled("booked", "doctor")


# Whatever somebody is called


@pytest.mark.parametrize(
    "name", ["{hora}", "{", "}}{{", "Ana\r\nBcc: x@y.example", "\u202eAna", "a\u2028b", "{0}", "%s"]
)
def test_a_hostile_name_changes_nothing_around_it(name):
    said = fill(BOOKED, ALICE | {"primeiro_nome": name})
    usual = fill(BOOKED, ALICE)
    assert said.text.split("\n")[1:] == usual.text.split("\n")[1:]
    assert said.subject == usual.subject


@given(st.text())
def test_a_subject_is_one_line_whatever_stands_in_it(name):
    said = fill(Wording("{paciente}", "{paciente}", "{paciente}"), {"paciente": name})
    assert len(said.subject.splitlines()) <= 1
    assert len(said.text.splitlines()) <= 1


def test_signs_that_mean_something_to_python_mean_nothing_here():
    said = fill(Wording("100 %s {clinica}", "{clinica}: 50 % %(a)s", "{0} {clinica!r}"), {"clinica": "5 % {0} %s"})
    assert (said.subject, said.text) == ("100 %s 5 % {0} %s", "5 % {0} %s: 50 % %(a)s")
    assert said.short == ""


def test_braces_in_a_name_stay_as_they_are():
    assert fill(Wording("{paciente}", "x", "x"), {"paciente": "{hora}", "hora": "14:30"}).subject == "{hora}"


# Saving


@pytest.mark.parametrize(
    ("wrong", "kind", "part"),
    [
        ({"subject": ""}, Empty, "subject"),
        ({"text": ""}, Empty, "text"),
        ({"subject": "x" * (LONGEST["subject"] + 1)}, TooLong, "subject"),
        ({"text": GOOD[1] + "x" * LONGEST["text"]}, TooLong, "text"),
        ({"short": "x" * (LONGEST["short"] + 1)}, TooLong, "short"),
        ({"subject": "um\ndois"}, LineBreak, "subject"),
        ({"short": "um\ndois"}, LineBreak, "short"),
        ({"subject": "{nome}"}, UnknownVariable, "subject"),
        ({"subject": "{}"}, UnknownVariable, "subject"),
        ({"subject": "{data.__class__}"}, UnknownVariable, "subject"),
        ({"text": GOOD[1] + "{prazo}"}, UnknownVariable, "text"),
        ({"text": "Venha às {hora}."}, MissingVariable, "text"),
        ({"subject": "{data"}, UnbalancedBrace, "subject"),
        ({"subject": "data}"}, UnbalancedBrace, "subject"),
        ({"subject": "{{data}}"}, UnbalancedBrace, "subject"),
        ({"text": "{data}\n{ho\nra}"}, UnbalancedBrace, "text"),
    ],
)
def test_what_cannot_be_kept_is_told(wrong, kind, part):
    [fault] = found(**wrong)
    assert (type(fault), fault.part) == (kind, part)


def test_a_fault_says_what_is_wrong():
    assert found(text="x")[0].names == ("data", "hora")
    assert found(subject="{nome}")[0].name == "nome"
    assert found(text="{data}{hora}\n{x")[0].line == 2


def test_a_doctors_text_names_the_patient():
    [fault] = found(text="{data} {hora}", audience="doctor")
    assert fault.names == ("paciente",)


def test_all_faults_are_told_at_once():
    assert [fault.part for fault in found(subject="{x} {y}", text="z")] == ["subject", "subject", "text"]


def test_nothing_wrong_is_kept(texts):
    with pytest.raises(BadText):
        save(texts, subject="{nome}")
    assert not texts.get("booked", "patient").own


def test_the_clinics_own_words_hold(texts):
    save(texts)
    assert (
        texts.render("booked", "patient", ALICE).text == "Olá, Alice!\nVenha em terça-feira, 24 de novembro, às 14:30."
    )
    assert texts.render("booked", "doctor", ALICE).subject == "Clínica Boa Vista - Nova consulta agendada"


def test_windows_line_ends_are_one_kind(texts):
    save(texts, body="Em {data}\r\nàs {hora}\r\n")
    assert texts.get("booked", "patient").wording.text == "Em {data}\nàs {hora}"


def test_what_is_saved_as_it_was_shipped_stays_ours(texts):
    save(texts, BOOKED.subject, BOOKED.text, BOOKED.short)
    assert not texts.get("booked", "patient").own


def test_ours_come_back(texts):
    save(texts)
    texts.restore("booked", "patient", by="user:1", seen=texts.get("booked", "patient").seen)
    assert texts.get("booked", "patient").wording == BOOKED


def test_nobody_writes_over_what_they_have_not_seen(texts, clinic):
    seen = texts.get("booked", "patient").seen
    save(texts, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        save(texts, subject="outro {data}", seen=seen)
    clinic.clock.move(seconds=1)
    save(texts, subject="outro {data}", seen=texts.get("booked", "patient").seen)


def test_a_kind_is_switched_off_and_on(texts):
    texts.switch("reminder", "patient", False, by="user:1")
    assert not texts.enabled("reminder", "patient")
    texts.switch("reminder", "patient", True, by="user:1")
    assert texts.enabled("reminder", "patient")


def test_own_words_survive_switching(texts):
    save(texts)
    texts.switch("booked", "patient", False, by="user:2")
    kept = texts.get("booked", "patient")
    assert (kept.own, kept.enabled, kept.edited_by) == (True, False, "user:2")


def test_what_is_off_when_shipped_stays_so_when_its_words_change(texts):
    texts.save("survey", "patient", "Oi", "Como foi? {link_pesquisa}", "Como foi? {link_pesquisa}", by="user:1")
    assert not texts.enabled("survey", "patient")


def test_what_is_read_may_be_five_seconds_old(clinic):
    ticks = iter([0.0, 1.0, 6.0, 7.0])
    reading, writing = (
        Texts(clinic.database, clinic.clock, ticks=lambda: next(ticks)),
        Texts(clinic.database, clinic.clock),
    )
    assert reading.enabled("booked", "patient")
    writing.switch("booked", "patient", False, by="user:1")
    assert reading.enabled("booked", "patient")
    assert not reading.enabled("booked", "patient")


def test_what_there_is_not_cannot_be_kept(texts):
    with pytest.raises(KeyError):
        texts.switch("survey", "doctor", True, by="user:1")


def test_own_words_are_kept_on_every_database(any_clinic):
    texts = Texts(any_clinic.database, any_clinic.clock)
    save(texts)
    save(texts, subject="De novo {data}", seen=texts.get("booked", "patient").seen)
    assert texts.get("booked", "patient").wording.subject == "De novo {data}"
