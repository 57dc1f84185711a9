"""/telefone by keyboard, by ear, on small screens and in large letters."""

import re

import pytest
from playwright.sync_api import expect

from tests.live.browser import THEMES, WIDTHS, barriers, sticks_out
from tests.live.telephone_page import in_the_menu, opened

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]


def test_the_keyboard_alone_calls_types_and_hangs_up(open_page, quick):
    page = open_page(quick)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("Sua vez: tecle")
    page.keyboard.press("5")
    page.keyboard.press("*")
    page.keyboard.press("#")
    expect(page.locator("#pressed")).to_have_text("5*#")
    page.keyboard.press("Escape")
    expect(page.locator("#state")).to_have_text("Ligação encerrada")
    expect(page.locator("#heard")).to_contain_text("Você desligou.")


def test_every_control_is_reached_by_tab(open_page, quick):
    page = open_page(quick)
    opened(page)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
            )
        )
    wanted = {"2 ABC", "asterisco", "sustenido", "Ligar", "Desligar", "Mudo", "Telefone", "Chamadas", "Claro"}
    assert wanted <= reached


def test_enter_on_a_key_presses_that_key(open_page, quick):
    page = open_page(quick)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("Sua vez: tecle")
    page.get_by_role("button", name="7 PQRS").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pressed")).to_have_text("7")


def test_the_page_wide_keys_can_be_switched_off(open_page, quick):
    page = open_page(quick)
    page.get_by_label("Usar estas teclas em toda a página").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("Pronto para ligar")


def test_a_screen_reader_is_told_whole_sentences(open_page, slow):
    page = open_page(slow)
    said = page.locator("#said")
    expect(said).to_have_attribute("aria-live", "polite")
    page.locator("#call").click()
    expect(said).to_have_text("Boa tarde. Clínica Bem Viver.")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_meets_a_barrier(open_page, quick, width, theme):
    page = open_page(quick, width, theme)
    assert barriers(page) == []
    in_the_menu(page)
    assert barriers(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out(open_page, quick, width):
    assert sticks_out(in_the_menu(open_page(quick, width))) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_text_at_twice_the_size_loses_nothing(open_page, quick, width):
    page = open_page(quick, width)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    in_the_menu(page)
    assert sticks_out(page) == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
             .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "hidden"
                              && !one.closest(".unseen"))
             .map((one) => one.id || one.className)"""
    )
    assert cut == []


def test_keys_are_big_enough_for_a_thumb(open_page, quick):
    page = open_page(quick, 360)
    boxes = [key.bounding_box() for key in page.locator(".key").all()]
    assert len(boxes) == 12
    assert min(min(box["width"], box["height"]) for box in boxes) >= 64


def test_a_theme_is_kept_and_changes_at_once(open_page, quick):
    page = open_page(quick)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_response(re.compile("/tema$")):
        opened(page).get_by_role("button", name="Claro").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_nothing_moves_for_who_asked_for_stillness(open_page, quick):
    page = open_page(quick, reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.querySelector('.key')).transitionDuration") in ("0s", "0s, 0s")
