"""/agenda/semana of everybody in a real browser: live, by keyboard, on a telephone, on paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.clinic.small_clinic import SmallClinic
from tests.live.browser import THEMES, WIDTHS, barriers, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

WEEK = "/agenda/semana?dia=2026-11-23"


@pytest.fixture
def site(clinic: SmallClinic, browser: Browser) -> Iterator[SmallSite]:
    with small_site(clinic, browser, "attendant") as made:
        yield made


def cell(page: Page, doctor: str, nth: int = 0):
    """A doctor's day, the first of the week or a later one."""
    return page.locator("tr", has=page.get_by_role("rowheader", name=doctor)).locator("td").nth(nth)


def test_the_telephone_books_and_the_count_changes(site):
    page = site.open(WEEK, "attendant")
    expect(page.locator("#agenda[data-live]")).to_be_visible()
    expect(cell(page, "Marina Corrêa")).to_contain_text("0 consultas")
    site.clinic.book("alice", site.clinic.slot("marina"))
    expect(cell(page, "Marina Corrêa")).to_contain_text("1 consulta")
    expect(cell(page, "Marina Corrêa")).to_contain_class("changed")


def test_what_has_the_focus_keeps_it_when_the_week_changes(site):
    page = site.open(WEEK, "attendant")
    expect(page.locator("#agenda[data-live]")).to_be_visible()
    cell(page, "Rita Sampaio", 2).locator("a").focus()
    site.clinic.book("alice", site.clinic.slot("marina"))
    expect(cell(page, "Marina Corrêa")).to_contain_text("1 consulta")
    expect(cell(page, "Rita Sampaio", 2).locator("a")).to_be_focused()


def test_arrows_walk_the_table_and_enter_opens_the_day(site):
    page = site.open(WEEK, "attendant")
    cell(page, "Marina Corrêa").locator("a").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "End"):
        page.keyboard.press(key)
    expect(cell(page, "Paulo Nogueira", 4).locator("a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/agenda\?dia=2026-11-27&medico=\d+$"))
    expect(page.locator(".strip .name")).to_have_text("Paulo Nogueira")


def test_a_reader_hears_which_doctor_and_which_day(site):
    page = site.open(WEEK, "attendant")
    expect(page.get_by_role("table", name=re.compile("Semana de 23 a 29 de novembro"))).to_be_visible()
    expect(page.get_by_role("columnheader", name=re.compile("seg., 23 nov."))).to_have_count(1)
    expect(cell(page, "Marina Corrêa").get_by_role("link")).to_have_accessible_name(
        re.compile("Centro ?, 08:00 às 12:00 ?, 0 consultas ?, 0% ocupado, 5 livres")
    )


def test_on_a_narrow_screen_a_day_at_a_time(site):
    page = site.open(WEEK, "attendant", 360)
    expect(page.locator("tbody td:visible")).to_have_count(4)
    page.get_by_role("link", name=re.compile("qua., 25 nov.")).click()
    expect(cell(page, "Marina Corrêa", 2)).to_be_visible()
    expect(cell(page, "Marina Corrêa", 0)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_without_script_a_day_is_chosen_all_the_same(site):
    page = site.open(WEEK, "attendant", 360, java_script_enabled=False)
    page.get_by_role("link", name=re.compile("qua., 25 nov.")).click()
    expect(cell(page, "Marina Corrêa", 2)).to_be_visible()


def test_a_doctors_week_fits_a_tablet(site):
    page = site.open(f"{WEEK}&medico={site.clinic.at.doctors['marina']}", "attendant", 768)
    assert (
        page.evaluate("document.getElementById('agenda').scrollWidth - document.getElementById('agenda').clientWidth")
        == 0
    )


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_meets_a_barrier(site, width, theme):
    site.clinic.book("alice", site.clinic.slot("rita", "cardiology"), "cardiology")
    page = site.open(WEEK, "attendant", width, color_scheme=theme)
    assert (barriers(page), sticks_out(page)) == ([], [])


def test_on_paper_there_is_the_table_alone(site):
    page = site.open(WEEK, "attendant")
    expect(page.get_by_role("button", name="Imprimir")).to_be_visible()
    page.emulate_media(media="print")
    expect(cell(page, "Marina Corrêa")).to_be_visible()
    for gone in (".filters", ".rail", ".agenda-head .actions"):
        expect(page.locator(gone).first).to_be_hidden()
