"""What was sent and why not, as managers, the desk and patients see it; and how patients wish to be told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from admin_web import messages_words as words
from clinic.messages.preferences import Preference
from clinic.outbox.addressing import OVER
from clinic.transitions import TRANSITIONS
from db.tables import OutboxRow
from tests.admin_web.forms import send
from tests.conventions import house


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


def test_an_offer_names_the_patient_it_is_made_to(manager, outbox):
    outbox(kind="offer", appointment_id=None)
    page = manager.get("/mensagens").text
    assert "Alice Ferreira" in page and "pré-cadastro" not in page


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


def test_who_wants_no_surveys_gets_none_whatever_else_they_wish(clinic, site, patient):
    browser, wishes = site.client("attendant"), clinic.messages.preferences
    alice, bruno = clinic.people["alice"].id, clinic.people["bruno"].id
    browser.get(f"/pacientes/{bruno}/mensagens")
    for one in (alice, bruno):
        wishes.ask(one, wanted=False, by="link")
    send(patient, "/portal/avisos", para=str(alice), medium="sms")
    send(browser, f"/pacientes/{bruno}/mensagens", reminders="1", medium="email")
    assert wishes.of(alice) == Preference(reminders=False, medium="sms", surveys=False)
    assert wishes.of(bruno) == Preference(reminders=True, medium="email", surveys=False)


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
