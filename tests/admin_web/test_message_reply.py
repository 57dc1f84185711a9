"""/c/…: what a link in a message shows and does; opening it changes nothing."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.messages.answers import Answers
from clinic.messages.links import Links
from tests.admin_web.forms import send
from tests.admin_web.site import make_site

LINKS = Links("a key that is long enough for anybody")


@pytest.fixture
def linked(clinic):
    """The small clinic with a key for its links."""
    old = clinic.messages
    answers = Answers(clinic.database, LINKS, clinic.desk.bookings, old.preferences, clinic.clock)
    return replace(clinic, messages=replace(old, links=LINKS, answers=answers))


@pytest.fixture
def browser(linked, tmp_path):
    """Somebody who is not logged in."""
    return make_site(linked, tmp_path).client(None)


@pytest.fixture
def booking(linked):
    return linked.book()


def path(booking, deed="confirm", via="email"):
    return LINKS.make(booking.id, booking.starts_at, deed, via)


def opened(browser, booking, **more):
    """The page's path, once it was opened."""
    where = path(booking, **more)
    assert browser.get(where).status_code == 200
    return where


def once_in(page):
    return re.search(r'name="once" value="([^"]+)"', page)[1]


def times_in(page):
    return re.findall(r'name="horario" value="(\d+)"', page)


def status(clinic, booking):
    return clinic.bookings.get(booking.id).status


# Opening


def test_a_link_shows_the_visit(browser, booking):
    page = browser.get(path(booking)).text
    assert all(said in page for said in ("Olá, Alice.", "Dra. Marina Corrêa", "Confirmar presença", "Rua Quinze"))


def test_a_link_shows_no_more_than_the_message_said(browser, booking, linked):
    page = browser.get(path(booking)).text
    assert "Ferreira" not in page and "alice@example.com" not in page and "529.982" not in page and "52998" not in page
    assert linked.directory.specialty(linked.at.specialties["general"]).name not in page


def test_opening_a_link_changes_nothing(browser, booking, linked):
    for deed in ("confirm", "cancel", "move"):
        for end in ("", "/remarcar", "/avisos"):
            assert browser.get(path(booking, deed) + end).status_code == 200
    assert (status(linked, booking), linked.bookings.get(booking.id).confirmed) == ("booked", False)


def test_who_opened_it_is_kept_in_the_audit(browser, booking, linked):
    opened(browser, booking)
    [entry] = linked.audit.latest(1, "patient.read")
    assert (entry.actor, entry.entity_id) == ("link", linked.people["alice"].id)


@pytest.mark.parametrize("end", ["", "/remarcar", "/avisos"])
@pytest.mark.parametrize("token", ["x", "AAAA", "a" * 400, "%00", "é"])
def test_what_is_no_link_leads_nowhere(browser, token, end):
    reply = browser.get(f"/c/{token}{end}")
    assert (reply.status_code, "Este endereço não vale" in reply.text) == (404, True)


def test_a_forged_link_does_nothing(browser, booking, linked):
    where = opened(browser, booking)
    forged = Links("another key").make(booking.id, booking.starts_at, "cancel")
    assert send(browser, f"{forged}/desmarcar", reason="cannot_attend").status_code == 404
    assert (where != forged, status(linked, booking)) == (True, "booked")


def test_an_old_link_says_so(browser, booking, linked):
    linked.clock.now = booking.starts_at + timedelta(days=2)
    reply = browser.get(path(booking))
    assert (reply.status_code, "Este endereço venceu" in reply.text, "Alice" in reply.text) == (410, True, False)


def test_who_asks_too_often_waits(browser, booking):
    replies = [browser.get(path(booking)).status_code for _ in range(42)]
    assert replies[:40] == [200] * 40
    assert replies[-1] == 429


# Confirming


def test_one_answer_closes_all(browser, booking, linked):
    where = opened(browser, booking, via="sms")
    assert send(browser, f"{where}/confirmar").status_code == 303
    assert linked.bookings.needs_confirmation(linked.people["alice"]) is None
    assert linked.desk.cards.visit(booking.id, "x").changes[-1].via == "sms"
    page = browser.get(where).text
    assert "Presença confirmada. Até lá!" in page and "Confirmar presença" not in page


def test_the_agenda_hears_of_it_at_once(browser, booking, linked):
    where, reader = opened(browser, booking), linked.live.reader()
    reader.poll()
    send(browser, f"{where}/confirmar")
    assert [(one.topic, one.entity_id) for one in reader.poll()] == [("appointment", booking.id)]


def test_what_was_confirmed_by_telephone_is_not_asked_again(browser, booking, linked):
    linked.bookings.confirm(linked.people["alice"], booking.id, "telephone")
    page = browser.get(path(booking)).text
    assert "Presença confirmada." in page and "Você vem" not in page


def test_without_the_pages_token_nothing_happens(browser, booking, linked):
    assert browser.post(f"{path(booking)}/confirmar").status_code == 403
    assert not linked.bookings.get(booking.id).confirmed


def test_a_cancelled_visit_cannot_be_confirmed(browser, booking, linked):
    where = opened(browser, booking)
    linked.bookings.cancel(linked.people["alice"], booking.id, "other", "telephone")
    reply = send(browser, f"{where}/confirmar")
    assert (reply.status_code, "Esta consulta está cancelada" in reply.text) == (409, True)


# Cancelling


def test_a_visit_is_cancelled_with_a_reason(browser, booking, linked):
    where = opened(browser, booking, deed="cancel")
    assert send(browser, f"{where}/desmarcar", reason="cannot_attend").status_code == 303
    assert status(linked, booking) == "cancelled"
    assert "Você não precisa vir" in browser.get(where).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Escolha o motivo."),
        ({"reason": "hacking"}, "Escolha o motivo."),
        ({"reason": "other"}, "Escreva em poucas palavras"),
        ({"reason": "other", "note": "x" * 201}, "Use até 200 letras."),
    ],
)
def test_a_reason_is_asked_for(browser, booking, linked, fields, said):
    where = opened(browser, booking, deed="cancel")
    reply = send(browser, f"{where}/desmarcar", fields)
    assert (reply.status_code, said in reply.text, status(linked, booking)) == (422, True, "booked")


def test_cancelling_is_undone_within_ten_seconds(browser, booking, linked):
    where = opened(browser, booking, deed="cancel")
    after = send(browser, f"{where}/desmarcar", reason="cannot_attend").location
    assert "Desfazer" in browser.get(after).text
    send(browser, f"{where}/desfazer")
    assert "a consulta voltou ao que era" in browser.get(where).text


def test_cancelling_twice_is_no_harm(browser, booking, linked):
    where = opened(browser, booking, deed="cancel")
    replies = [send(browser, f"{where}/desmarcar", reason="cannot_attend").status_code for _ in range(2)]
    assert (replies, status(linked, booking)) == ([303, 303], "cancelled")


def test_a_visit_that_was_cannot_be_cancelled(browser, booking, linked):
    where = opened(browser, booking, deed="cancel")
    linked.clock.now = booking.starts_at + timedelta(hours=1)
    reply = send(browser, f"{where}/desmarcar", reason="cannot_attend")
    assert (reply.status_code, "já passou" in reply.text, status(linked, booking)) == (409, True, "booked")


def test_later_it_is_not(browser, booking, linked):
    where = opened(browser, booking, deed="cancel")
    send(browser, f"{where}/desmarcar", reason="cannot_attend")
    linked.clock.move(seconds=11)
    assert "Desfazer" not in browser.get(f"{where}?desfazer=1").text
    send(browser, f"{where}/desfazer")
    assert "Passou o tempo de desfazer" in browser.get(where).text


def test_a_request_is_given_up(browser, linked):
    asked = linked.book("alice", linked.slot("rita", "cardiology"), "cardiology")
    page = browser.get(path(asked)).text
    assert "É um pedido." in page and "Confirmar presença" not in page and "Desistir do pedido" in page
    send(browser, f"{path(asked)}/desmarcar", reason="cannot_attend")
    assert status(linked, asked) == "cancelled"


# Moving


def test_a_visit_is_moved_without_logging_in(browser, booking, linked):
    page = browser.get(f"{path(booking, 'move')}/remarcar").text
    form = {"horario": times_in(page)[2], "once": once_in(page)}
    assert send(browser, f"{path(booking)}/remarcar", form).status_code == 303
    [now] = linked.bookings.upcoming(linked.people["alice"])
    assert (now.id != booking.id, status(linked, booking)) == (True, "cancelled")
    assert "Esta consulta mudou de horário" in browser.get(path(booking)).text


def test_the_same_form_sent_twice_moves_once(browser, booking, linked):
    page = browser.get(f"{path(booking)}/remarcar").text
    form = {"horario": times_in(page)[2], "once": once_in(page)}
    replies = [send(browser, f"{path(booking)}/remarcar", form).status_code for _ in range(2)]
    assert (replies, len(linked.bookings.upcoming(linked.people["alice"]))) == ([303, 303], 1)


def test_a_time_that_somebody_took_is_told_with_others(browser, booking, linked):
    page = browser.get(f"{path(booking)}/remarcar").text
    linked.book("bruno", linked.slot(place=2))
    taken = linked.bookings.upcoming(linked.people["bruno"])[0]
    slot = next(one for one in times_in(page) if linked.portal.keeper.slot(int(one)).starts_at == taken.starts_at)
    reply = send(browser, f"{path(booking)}/remarcar", horario=slot, once=once_in(page))
    assert (reply.status_code, "acabou de ser reservado" in reply.text) == (409, True)
    assert status(linked, booking) == "booked"


@pytest.mark.parametrize("slot", ["", "x", "999999", "-1"])
def test_a_time_that_is_none_is_told(browser, booking, linked, slot):
    where = opened(browser, booking, deed="move")
    reply = send(browser, f"{where}/remarcar", horario=slot)
    assert (reply.status_code, "Escolha um dos horários." in reply.text) == (409, True)


def test_another_doctors_time_is_none(browser, booking, linked):
    where = opened(browser, booking, deed="move")
    other = linked.slot("rita", "cardiology")
    assert send(browser, f"{where}/remarcar", horario=str(other.id)).status_code == 409
    assert status(linked, booking) == "booked"


def test_what_cannot_be_moved_leads_back(browser, booking, linked):
    where = opened(browser, booking, deed="move")
    linked.bookings.cancel(linked.people["alice"], booking.id, "other", "telephone")
    assert browser.get(f"{where}/remarcar").location == where


# Reminders


def test_reminders_are_switched_off_and_on(browser, booking, linked):
    where, alice = opened(browser, booking), linked.people["alice"].id
    assert "mandamos um lembrete" in browser.get(f"{where}/avisos").text
    send(browser, f"{where}/avisos", lembretes="0")
    assert not linked.messages.preferences.of(alice).reminders
    assert "Você não recebe lembretes" in browser.get(f"{where}/avisos").text
    send(browser, f"{where}/avisos", lembretes="1")
    assert linked.messages.preferences.of(alice).reminders


def test_a_mail_program_says_no_with_one_click(browser, booking, linked):
    reply = browser.post(f"{path(booking)}/avisos", data={"List-Unsubscribe": "One-Click"})
    assert (reply.status_code, reply.mimetype) == (200, "text/plain")
    assert not linked.messages.preferences.of(linked.people["alice"].id).reminders


def test_no_is_heard_also_long_after_the_visit(browser, booking, linked):
    where, alice = path(booking), linked.people["alice"].id
    linked.clock.now = booking.starts_at + timedelta(days=90)
    page = browser.get(f"{where}/avisos").text
    assert ("mandamos um lembrete" in page, "Marina" in page, "Alice" in page) == (True, False, False)
    send(browser, f"{where}/avisos", lembretes="0")
    assert not linked.messages.preferences.of(alice).reminders


def test_one_click_does_nothing_else(browser, booking, linked):
    reply = browser.post(f"{path(booking)}/confirmar", data={"List-Unsubscribe": "One-Click"})
    assert (reply.status_code, linked.bookings.get(booking.id).confirmed) == (403, False)


def test_a_hostile_name_is_shown_as_text(browser, linked):
    slot = linked.slot()
    hostile = linked.patients.register("<script>alert(1)</script>", date(1980, 1, 1))
    made = linked.bookings.book(hostile, linked.bookings.hold(slot, by="x"), linked.terms(slot), via="desk")
    assert "&lt;script&gt;alert(1)" in browser.get(path(made)).text
