"""/telefone in a real browser, calling a made-up clinic: what a call shows, sounds like and ends with."""

import re

import pytest
from playwright.sync_api import expect

from tests.live.browser import made_up_pages
from tests.live.telephone_page import in_the_menu, until

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]


def test_a_call_shows_what_the_clinic_says(open_page, quick):
    page = open_page(quick)
    page.locator("#call").click()
    expect(page.locator("#heard")).to_contain_text("Boa tarde. Clínica Bem Viver. Em caso de emergência")
    expect(page.locator("#state")).to_have_text("Sua vez: tecle")


def test_a_call_sounds_as_the_clinic_speaks(open_page, slow):
    page = open_page(slow)
    page.locator("#call").click()
    until(page, "sounded.filter((one) => one === 'recording').length >= 2")
    assert "tone 425" in page.evaluate("sounded")


def test_a_patient_is_typed_for_the_visitor(open_page, quick):
    page = in_the_menu(open_page(quick))
    expect(page.locator("#pressed")).to_have_text("1114447773505041980"[-16:])


def test_the_phrase_that_sounds_is_lit(open_page, slow):
    page = open_page(slow)
    page.locator("#call").click()
    expect(page.locator(".lit")).to_have_text("Boa tarde. Clínica Bem Viver.")
    expect(page.locator(".lit")).to_contain_text("emergência")


def test_a_key_cuts_the_sound_at_once(open_page, slow):
    page = open_page(slow)
    page.locator("#call").click()
    until(page, "sounded.includes('recording')")
    page.evaluate("sounded.length = 0")
    page.get_by_role("button", name="1", exact=True).click()
    assert page.evaluate("sounded.slice(0, 3)") == ["cut", "tone 697", "tone 1209"]


def test_keys_typed_fast_arrive_in_order(open_page, quick):
    page = open_page(quick)
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("Sua vez: tecle")
    page.keyboard.type("1114447773505041980", delay=5)
    expect(page.locator("#heard")).to_contain_text("Próxima consulta")


def test_the_call_is_timed(open_page, quick):
    page = open_page(quick)
    page.locator("#call").click()
    expect(page.locator("#timer")).to_have_text(re.compile("00:(0[2-9]|[1-5])"))


def test_who_asks_for_a_person_hears_where_the_demo_ends(open_page, quick):
    page = in_the_menu(open_page(quick))
    page.get_by_role("button", name="0", exact=True).click()
    expect(page.locator("#heard")).to_contain_text("Transferindo para uma pessoa")
    expect(page.locator("#call")).to_have_attribute("aria-disabled", "false")


def test_a_recording_is_shown(open_page, quick):
    page = in_the_menu(open_page(quick))
    page.get_by_role("button", name="6 MNO").click()
    expect(page.locator("#state")).to_have_text("Gravando")
    assert "tone 1000" in page.evaluate("sounded")
    page.get_by_role("button", name="sustenido").click()
    expect(page.locator("#state")).not_to_have_text("Gravando")


def test_the_clinics_hang_up_is_told(open_page, quick):
    page = in_the_menu(open_page(quick))
    page.get_by_role("button", name="9 WXYZ").click()
    expect(page.locator("#heard")).to_contain_text("A clínica encerrou a ligação.")


def test_a_second_call_begins_anew(open_page, quick):
    page = open_page(quick)
    for _ in range(2):
        page.locator("#call").click()
        expect(page.locator("#heard")).to_contain_text("Digite os onze números")
        page.get_by_role("button", name="Desligar").click()
    assert page.locator("#heard").inner_text().count("Digite os onze números") <= 1


def test_mute_and_volume_change_the_sound(open_page, quick):
    page = open_page(quick)
    mute = page.get_by_role("button", name="Mudo")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Volume").fill("20")
    page.locator("#call").click()
    expect(page.locator("#heard")).to_contain_text("Boa tarde")


def test_a_number_is_copied(open_page, quick):
    page = open_page(quick)
    page.get_by_role("button", name="Copiar CPF de Helena Duarte").click()
    expect(page.locator("#said")).to_have_text("Copiado.")
    assert page.evaluate("navigator.clipboard.readText()") == "11144477735"


def test_typing_for_me_needs_a_call(open_page, quick):
    page = open_page(quick)
    page.get_by_role("button", name="Digitar por mim: CPF de Helena Duarte").click(force=True)
    expect(page.locator("#said")).to_have_text("Ligue primeiro.")
    expect(page.locator("#pressed")).to_have_text("–")


def test_without_the_voice_menus_the_remedy_is_shown(open_page):
    with made_up_pages(0.0, "down") as address:
        page = open_page(address)
        page.locator("#call").click()
        expect(page.get_by_role("alert")).to_contain_text("O atendimento não está no ar. Inicie-o com “alo agi”")
        expect(page.locator("#state")).to_have_text("Pronto para ligar")
    open_page.noises[:] = [noise for noise in open_page.noises if "503" not in noise]


def test_a_lost_connection_is_shown_and_mended(open_page, slow):
    page = open_page(slow)
    page.locator("#call").click()
    expect(page.locator(".lit")).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("performance.now()")
    page.context.set_offline(False)
    expect(page.locator("#heard")).to_contain_text("emergência")
    open_page.noises[:] = [noise for noise in open_page.noises if "ERR_" not in noise]


def test_a_server_that_went_away_is_told(open_page):
    with made_up_pages(2.0) as address:
        page = open_page(address)
        page.locator("#call").click()
        expect(page.locator(".lit")).to_be_visible()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("reconectando")
    open_page.noises[:] = []
