"""A patient's day on the portal in a real browser: on a telephone, without script, and without barriers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.live.browser import THEMES, WIDTHS, barriers, chromium, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def portal(clinic, browser) -> Iterator[SmallSite]:
    """Where Alice may log in."""
    with small_site(clinic, browser, "patient") as site:
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
