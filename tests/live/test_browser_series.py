"""A visit that repeats, in a real browser: by keyboard in the drawer, taken back in one go, without barriers."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect

from clinic.bookings import Booking
from clinic.repetitions import Choice
from clinic.series_dates import Plan
from tests.clinic.small_clinic import SmallClinic
from tests.live.browser import THEMES, barriers, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

TODAY = "/agenda?dia=2026-11-23"


@pytest.fixture
def site(clinic: SmallClinic, browser: Browser) -> Iterator[SmallSite]:
    with small_site(clinic, browser, "attendant") as made:
        yield made


def coming(site: SmallSite) -> int:
    return len(site.clinic.bookings.upcoming(site.clinic.people["alice"]))


def hours(site: SmallSite) -> list[int]:
    return [one.starts_at.hour for one in site.clinic.bookings.upcoming(site.clinic.people["alice"])]


def in_series(site: SmallSite) -> Booking:
    """Alice's first of four Mondays with Marina."""
    visit, plan = site.clinic.book("alice", site.clinic.slot("marina")), Plan(1, 4)
    series = site.clinic.desk.repetitions
    days = series.preview(visit.id, plan).days
    series.book(visit.id, plan, {one.day: Choice(one.slot.id) for one in days if one.slot}, "user:1", "form")
    return visit


def look(page: Page, times: int) -> None:
    page.get_by_label("Quantas vezes").fill(str(times))
    page.get_by_role("button", name="Ver as datas").press("Enter")
    expect(page.locator(".dates")).to_be_visible()


def test_a_series_is_booked_by_keyboard_and_taken_back_in_one_go(site):
    visit = site.clinic.book("alice", site.clinic.slot("marina"))
    page = site.open(TODAY, "attendant")
    page.locator(f'[data-visit="{visit.id}"]').press("Enter")
    drawer = page.locator("#drawer")
    drawer.get_by_role("link", name="Repetir").press("Enter")
    look(page, 4)
    drawer.get_by_role("group", name="3ª seg., 7 dez., 10:00").get_by_role("radio", name="Marcar às 10:00").focus()
    page.keyboard.press("ArrowRight")
    drawer.get_by_role("button", name="Marcar as sessões escolhidas").press("Enter")
    expect(page.locator("#toast")).to_contain_text("3 sessões marcadas, toda semana. Ficou de fora: 07/12.")
    assert coming(site) == 3
    page.locator(f'[data-visit="{visit.id}"]').press("Enter")
    drawer.get_by_role("link", name="Cancelar esta e as seguintes").press("Enter")
    drawer.get_by_label("Por que as sessões estão sendo canceladas?").select_option("cannot_attend")
    drawer.get_by_role("button", name="Cancelar 3 sessões").press("Enter")
    page.locator("#toast").get_by_role("button", name="Desfazer").press("Enter")
    expect(page.locator("#toast")).to_contain_text("Desfeito")
    assert coming(site) == 3


def test_the_rest_of_a_series_is_moved_by_keyboard_and_taken_back_in_one_go(site):
    visit = in_series(site)
    page = site.open(TODAY, "attendant")
    page.locator(f'[data-visit="{visit.id}"]').press("Enter")
    drawer = page.locator("#drawer")
    drawer.get_by_role("link", name="Mudar esta e as seguintes").press("Enter")
    drawer.get_by_label("Novo horário").fill("11:00")
    drawer.get_by_role("button", name="Ver as sessões").press("Enter")
    expect(drawer.locator(".dates")).to_be_visible()
    drawer.get_by_role("button", name="Mudar as sessões escolhidas").press("Enter")
    expect(page.locator("#toast")).to_contain_text("4 sessões mudaram.")
    assert hours(site) == [14] * 4
    page.locator("#toast").get_by_role("button", name="Desfazer").press("Enter")
    expect(page.locator("#toast")).to_contain_text("Desfeito")
    assert hours(site) == [13] * 4


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_at_any_step(site, theme):
    visit = site.clinic.book("alice", site.clinic.slot("marina"))
    monday = site.clinic.agenda.on_day(site.clinic.criteria("general", "marina"), date(2026, 11, 30))
    site.clinic.book("bruno", monday.times[4])
    for width in (360, 1440):
        page = site.open(f"/agenda/consultas/{visit.id}/repetir", "attendant", width, color_scheme=theme)
        look(page, 6)
        assert (barriers(page), sticks_out(page)) == ([], [])
        page.goto(f"{site.address}/agenda/consultas/{visit.id}/cancelar-seguintes")
        assert barriers(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_where_the_rest_is_moved(site, theme):
    visit = in_series(site)
    tuesday = site.clinic.agenda.on_day(site.clinic.criteria("general", "marina"), date(2026, 12, 1))
    site.clinic.book("bruno", tuesday.times[4])
    for width in (360, 1440):
        page = site.open(f"/agenda/consultas/{visit.id}/mudar-seguintes", "attendant", width, color_scheme=theme)
        assert (barriers(page), sticks_out(page)) == ([], [])
        page.get_by_label("Novo dia desta sessão").fill("2026-11-24")
        page.get_by_role("button", name="Ver as sessões").press("Enter")
        expect(page.locator(".dates")).to_be_visible()
        assert (barriers(page), sticks_out(page)) == ([], [])
