"""The managers' pages of messages: what was sent and why not, what each says; and how patients wish to be told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from admin_web import messages_words as words
from clinic.messages.kinds import EVERYWHERE, KINDS, MORE, SORTS, audiences
from clinic.messages.sample import sample
from clinic.messages.texts import fill
from clinic.messages.wordings import BOOKED
from clinic.outbox.addressing import OVER
from clinic.transitions import TRANSITIONS
from db.tables import OutboxRow
from tests.admin_web.forms import as_shown, send
from tests.conventions import house

TEXTS = "/mensagens/textos"
EDIT = f"{TEXTS}/booked/patient"
GOOD = {"subject": "Consulta em {data}", "text": "Venha em {data}, às {hora}.", "short": "{data_curta}"}


@pytest.fixture
def manager(site):
    browser = site.client("manager")
    browser.get("/mensagens")
    return browser


@pytest.fixture
def outbox(clinic):
    """Writes a message into the outbox: outbox(status="failed", reason="address-550"); its id."""
    numbers = iter(range(1000))

    def write(status="sent", kind="booked", audience="patient", who="alice", **more):
        number, now = next(numbers), clinic.clock()
        settled = None if status == "waiting" else now
        row = {
            "uid": f"{number:032}", "kind": kind, "audience": audience, "medium": "email", "status": status,
            "attempts": 1, "created_at": now + timedelta(seconds=number), "settled_at": settled,
            "due_at": None if settled else now, "dedupe": f"test:{number}", "patient_id": clinic.people[who].id,
            "appointment_id": bookings(clinic, who), "doctor_id": clinic.at.doctors["marina"], "version": now,
        }  # fmt: skip
        return clinic.database.change(insert(OutboxRow).values(**row | more)).lastrowid

    return write


def bookings(clinic, who):
    theirs = clinic.bookings.upcoming(clinic.people[who])
    return (theirs[0] if theirs else clinic.book(who)).id


# What was sent


def test_an_empty_outbox_says_what_will_be_there(manager):
    assert "Nenhuma mensagem ainda" in manager.get("/mensagens").text


def test_what_failed_says_why(manager, outbox):
    outbox("failed", reason="address-550", attempts=7)
    page = manager.get("/mensagens").text
    assert "Alice Ferreira" in page and "Consulta marcada" in page and "7 tentativas" in page
    assert "o servidor recusou o endereço (resposta 550)" in page


def test_who_looked_is_kept_in_the_audit(clinic, manager, outbox, site):
    outbox()
    manager.get("/mensagens")
    [entry] = clinic.audit.latest(1, "messages.listed")
    assert entry.actor == site.viewer("manager").ref


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 4), ("situacao=failed", 1), ("tipo=reminder", 1), ("para=doctor", 1), ("canal=sms", 1),
        ("de=2026-11-23&ate=2026-11-23", 4), ("de=2026-11-24", 0), ("ate=2026-11-22", 0), ("situacao=nonsense", 4),
        ("de=ontem", 4), ("antes=x", 4), ("situacao=failed&tipo=reminder", 0),
    ],
)  # fmt: skip
def test_messages_are_found_by_what_they_are(manager, outbox, asked, count):
    outbox("failed", reason="unreachable")
    outbox(kind="reminder")
    outbox(audience="doctor")
    outbox(medium="sms")
    assert manager.get(f"/mensagens?{asked}").text.count('<th scope="row"') == count


def test_long_lists_are_read_page_by_page(manager, outbox):
    for _ in range(60):
        outbox(kind="moved")
    first = manager.get("/mensagens?tipo=moved").text
    older = next(one for one in first.split('"') if "antes=" in one).replace("&amp;", "&")
    assert "tipo=moved" in older
    assert (first.count('<th scope="row"'), manager.get(older).text.count('<th scope="row"')) == (50, 10)


def test_one_message_is_sent_again(clinic, manager, outbox):
    failed = outbox("failed", reason="unreachable")
    assert send(manager, f"/mensagens/{failed}/reenviar", situacao="failed").location == "/mensagens?situacao=failed"
    assert clinic.messages.outbox.get(failed).status == "waiting"
    assert "será enviada de novo" in manager.get("/mensagens").text


def test_what_waits_is_not_sent_again(manager, outbox):
    send(manager, f"/mensagens/{outbox('waiting')}/reenviar")
    assert "não há o que reenviar" in manager.get("/mensagens").text


def test_a_message_there_is_not_is_not_sent(manager):
    assert send(manager, "/mensagens/999/reenviar").status_code == 404


def test_all_that_failed_are_sent_again_and_followed(clinic, manager, outbox):
    failed = [outbox("failed", reason="unreachable") for _ in range(3)]
    outbox()
    where = send(manager, "/mensagens/reenviar").location
    assert [clinic.messages.outbox.get(one).status for one in failed] == ["waiting"] * 3
    page = manager.get(where).text
    assert "0 de 3" in page and "messages/progress" in page
    assert page.count('<th scope="row"') == 3


def test_only_those_that_are_shown_are_sent_again(clinic, manager, outbox):
    one, other = outbox("failed", kind="reminder"), outbox("failed", kind="moved")
    send(manager, "/mensagens/reenviar", tipo="reminder")
    assert [clinic.messages.outbox.get(it).status for it in (one, other)] == ["waiting", "failed"]


def test_nothing_to_send_again_says_so(manager, outbox):
    outbox()
    assert "lote" not in send(manager, "/mensagens/reenviar", tipo="moved").location
    assert "Nenhuma mensagem com falha" in manager.get("/mensagens").text


def test_the_progress_ends(manager):
    assert 'data-open="0"' in manager.get("/mensagens/lote/nonsense").text


@pytest.mark.parametrize("status", words.STATUSES)
def test_every_status_has_words(manager, outbox, status):
    outbox(status)
    assert words.STATUSES[status][0] in manager.get("/mensagens").text


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, ""), ("confirmed", "a presença já estava confirmada"), ("server-421", "o servidor respondeu 421"),
        ("odd-thing", "o canal respondeu “odd-thing”"),
    ],
)  # fmt: skip
def test_a_reason_has_words(code, said):
    assert words.reason(code) == said


def reasons():
    """Every reason that the code gives for a message that did not go out."""
    files = [path for room in ("outbox", "media") for path in (house.ROOT / "clinic" / room).rglob("*.py")]
    named = re.findall(
        r'(?:Hushed|NotSent|_Gone|_give_up|_try_later)\((?:row, )?f?"([^"]+)"', "".join(map(read, files))
    )
    return sorted({one.replace("{what}", "address") for one in named})


def read(path):
    return path.read_text("utf-8")


@pytest.mark.parametrize(
    "code", sorted({*reasons(), *(status for status, _ in TRANSITIONS), *OVER, "waits_for_medium"})
)
def test_whatever_stops_a_message_has_words(code):
    said = words.reason(re.sub(r"{[^}]*}", "421", code))
    assert said and "o canal respondeu" not in said


def test_a_pre_registration_has_no_name(manager, outbox):
    outbox(patient_id=None, appointment_id=None, audience="patient")
    assert "pré-cadastro" in manager.get("/mensagens").text


# What each says


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


# How patients wish to be told


@pytest.fixture
def patient(site):
    browser = site.client("patient")
    browser.get("/portal/avisos")
    return browser


def test_patients_see_their_wishes_and_those_for_dependants(patient):
    page = patient.get("/portal/avisos").text
    assert "Alice Ferreira" in page and "Davi Ferreira" in page and "Receber lembretes" in page


def test_patients_say_how_they_wish_to_be_told(clinic, patient):
    alice, davi = clinic.people["alice"].id, clinic.people["davi"].id
    assert send(patient, "/portal/avisos", para=str(davi), medium="sms").status_code == 303
    wishes = clinic.messages.preferences
    assert (wishes.of(davi).reminders, wishes.of(davi).medium, wishes.of(alice).reminders) == (False, "sms", True)


def test_nobody_says_it_for_others(clinic, patient):
    bruno = clinic.people["bruno"].id
    assert send(patient, "/portal/avisos", para=str(bruno)).status_code == 404
    assert clinic.messages.preferences.of(bruno).reminders


def test_the_desk_keeps_what_a_patient_says(clinic, site):
    browser, bruno = site.client("attendant"), clinic.people["bruno"].id
    browser.get(f"/pacientes/{bruno}/mensagens")
    send(browser, f"/pacientes/{bruno}/mensagens", reminders="1", medium="pombo")
    send(browser, f"/pacientes/{bruno}/mensagens", medium="email")
    wish = clinic.messages.preferences.of(bruno)
    assert (wish.reminders, wish.medium) == (False, "email")


def test_the_desk_sees_what_a_patient_was_told(clinic, site, outbox):
    outbox("failed", reason="unreachable")
    outbox(who="bruno")
    alice = clinic.people["alice"].id
    page = site.client("attendant").get(f"/pacientes/{alice}/mensagens").text
    assert "o servidor não respondeu" in page and page.count('<th scope="row"') == 1
    assert clinic.audit.latest(1, "patient.read")[0].entity_id == alice


def test_a_patients_card_leads_to_the_messages(clinic, site):
    alice = clinic.people["alice"].id
    assert f'href="/pacientes/{alice}/mensagens"' in site.client("attendant").get(f"/pacientes/{alice}").text


def test_ones_own_data_lead_to_the_wishes(patient):
    assert 'href="/portal/avisos"' in patient.get("/portal/meus-dados").text
