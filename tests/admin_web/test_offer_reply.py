"""/vaga/…: what the link of an offer shows and does; opening it changes nothing."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from clinic.messages.offer_links import OfferLinks
from db.tables import Appointment, Slot
from tests.admin_web.forms import send
from tests.admin_web.site import make_site
from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, place, rounds

LINKS = OfferLinks("a key that is long enough for anybody")


@pytest.fixture
def linked(clinic):
    """The small clinic with a key for its links; an hour is kept for Bruno."""
    nothing_free(clinic)
    joins(clinic, "bruno")
    frees(clinic)
    rounds(clinic)
    return replace(clinic, messages=replace(clinic.messages, offer_links=LINKS))


@pytest.fixture
def browser(linked, tmp_path):
    """Somebody who is not logged in, and has opened the link."""
    browser = make_site(linked, tmp_path).client(None)
    assert browser.get(path(linked)).status_code == 200
    return browser


def path(clinic):
    return LINKS.make(1)


def test_it_shows_what_is_kept_and_until_when(browser, linked):
    page = browser.get(path(linked)).text
    assert all(said in page for said in ("Olá, Bruno.", "Dra. Marina Corrêa", "Quero este horário", "11:01"))
    assert "Lima" not in page and "Clínica geral" not in page


def test_who_is_booked_by_people_alone_is_asked_to_call(linked, browser):
    frees(linked, days=5)
    linked.profile.save(linked.profile.get().model_copy(update={"max_future_appointments": 1}))
    linked.book("bruno", linked.slot())
    page = browser.get(path(linked)).text
    assert all(said in page for said in ("ligue para a recepção", "tel:+551133334444", "Deixar para outra pessoa"))
    assert "Quero este horário" not in page


def test_opening_it_changes_nothing(browser, linked):
    assert [status for *_, status in offered(linked)] == ["open"]


def test_it_is_taken_once_however_often_the_button_is_pressed(browser, linked):
    assert [send(browser, f"{path(linked)}/aceitar").status_code for _ in range(2)] == [303, 303]
    assert len(linked.bookings.upcoming(linked.people["bruno"])) == 1
    assert "Este horário já é seu" in browser.get(path(linked)).text


def test_it_is_left_to_another(browser, linked):
    send(browser, f"{path(linked)}/recusar")
    assert place(linked, open_place(linked)) == (1, "waiting")
    assert "Você deixou este horário para outra pessoa" in browser.get(path(linked)).text


def open_place(clinic):
    return offered(clinic)[0][0]


@pytest.mark.parametrize("answer", ["aceitar", "recusar"])
def test_too_late_is_told_kindly(browser, linked, answer):
    linked.clock.move(hours=2)
    reply = send(browser, f"{path(linked)}/{answer}")
    assert (reply.status_code, "Você continua na lista de espera" in reply.text) == (409, True)


@pytest.mark.parametrize(("status", "said"), [
    ("met", "Você já tem a consulta que esperava"), ("left", "Você saiu da lista de espera"),
    ("taken", "A clínica precisou deste horário"), ("gone", "Este horário não existe mais"),
])  # fmt: skip
def test_what_was_withdrawn_is_told_kindly(browser, linked, status, said):
    linked.waiting_list.offers.end(open_offer(linked).id, status, "desk", "user:7")
    assert said in browser.get(path(linked)).text
    assert send(browser, f"{path(linked)}/aceitar").status_code == 409


def test_who_has_another_visit_by_then_is_told(browser, linked):
    kept = open_offer(linked)
    frees(linked, doctor="paulo", count=1)
    beside = linked.slot("paulo")
    linked.database.change(
        update(Slot).where(Slot.id == beside.id).values(starts_at=kept.starts_at, ends_at=kept.ends_at)
    )
    linked.book("bruno", linked.desk.bookings.slot(beside.id))
    reply = send(browser, f"{path(linked)}/aceitar")
    assert (reply.status_code, "Você já tem consulta em" in reply.text) == (409, True)


@pytest.mark.parametrize("token", ["x", "AAAA", "a" * 200, "%00", "é"])
def test_what_is_no_link_leads_nowhere(browser, token):
    reply = browser.get(f"/vaga/{token}")
    assert (reply.status_code, "Este endereço não vale" in reply.text) == (404, True)


def test_days_after_the_time_it_leads_nowhere(browser, linked):
    linked.clock.move(days=9)
    assert browser.get(path(linked)).status_code == 410


@pytest.fixture
def asked(linked, browser):
    """Bruno has said yes, and the doctor has to agree. The request."""
    send(browser, f"{path(linked)}/aceitar")
    [booked] = linked.bookings.upcoming(linked.people["bruno"])
    linked.database.change(update(Appointment).values(status="pending", answer_by=booked.starts_at))
    return booked


def test_what_the_doctor_must_accept_is_a_request(browser, linked, asked):
    page = browser.get(path(linked)).text
    assert ("Pedido enviado" in page, "já é seu" in page) == (True, False)


@pytest.mark.parametrize("end", ["decline", "cancel"])
def test_a_visit_that_is_no_more_is_not_promised(browser, linked, asked, end):
    give_up(linked, asked, end)
    assert "Esta consulta não está mais marcada" in browser.get(path(linked)).text
    assert send(browser, f"{path(linked)}/aceitar").status_code == 409


def give_up(clinic, booked, end):
    if end == "decline":
        clinic.bookings.decline(booked.id, "user:1")
    else:
        clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", "web")


def test_a_visit_that_was_cancelled_and_brought_back_is_theirs(browser, linked):
    send(browser, f"{path(linked)}/aceitar")
    bruno = linked.people["bruno"]
    [booked] = linked.bookings.upcoming(bruno)
    linked.bookings.cancel(bruno, booked.id, "other", "web")
    linked.bookings.undo(bruno, booked.id, "web")
    assert "Este horário já é seu" in browser.get(path(linked)).text


def test_a_visit_that_was_moved_is_told(browser, linked):
    send(browser, f"{path(linked)}/aceitar")
    [later] = frees(linked, days=5)
    [booked] = linked.bookings.upcoming(linked.people["bruno"])
    bookings = linked.desk.bookings
    bookings.move(booked.id, bookings.hold(bookings.slot(later), "user:1", 60), "user:1")
    assert "Esta consulta foi remarcada" in browser.get(path(linked)).text
