"""Each role's main day on the demo clinic, in a real browser; and axe on every page of every role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from clinic.public_holidays import holiday_name
from tests.live.browser import PATIENCE, THEMES, WIDTHS, barriers, chromium
from tests.live.pages import alo_run
from tests.live.session import eventually

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
    """A Tuesday of work, the next or one some weeks later; no day of the demo's absences, and no holiday."""
    today = date.today()
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7, weeks=weeks)
    while holiday_name(tuesday, "SP", 0, (), optional=True):
        tuesday += timedelta(weeks=1)
    return tuesday


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


NEW = {"Nome completo": "Nádia Prestes", "CPF": "512.769.928-15", "Data de nascimento": "29/02/1992",
       "E-mail": "nadia@example.com", "Telefone": "(11) 98765-1234"}  # fmt: skip
PASSWORD = "três-gatos-no-telhado"


def link_in_mail(demo: Demo, page: Page, subject: str) -> None:
    """Follow the address in the newest mail of a subject; mails are written while the page goes on."""
    letter = page.locator("tbody a", has_text=subject)

    def there() -> bool:
        demo.go(page, "/correio")
        return letter.count() > 0

    assert eventually(there, PATIENCE / 1000), subject
    letter.first.click()
    address = re.search(r"https?://[^/\s]+(/\S+)", page.locator("pre.plain").text_content() or "")
    assert address
    demo.go(page, address[1])


def choose_password(page: Page) -> None:
    for label in ("Senha nova", "A mesma senha, de novo"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_role("button", name="Guardar senha").click()


def enter(page: Page, who: str) -> None:
    page.get_by_label("CPF, e-mail, celular ou CRM").fill(who)
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()


def test_somebody_registers_and_logs_in(demo: Demo) -> None:
    page = demo.page(None)
    demo.go(page, "/medicos")
    page.locator(".doctors .times a").first.click()
    page.get_by_role("link", name="Cadastre-se").click()
    for label, typed in NEW.items():
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.get_by_label("A mesma senha, de novo").fill(PASSWORD)
    page.get_by_role("button", name="Fazer cadastro").click()
    expect(page.get_by_text("Li o aviso").first).to_be_visible()
    expect(page.locator(".fault").first).to_be_visible()  # nobody goes on without the notice
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.get_by_label("A mesma senha, de novo").fill(PASSWORD)
    page.get_by_label("Li o aviso de privacidade").check()
    page.get_by_role("button", name="Fazer cadastro").click()
    expect(page.get_by_role("heading", name="Confira seu e-mail")).to_be_visible()
    link_in_mail(demo, page, "cadastro")
    page.get_by_role("button", name="Confirmar e concluir").click()
    enter(page, NEW["CPF"])
    expect(page.get_by_role("link", name="Minhas consultas").first).to_be_visible()


def test_the_manager_invites_somebody_who_then_works_here(demo: Demo) -> None:
    page = demo.page("gerente")
    page.get_by_role("link", name="Configurações").click()
    page.get_by_role("link", name="Equipe").click()
    page.get_by_role("link", name="Convidar").first.click()
    page.get_by_label("Nome", exact=True).fill("Joana Pires")
    page.get_by_label("E-mail").fill("joana@vilaaurora.example")
    page.get_by_label("Atendente").check()
    page.get_by_role("button", name="Convidar").click()
    expect(page.locator(".bar.good")).to_be_visible()
    invited = demo.page(None)
    link_in_mail(demo, invited, "Sua conta")
    choose_password(invited)
    invited.goto(f"{demo.address}/entrar")
    enter(invited, "joana@vilaaurora.example")
    expect(invited.locator(".rail").get_by_role("link", name="Agenda")).to_be_visible()


def test_the_manager_closes_a_day(demo: Demo) -> None:
    page, day = demo.page("gerente"), weekday(8)
    page.get_by_role("link", name="Configurações").click()
    page.get_by_role("link", name="Feriados").click()
    page.get_by_label("Dia", exact=True).fill(f"{day}")
    page.get_by_label("Motivo").fill("Aniversário da clínica")
    page.get_by_role("button", name="Acrescentar").click()
    expect(page.locator(".rows li", has_text="Aniversário da clínica")).to_be_visible()
    demo.go(page, f"/agenda?dia={day}")
    expect(page.locator("main")).to_contain_text("Aniversário da clínica")
    expect(page.locator("[data-slot]")).to_have_count(0)


def test_the_manager_reads_the_report_and_takes_it_along(demo: Demo) -> None:
    page = demo.page("gerente")
    page.get_by_role("link", name="Painel").click()
    expect(page.locator(".figure")).not_to_have_count(0)
    expect(page.get_by_role("heading", name="Como estes números são calculados")).to_be_visible()
    for words, ending in (("CSV", ".csv"), ("Excel", ".xlsx")):
        with page.expect_download() as got:
            page.get_by_role("link", name=words).click()
        assert got.value.suggested_filename.endswith(ending)


def test_the_manager_finds_in_the_audit_who_read_a_card(demo: Demo) -> None:
    page = demo.page("recepcao")
    page.get_by_label("Procurar paciente").fill("Ana Paula Ribeiro")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Ana Paula Ribeiro")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Paula Ribeiro")
    page = demo.page("gerente")
    demo.go(page, "/auditoria")
    page.get_by_label("Quem", exact=True).fill("Bianca")
    page.get_by_role("button", name="Procurar").click()
    expect(page.locator("tbody tr").first).to_contain_text("Bianca Souto")
    expect(page.locator("tbody")).to_contain_text(re.compile("viu|leu|abriu", re.IGNORECASE))


def test_the_administrator_takes_a_role_away(demo: Demo) -> None:
    page = demo.page("admin")
    page.get_by_role("link", name="Configurações").click()
    page.get_by_role("link", name="Equipe").click()
    page.get_by_role("link", name="Convidar").first.click()
    page.get_by_label("Nome", exact=True).fill("Caio Gestor")
    page.get_by_label("E-mail").fill("caio@vilaaurora.example")
    page.get_by_label("Gerente").check()
    page.get_by_role("button", name="Convidar").click()
    demo.go(page, "/equipe?q=Caio")
    page.get_by_role("link", name="Caio Gestor").click()
    page.get_by_label("Gerente").uncheck()
    page.get_by_label("Atendente").check()
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator(".bar.good")).to_contain_text("Conta guardada")
    page.get_by_role("button", name="Desativar").click()
    expect(page.get_by_text("desativada").first).to_be_visible()


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
