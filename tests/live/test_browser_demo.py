"""A newcomer's first minutes: `alo run`, a browser, a call, an appointment in the database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from db.session import Database
from db.tables import Appointment, CallRecord
from tests.live import session
from tests.live.browser import THEMES, WIDTHS, barriers, chromium, log_in, sticks_out
from tests.live.pages import alo_run

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

ASKED_WITHIN = 120_000  # milliseconds for a menu to be told to its end


@dataclass(frozen=True)
class Demo:
    """What `alo run` serves, and its database."""

    address: str
    database: Database

    def appointments(self) -> int:
        row = self.database.first(select(func.count(Appointment.id)))
        return row[0] if row else 0

    def outcomes(self) -> list[str | None]:
        return [row[0] for row in self.database.rows(select(CallRecord.outcome))]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with alo_run(tmp_path_factory.mktemp("demo")) as running:
        database = Database(running.database_url)
        yield Demo(running.address, database)
        database.close()


@pytest.fixture
def page(demo: Demo) -> Iterator[Page]:
    noises: list[str] = []
    with chromium() as browser:
        page = browser.new_context(locale="pt-BR").new_page()
        page.on("console", lambda said: noises.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: noises.append(str(error)))
        page.on("response", lambda reply: noises.append(reply.url) if reply.status >= 400 else None)
        page.goto(f"{demo.address}/telefone")
        yield page
    assert noises == []


def identified(page: Page) -> None:
    """Call and type the first patient; whoever knows the way need not wait."""
    page.locator("#call").click()
    expect(page.locator("#heard")).to_contain_text("Bo")
    for button in page.locator("[data-type]").all()[:2]:
        button.click()
        keys = button.get_attribute("data-type") or ""
        expect(page.locator("#pressed")).to_have_text(re.compile(f"{re.escape(keys)}$"))


def asked(page: Page, words: str, key: str) -> None:
    """Once the clinic has said this, press the key."""
    expect(page.locator("#heard")).to_contain_text(re.compile(words), timeout=ASKED_WITHIN)
    page.keyboard.press(key)


def test_a_newcomer_books_from_the_browser(demo: Demo, page: Page) -> None:
    before = demo.appointments()
    identified(page)
    asked(page, "Para marcar uma consulta, tecle um", "1")
    asked(page, "Para marcar de novo com", "1")
    asked(page, "tecle um; .* tecle dois", "1")
    asked(page, "Para confirmar, tecle um", "1")
    expect(page.locator("#heard")).to_contain_text("Consulta marcada. O código é", timeout=ASKED_WITHIN)
    page.keyboard.press("Escape")
    assert demo.appointments() == before + 1
    assert session.eventually(lambda: demo.outcomes()[-1] == "hangup")


def test_the_calls_of_now_show_the_test_telephone(demo: Demo, page: Page) -> None:
    identified(page)
    expect(page.locator("#heard")).to_contain_text("Próxima consulta", timeout=ASKED_WITHIN)
    calls = page.context.new_page()
    log_in(calls, demo.address, "recepcao")
    calls.goto(f"{demo.address}/chamadas")
    row = calls.get_by_role("row").filter(has_text="Telefone de teste")
    expect(row).to_contain_text("Menu principal")
    expect(row).to_contain_text("identificado")
    page.keyboard.press("Escape")
    expect(row).to_have_count(0)


def test_who_asks_for_a_person_is_told_where_the_demo_ends(demo: Demo, page: Page) -> None:
    page.locator("#call").click()
    expect(page.locator("#state")).to_have_text("Em ligação")
    page.keyboard.type("0#", delay=100)
    asked(page, "Para falar com uma pessoa, tecle zero", "0")
    expect(page.locator("#heard")).to_contain_text("Transferindo para uma pessoa", timeout=ASKED_WITHIN)


def test_whoever_leaves_the_page_hangs_up(demo: Demo, page: Page) -> None:
    calls = len(demo.outcomes())
    page.locator("#call").click()
    expect(page.locator("#state")).to_have_text("Em ligação")
    page.goto(f"{demo.address}/chamadas")
    assert session.eventually(lambda: demo.outcomes()[calls:] == ["hangup"])


def test_every_phrase_has_its_sound(demo: Demo, page: Page) -> None:
    sounds: list[int] = []
    page.on("response", lambda reply: sounds.append(reply.status) if "/som/" in reply.url else None)
    page.locator("#call").click()
    expect(page.locator("#heard")).to_contain_text("desligue e ligue um nove dois", timeout=ASKED_WITHIN)
    assert session.eventually(lambda: len(sounds) >= 3)
    assert set(sounds) <= {200, 206}


ACCOUNTS = ("recepcao", "medica", "medico", "paciente", "gerente", "admin")


@pytest.mark.parametrize("account", ACCOUNTS)
def test_each_account_of_the_demo_is_in_by_two_clicks(demo: Demo, page: Page, account: str) -> None:
    log_in(page, demo.address, account)
    page.goto(f"{demo.address}/conta")
    expect(page.get_by_role("heading", name="Minha conta")).to_be_visible()
    page.locator(".own-menu summary").click()
    page.get_by_role("button", name="Sair").click()
    expect(page).to_have_url(f"{demo.address}/entrar")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_log_in_and_account_have_no_barriers(demo: Demo, page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    found = []
    for path in ("/entrar", "/senha/esqueci"):
        page.goto(f"{demo.address}{path}")
        found += barriers(page) + sticks_out(page)
    log_in(page, demo.address, "gerente")
    for path in ("/conta", "/conta/codigos"):
        page.goto(f"{demo.address}{path}")
        found += barriers(page) + sticks_out(page)
    assert found == []


def test_one_logs_in_by_keyboard_alone(demo: Demo, page: Page) -> None:
    page.goto(f"{demo.address}/entrar")
    page.get_by_label("CPF, e-mail, celular ou CRM").focus()
    page.keyboard.type("crm/sp 118234")
    page.keyboard.press("Tab")
    page.keyboard.type("alo-clinica-demo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Marina Corrêa").first).to_be_visible()
    assert page.url.startswith(f"{demo.address}/medico/")


def test_one_logs_in_without_script(demo: Demo) -> None:
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        log_in(page, demo.address, "paciente")
        page.goto(f"{demo.address}/conta")
        expect(page.get_by_text("111.444.777-35")).to_be_visible()


def test_a_part_that_comes_too_late_says_so_and_leaves_the_page(demo: Demo, page: Page) -> None:
    log_in(page, demo.address, "paciente")
    page.goto(f"{demo.address}/conta")
    page.get_by_label("Senha nova").fill("o que eu digitava")
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:responseError', { detail: { xhr: { status: 401 } } }))")
    expect(page.get_by_role("alert")).to_contain_text("Sua sessão terminou")
    assert page.get_by_label("Senha nova").input_value() == "o que eu digitava"
    assert barriers(page) == []
