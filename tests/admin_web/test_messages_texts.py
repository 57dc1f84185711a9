"""The managers' pages of what each message says."""

import pytest

from admin_web import messages_words as words
from clinic.messages.kinds import EVERYWHERE, KINDS, MORE, SORTS, audiences
from clinic.messages.sample import sample
from clinic.messages.texts import fill
from clinic.messages.wordings import BOOKED
from tests.admin_web.forms import as_shown, send

TEXTS = "/mensagens/textos"
EDIT = f"{TEXTS}/booked/patient"
GOOD = {"subject": "Consulta em {data}", "text": "Venha em {data}, às {hora}.", "short": "{data_curta}"}


def test_every_message_is_listed_for_each_audience(manager):
    page = manager.get(TEXTS).text
    assert page.count('aria-label="Editar ') == sum(len(audiences(kind)) for kind in KINDS)
    assert all(sort.name in page for sort in SORTS.values())


@pytest.mark.parametrize(("kind", "audience"), [(kind, audience) for kind in KINDS for audience in audiences(kind)])
def test_every_message_has_its_page_and_may_be_kept_as_shown(clinic, manager, kind, audience):
    path = f"{TEXTS}/{kind}/{audience}"
    form = {name: values[0] for name, values in as_shown(manager.get(path).text).items()}
    assert send(manager, path, form | {"do": "guardar"}).status_code == 303
    assert not clinic.messages.texts.get(kind, audience).own


@pytest.mark.parametrize("path", ["survey/doctor", "x/patient", "booked/x"])
def test_a_message_there_is_not_has_no_page(manager, path):
    assert manager.get(f"{TEXTS}/{path}").status_code == 404
    assert send(manager, f"{TEXTS}/{path}/ligar", on="0").status_code == 404


def test_own_words_are_kept(clinic, manager, site):
    assert send(manager, EDIT, GOOD).status_code == 303
    assert clinic.messages.texts.get("booked", "patient").wording.subject == GOOD["subject"]
    assert "texto da clínica" in manager.get(TEXTS).text
    [entry] = clinic.audit.latest(1, "message.worded")
    assert (entry.actor, entry.note) == (site.viewer("manager").ref, "booked/patient")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"subject": ""}, "Escreva alguma coisa aqui."),
        ({"subject": "x" * 151}, "Cabe até 150 letras."),
        ({"subject": "um\ndois"}, "Escreva em uma linha só."),
        ({"text": "{data} {hora"}, "Há uma chave sem par na linha 1."),
        ({"text": "{data} {horas}"}, "Não existe a variável {horas} nesta mensagem. Quis dizer {hora}?"),
        ({"text": "{data} {hora} {xyzzy}"}, "Escolha uma da lista."),
        ({"text": "Venha!"}, "Falta dizer {data} e {hora}."),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_field(clinic, manager, wrong, said):
    reply = send(manager, EDIT, GOOD | wrong)
    assert (reply.status_code, said in reply.text, 'aria-invalid="true"' in reply.text) == (422, True, True)
    assert not clinic.messages.texts.get("booked", "patient").own


def test_a_preview_keeps_nothing(clinic, manager):
    page = send(manager, EDIT, GOOD | {"do": "ver"}).text
    assert "Venha em quinta-feira, 26 de novembro, às 14:30." in page
    assert not clinic.messages.texts.get("booked", "patient").own


def test_the_preview_is_asked_for_while_one_writes(manager):
    part = send(manager, f"{EDIT}/previa", GOOD | {"subject": "{nome}"}).text
    assert "<html" not in part
    assert "{nome}" in part and "Não existe a variável {nome}" in part


def test_what_is_typed_is_shown_as_text(manager):
    page = send(manager, EDIT, GOOD | {"text": "<script>alert(1)</script>{data}{hora}", "do": "ver"}).text
    assert "<script>alert" not in page


def test_nobody_writes_over_what_they_have_not_seen(clinic, manager):
    send(manager, EDIT, GOOD)
    reply = send(manager, EDIT, GOOD | {"subject": "Outro", "seen": ""})
    assert (reply.status_code, "Outra pessoa mudou este texto" in reply.text, "Outro" in reply.text) == (
        409,
        True,
        True,
    )
    again = {name: values[0] for name, values in as_shown(reply.text).items() if name != "on"}
    assert send(manager, EDIT, again).status_code == 303
    assert clinic.messages.texts.get("booked", "patient").wording.subject == "Outro"


def test_our_words_come_back(clinic, manager):
    send(manager, EDIT, GOOD)
    seen = clinic.messages.texts.get("booked", "patient").seen
    assert send(manager, f"{EDIT}/restaurar", seen="older").status_code == 409
    assert send(manager, f"{EDIT}/restaurar", seen=seen).status_code == 303
    assert clinic.messages.texts.get("booked", "patient").wording == BOOKED


def test_a_message_is_switched_off_and_on(clinic, manager):
    send(manager, f"{EDIT}/ligar", on="0")
    assert not clinic.messages.texts.get("booked", "patient").enabled
    assert "desligada" in manager.get(TEXTS).text
    send(manager, f"{EDIT}/ligar", on="1")
    assert clinic.messages.texts.get("booked", "patient").enabled


def test_the_sample_has_every_variable():
    made = sample("Clínica", "https://clinica.example")
    assert set(made) == {*EVERYWHERE, *MORE}
    assert all(made.values())


@pytest.mark.parametrize(("kind", "audience"), [(kind, audience) for kind in KINDS for audience in audiences(kind)])
def test_a_short_text_fits_into_two_messages(kind, audience):
    shown = fill(SORTS[kind].wordings[audience], sample("Clínica Boa Vista", "https://clinica.example"))
    assert len(shown.short) <= 2 * words.SMS_LETTERS
    assert "{" not in shown.text + shown.subject + shown.short
