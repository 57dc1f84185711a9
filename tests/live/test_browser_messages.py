"""Messages in a real browser: answered by their links, with and without script; worded with a live preview."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from clinic.messages.links import Links
from db.tables import OutboxRow
from tests.clinic.small_clinic import SmallClinic
from tests.live.browser import THEMES, WIDTHS, barriers, chromium
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
KEY = "a key that is long enough for anybody"


@pytest.fixture
def site(clinic: SmallClinic, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallSite]:
    """The pages with a key for links; what was sent, and what was not."""
    monkeypatch.setenv("ALO_SECRET_KEY", KEY)
    booking = clinic.book()
    for number, status in enumerate(("sent", "failed", "waiting", "silenced")):
        row = {
            "uid": f"{number:032}", "kind": "reminder", "audience": "patient", "status": status, "attempts": 3,
            "medium": "email", "created_at": clinic.clock(), "due_at": clinic.clock() + timedelta(hours=1),
            "reason": "unreachable", "dedupe": str(number), "appointment_id": booking.id, "version": booking.starts_at,
            "patient_id": clinic.people["alice"].id,
        }  # fmt: skip
        clinic.database.change(insert(OutboxRow).values(**row))
    with chromium() as browser, small_site(clinic, browser, "manager", "attendant", "patient") as served:
        yield served


def link(clinic: SmallClinic, deed="confirm") -> str:
    """The path in a message about Alice's visit."""
    [booking] = clinic.bookings.upcoming(clinic.people["alice"])
    return Links(KEY).make(booking.id, booking.starts_at, deed)


def wrong_on(page: Page) -> list[str]:
    """Barriers in both themes at both widths; with everything unfolded."""
    wrong = []
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            wrong += [f"{width} {theme}: {one}" for one in barriers(page)]
            wrong += [f"{width}: wider than the window"] if page.evaluate(WIDER) else []
    return wrong


def test_a_message_is_answered_without_logging_in(site: SmallSite, clinic: SmallClinic):
    page = site.open(link(clinic), width=360)
    page.get_by_role("button", name="Confirmar presença").click()
    expect(page.get_by_text("Presença confirmada. Até lá!")).to_be_visible()
    assert clinic.bookings.upcoming(clinic.people["alice"])[0].confirmed


def test_without_script_a_visit_is_moved_by_its_link(site: SmallSite, clinic: SmallClinic):
    before = clinic.bookings.upcoming(clinic.people["alice"])[0].starts_at
    page = site.open(link(clinic, "move"), width=360, java_script_enabled=False)
    page.get_by_role("link", name="Escolher outro horário").click()
    page.locator("label", has_text="11:00").first.click()
    page.get_by_role("button", name="Mudar para este horário").click()
    expect(page.get_by_text("Pronto: a consulta mudou de horário.")).to_be_visible()
    assert clinic.bookings.upcoming(clinic.people["alice"])[0].starts_at != before


def test_a_visit_is_cancelled_by_its_link_and_taken_back(site: SmallSite, clinic: SmallClinic):
    page = site.open(link(clinic, "cancel"))
    page.get_by_label("Por quê?").select_option(label="Não posso ir")
    page.get_by_role("button", name="Desmarcar a consulta").click()
    expect(page.get_by_text("Esta consulta está cancelada.")).to_be_visible()
    page.get_by_role("button", name="Desfazer").click()
    expect(page.get_by_text("a consulta voltou ao que era")).to_be_visible()


def test_the_preview_follows_what_is_typed(site: SmallSite):
    page = site.open("/mensagens/textos/booked/patient", "manager")
    page.get_by_label("Assunto").fill("Até {na_data}")
    expect(page.locator("#preview")).to_contain_text("Até na quinta-feira, 26 de novembro")
    page.get_by_label("Assunto").fill("Até {nadata}")
    expect(page.locator("#preview")).to_contain_text("Quis dizer {na_data}?")


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("/mensagens", "manager"), ("/mensagens/textos", "manager"), ("/mensagens/textos/moved/patient", "manager"),
        ("/pacientes/1/mensagens", "attendant"), ("/portal/avisos", "patient"),
    ],
)  # fmt: skip
def test_axe_finds_nothing(site: SmallSite, path: str, who: str):
    assert wrong_on(site.open(path, who)) == []


@pytest.mark.parametrize("end", ["", "/remarcar", "/avisos", "x"])
def test_axe_finds_nothing_on_what_links_lead_to(site: SmallSite, clinic: SmallClinic, end: str):
    assert wrong_on(site.open(link(clinic, "cancel") + end)) == []


def test_a_button_that_copies_says_what_was_copied(site: SmallSite):
    page = site.open("/integracoes/nova", "manager", width=360)
    page.get_by_label("Nome").first.fill("Painel")
    page.get_by_label("Endereço").fill("https://painel.example/avisos")
    page.get_by_role("button", name="Criar integração").click()
    page.get_by_role("button", name="Copiar").click()
    expect(page.locator("#copied")).to_have_text("Segredo copiado.")
    expect(page.get_by_role("button", name="Copiado")).to_be_visible()
    assert wrong_on(page) == []
