"""A patient's day on the portal in a real browser: on a telephone, without script, and without barriers."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin_web.site import make_user
from tests.clinic.small_clinic import SmallClinic
from tests.live import session
from tests.live.browser import THEMES, WIDTHS, barriers, chromium, sticks_out

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]


@dataclass(frozen=True)
class Portal:
    """A clinic, its pages, and browsers in which Alice is logged in, or nobody."""

    clinic: SmallClinic
    address: str
    browser: Browser
    token: str

    def open(self, path: str, known: bool = True, width: int = 360, **more) -> Page:
        """A page in a browser of its own."""
        viewport = {"width": width, "height": WIDTHS[width]}
        context = self.browser.new_context(viewport=viewport, locale="pt-BR", **more)
        context.set_default_timeout(20_000)
        if known:
            context.add_cookies([{"name": "alo_session", "value": self.token, "url": self.address}])
        page = context.new_page()
        page.goto(self.address + path)
        return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def portal(clinic, browser) -> Iterator[Portal]:
    token = clinic.sessions.open(make_user(clinic, "patient"), agent="tests")
    url = clinic.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.admin_web.serve_site", url]
    with subprocess.Popen(command, cwd=session.REPO, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield Portal(clinic, f"http://127.0.0.1:{int(server.stdout.readline())}", browser, token)
        finally:
            for context in browser.contexts:
                context.close()
            server.terminate()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_patient_books_and_cancels_on_a_telephone(portal, script):
    page = portal.open("/portal", java_script_enabled=script)
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
    page = portal.open("/medicos", known=False)
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
    page = portal.open("/portal", width=width, color_scheme=theme, bypass_csp=True)
    for path in (
        "/portal", "/medicos", f"/medicos/{marina}", f"/portal/marcar/{slot.id}", "/portal/consultas", mine,
        f"{mine}/cancelar", f"{mine}/remarcar", "/portal/meus-dados", "/cadastro-paciente",
        "/cadastro-paciente/enviado",
    ):  # fmt: skip
        page.goto(portal.address + path)
        assert (path, barriers(page), sticks_out(page)) == (path, [], [])
