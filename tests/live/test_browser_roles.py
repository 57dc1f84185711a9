"""Each role's main day on the demo clinic, in a real browser; and axe on every page of every role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live.browser import PATIENCE, THEMES, WIDTHS, barriers, chromium
from tests.live.pages import alo_run

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

HOME = {"recepcao": "/agenda", "medica": "/medico", "paciente": "/portal", "gerente": "/agenda", "admin": "/agenda"}
MORE = {
    None: ("/entrar", "/medicos", "/senha/esqueci"),
    "recepcao": ("/agenda/semana", "/agenda/encaixe", "/agenda/atraso", "/agenda/imprimir", "/conta", "/conta/chaves"),
}
"""Pages the rail and its tabs do not lead to."""
SEEN_ALONE = ("recepcao", "medica", "paciente")
"""Whose pages are walked from their rail; managers' and administrators' are those of the desk and some more."""
AT_WIDTHS = (360, 1440)


@dataclass(frozen=True)
class Demo:
    """The demo clinic, and a browser for it."""

    address: str
    browser: Browser

    def page(self, who: str | None) -> Page:
        """A page of somebody who has logged in by the form, as the demo proposes; or of nobody."""
        page = self.browser.new_context(locale="pt-BR", timezone_id="America/Sao_Paulo").new_page()
        page.set_default_timeout(PATIENCE)
        if who:
            page.goto(f"{self.address}/entrar?como={who}")
            page.get_by_role("button", name="Entrar", exact=True).click()
            expect(page).to_have_url(re.compile(re.escape(self.address + HOME[who])))
        return page

    def go(self, page: Page, path: str) -> None:
        """To a path of the clinic."""
        reply = page.goto(self.address + path)
        assert reply and reply.status == 200, (path, reply and reply.status)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with alo_run(tmp_path_factory.mktemp("roles")) as running, chromium() as browser:
        yield Demo(running.address, browser)


@pytest.fixture(autouse=True)
def one_after_the_other(demo: Demo) -> Iterator[None]:
    yield
    for context in demo.browser.contexts:
        context.close()


def weekday(weeks: int = 0) -> date:
    """The next Tuesday, or one some weeks later: a day of work, and no day of the demo's absences."""
    today = date.today()
    return today + timedelta(days=(1 - today.weekday()) % 7 or 7, weeks=weeks)


def test_the_receptionist_books_at_the_desk(demo: Demo) -> None:
    page = demo.page("recepcao")
    demo.go(page, f"/agenda?dia={weekday(1)}")
    page.locator("[data-slot]").first.click()
    page.locator("dialog input[type=search]").fill("Ana Paula Ribeiro")
    page.get_by_role("link", name=re.compile("Ana Paula Ribeiro")).first.click()
    page.get_by_role("button", name=re.compile("^(Marcar|Pedir) consulta$")).click()
    expect(page.locator("#toast")).to_contain_text(re.compile("consulta|pedido", re.IGNORECASE))
    expect(page.locator("[data-visit]", has_text="Ana Paula Ribeiro").first).to_be_visible()


def test_the_doctor_is_away_for_a_day(demo: Demo) -> None:
    page = demo.page("medica")
    page.get_by_role("link", name="Ausências").click()
    day = weekday(6)
    page.locator("input[type=date]").nth(0).fill(f"{day}")
    page.locator("input[type=date]").nth(1).fill(f"{day}")
    page.get_by_role("button", name=re.compile("Guardar ausência")).click()
    again, done = page.get_by_role("button", name="Guardar mesmo assim"), page.locator(".bar.good")
    expect(again.or_(done).first).to_be_visible()
    if again.count():  # who has visits that day is asked once more
        again.click()
    expect(done).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"{day.day}")


def test_the_manager_changes_a_setting(demo: Demo) -> None:
    page = demo.page("gerente")
    page.get_by_role("link", name="Configurações").click()
    page.get_by_label("Avisar que a ligação pode ser gravada").click()
    now = page.get_by_label("Avisar que a ligação pode ser gravada").is_checked()
    page.get_by_role("button", name=re.compile("Guardar|Salvar")).click()
    expect(page.locator(".bar.good")).to_be_visible()
    page.reload()
    assert page.get_by_label("Avisar que a ligação pode ser gravada").is_checked() == now


def test_the_patient_finds_a_doctor_and_sees_her_visits(demo: Demo) -> None:
    page = demo.page("paciente")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana")
    page.get_by_role("link", name="Minhas consultas").first.click()
    expect(page.locator("main")).to_contain_text("Marina Corrêa")
    page.locator(".rail").get_by_role("link", name="Marcar").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"MÉDIC[AO] · CRM-SP \d+"))
    expect(page.locator("main")).to_contain_text("Próximo horário livre")


def places(demo: Demo, page: Page, who: str | None) -> list[str]:
    """Where the rail leads, the tabs of those pages, and what neither leads to."""
    demo.go(page, "/entrar" if who is None else HOME[who])
    found = list(MORE.get(who, ()))
    links = "l => l.map(a => a.getAttribute('href'))"
    rail = page.eval_on_selector_all(".rail a", links)
    for path in rail:
        if path not in found:
            demo.go(page, path)
            found += [one for one in [path, *page.eval_on_selector_all("nav.tabs a", links)] if one not in found]
    return found


def found_on(page: Page) -> list[str]:
    """Barriers in both themes at both widths."""
    wrong = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        for width in AT_WIDTHS:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            wrong += [f"{width} {theme}: {one}" for one in barriers(page)]
    return wrong


def wrong_on(demo: Demo, page: Page, paths: list[str]) -> dict[str, list[str]]:
    wrong = {}
    for path in paths:
        demo.go(page, path)
        wrong[path] = found_on(page)
    return {path: found for path, found in wrong.items() if found}


@pytest.mark.parametrize("who", [None, *SEEN_ALONE])
def test_axe_finds_nothing_on_any_page(demo: Demo, who: str | None) -> None:
    page = demo.page(who)
    paths = places(demo, page, who)
    assert len(paths) >= 3
    assert wrong_on(demo, page, paths) == {}


def test_axe_finds_nothing_on_any_page_of_managers(demo: Demo) -> None:
    """Those that the desk has not."""
    desk, manager = demo.page("recepcao"), demo.page("admin")
    known = set(places(demo, desk, "recepcao"))
    paths = [path for path in places(demo, manager, "admin") if path not in known]
    assert len(paths) >= 5
    assert wrong_on(demo, manager, paths) == {}
