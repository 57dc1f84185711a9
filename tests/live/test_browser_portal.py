"""A patient's day on the portal in a real browser: on a telephone, without script, and without barriers."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.live.browser import THEMES, WIDTHS, barriers, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]


@pytest.fixture
def portal(clinic, browser) -> Iterator[SmallSite]:
    """Where Alice and Bruno may log in."""
    with small_site(clinic, browser, "patient", "other_patient") as site:
        yield site


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_patient_books_and_cancels_on_a_telephone(portal, script):
    page = portal.open("/portal", "patient", 360, java_script_enabled=script)
    page.get_by_role("link", name="Marcar consulta").first.click()
    page.get_by_role("link", name="Ver todos os horários de Marina Corrêa").click()
    page.locator(".day .times a").first.click()
    expect(page.get_by_text("Guardamos este horário")).to_be_visible()
    page.get_by_role("button", name="Marcar consulta").click()
    expect(page.get_by_text("Consulta marcada para")).to_be_visible()
    page.get_by_role("link", name="Cancelar").click()
    page.get_by_label("Por que você está cancelando?").select_option("cannot_attend")
    page.get_by_role("button", name="Cancelar a consulta").click()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_text("a consulta voltou ao que era")).to_be_visible()


def test_whoever_is_not_logged_in_is_led_to_log_in_or_register(portal):
    page = portal.open("/medicos", width=360)
    page.locator(".doctors .times a").first.click()
    expect(page).to_have_url(re.compile(r"/entrar\?next="))
    page.get_by_role("link", name="Cadastre-se").click()
    expect(page.get_by_role("heading", name="Cadastro de paciente")).to_be_visible()


def hears(page: Page) -> Page:
    """The page, once it hears what changes."""
    expect(page.locator("html[data-hears]")).to_be_attached()
    return page


def ask_rita(clinic):
    """A request of Alice's that Rita has yet to answer."""
    slot = clinic.slot("rita", "cardiology")
    terms = replace(clinic.terms(slot, "cardiology"), approves=True)
    return clinic.bookings.book(clinic.people["alice"], clinic.bookings.hold(slot, by="x"), terms, "web")


def test_the_doctors_answer_shows_at_once(portal):
    asked = ask_rita(portal.clinic)
    page = hears(portal.open(f"/portal/consultas/{asked.id}", "patient"))
    expect(page.locator("#visit .badge").first).to_have_text("aguarda o médico")
    portal.clinic.bookings.accept(asked.id, "user:1")
    expect(page.locator("#visit .badge").first).to_have_text("marcada")
    expect(page.get_by_text("A clínica mudou esta consulta agora.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirmar presença")).to_be_visible()


def test_what_a_password_manager_writes_into_the_page_is_no_change_of_the_clinics(portal):
    mine = portal.clinic.book("alice")
    page = hears(portal.open(f"/portal/consultas/{mine.id}", "patient"))
    page.locator("#visit button").first.evaluate("button => { button.dataset.filled = '1'; }")
    with page.expect_response(lambda reply: reply.request.headers.get("x-alo-fresh") == "1") as fresh:
        portal.clinic.book("davi")
    fresh.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page.locator("#visit [data-filled]")).to_be_attached()
    expect(page.locator("#told")).to_be_empty()


def test_a_declined_request_is_seen_in_the_list(portal):
    asked = ask_rita(portal.clinic)
    page = hears(portal.open("/portal/consultas", "patient"))
    portal.clinic.bookings.decline(asked.id, "user:1", note="Agenda cheia")
    expect(page.locator("#visits .badge")).to_have_text("cancelada")


def test_what_the_desk_moves_leads_to_the_new_time(portal):
    mine, slot = portal.clinic.book("alice"), portal.clinic.slot("marina", place=3)
    page = hears(portal.open(f"/portal/consultas/{mine.id}", "patient"))
    portal.clinic.desk.bookings.move(mine.id, portal.clinic.bookings.hold(slot, by="user:1"), "user:1")
    page.get_by_role("link", name="Ver o novo horário").click()
    expect(page.locator("#visit .badge").first).to_have_text("marcada")


def test_each_patient_sees_their_own_alone(portal):
    alice, bruno = (hears(portal.open("/portal/consultas", who)) for who in ("patient", "other_patient"))
    for who in ("alice", "davi", "bruno"):
        portal.clinic.book(who)
    expect(alice.locator("#visits .visit-link")).to_have_count(2)
    expect(bruno.locator("#visits .visit-link")).to_have_count(1)


@pytest.mark.parametrize("path", ["/portal", "/portal/consultas"])
def test_a_page_that_stands_open_shows_nothing_of_who_logs_in_after(portal, path):
    theirs, mine = portal.clinic.book("bruno", portal.clinic.slot("marina", place=2)), portal.clinic.book("alice")
    page = hears(portal.open(path, "patient"))
    portal.enter(page, portal.tokens["other_patient"])
    portal.clinic.desk.bookings.cancel_for(mine.id, "doctor_away", "user:1")
    expect(page.locator("#session-ended")).to_be_visible()
    assert page.locator(f'a[href*="/portal/consultas/{theirs.id}"]').count() == 0


def test_a_page_goes_on_when_the_same_patient_is_back(portal):
    page = hears(portal.open("/portal/consultas", "patient"))
    portal.enter_anew(page, "patient")
    expect(page.locator("#session-ended")).to_have_count(0)
    portal.clinic.book("alice")
    expect(page.locator("#visits .visit-link")).to_have_count(1)


def test_times_that_nobody_logged_in_for_have_no_session_that_could_end(portal):
    page = portal.open(f"/medicos/{portal.clinic.at.doctors['marina']}")
    portal.enter(page, portal.tokens["patient"])
    with page.expect_response(lambda reply: reply.request.headers.get("x-alo-fresh") == "1") as fresh:
        page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    fresh.value.finished()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    expect(page.locator("#session-ended")).to_have_count(0)


def test_who_is_about_to_cancel_is_told_that_it_is_cancelled_already(portal):
    mine = portal.clinic.book("alice")
    page = hears(portal.open(f"/portal/consultas/{mine.id}/cancelar", "patient"))
    page.get_by_label("Quer dizer algo mais?").fill("Viajo nesse dia")
    portal.clinic.desk.bookings.cancel_for(mine.id, "doctor_away", "user:1")
    expect(page.get_by_text("Esta consulta acabou de mudar.")).to_be_visible()
    expect(page.get_by_label("Quer dizer algo mais?")).to_have_value("Viajo nesse dia")
    page.get_by_role("link", name="Ver como está agora").click()
    expect(page.locator("#visit .badge").first).to_have_text("cancelada")


def let_go_and_taken(portal: SmallSite, slot) -> None:
    """What Alice keeps is over, and somebody else takes it."""
    portal.clinic.portal.keeper.let_go(f"portal:{portal.clinic.sessions.viewer(portal.tokens['patient']).user_id}")
    portal.clinic.book("bruno", slot)


def at_the_clinics_time(portal: SmallSite, path: str) -> Page:
    """A page of Alice's whose clock the test winds, standing where the clinic's does."""
    page = portal.open("/portal", "patient", 360)
    page.clock.install(time=portal.clinic.clock())
    page.goto(portal.address + path)
    return page


def test_who_reads_too_long_is_told_when_another_takes_the_time(portal):
    slot = portal.clinic.slot("marina", place=1)
    page = at_the_clinics_time(portal, f"/portal/marcar/{slot.id}")
    expect(page.get_by_text("Guardamos este horário")).to_be_visible()
    let_go_and_taken(portal, slot)
    page.clock.fast_forward("05:01")
    expect(page.get_by_role("alert")).to_contain_text("acabou de ser reservado. Escolha outro:")
    expect(page.get_by_role("button", name="Marcar consulta")).to_be_disabled()
    page.locator(".times a").first.click()
    expect(page).not_to_have_url(re.compile(f"/{slot.id}[?]"))
    expect(page.get_by_role("button", name="Marcar consulta")).to_be_enabled()


def test_a_time_somebody_takes_goes_from_the_list(portal):
    slot = portal.clinic.slot("marina", place=1)
    page = at_the_clinics_time(portal, f"/medicos/{slot.doctor_id}")
    link = page.locator(f'.times a[href^="/portal/marcar/{slot.id}?"]')
    expect(link).to_be_visible()
    portal.clinic.book("bruno", slot)
    page.clock.fast_forward("00:16")
    expect(link).to_have_count(0)
    expect(page.locator("#told")).to_contain_text("Acabou de ser reservado: ")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_the_portal_has_barriers(portal, theme, width):
    booked = portal.clinic.book("alice")
    slot, mine = portal.clinic.slot(place=3), f"/portal/consultas/{booked.id}"
    marina = portal.clinic.at.doctors["marina"]
    page = portal.open("/portal", "patient", width, color_scheme=theme, bypass_csp=True)
    for path in (
        "/portal", "/medicos", f"/medicos/{marina}", f"/portal/marcar/{slot.id}", "/portal/consultas", mine,
        f"{mine}/cancelar", f"{mine}/remarcar", "/portal/meus-dados", "/cadastro-paciente",
        "/cadastro-paciente/enviado",
    ):  # fmt: skip
        page.goto(portal.address + path)
        assert (path, barriers(page), sticks_out(page)) == (path, [], [])
