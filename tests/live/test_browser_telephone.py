"""/telefone in a real browser, calling a made-up clinic."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.live.browser import THEMES, WIDTHS, barriers, chromium, made_up_pages, sticks_out

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

LISTEN = """
  window.sounded = [];
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...args) {
    sounded.push(this instanceof OscillatorNode ? `tone ${this.frequency.value}` : "recording");
    return start.apply(this, args);
  };
  const play = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...args) {
    sounded.push("recording");
    return play.apply(this, args);
  };
  const stop = AudioScheduledSourceNode.prototype.stop;
  AudioScheduledSourceNode.prototype.stop = function (...args) {
    if (!args.length) sounded.push("cut");
    return stop.apply(this, args);
  };
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def quick() -> Iterator[str]:
    """A clinic that says everything at once."""
    with made_up_pages(0.0) as address:
        yield address


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    """A clinic that takes two seconds for each phrase."""
    with made_up_pages(2.0) as address:
        yield address


@pytest.fixture
def open_page(browser):
    """Opens pages whose console must stay silent and that ask nobody else for anything."""
    noises: list[str] = []
    contexts = []

    def go(address: str, width: int = 1440, theme: str = "dark", **more) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)}, color_scheme=theme, locale="pt-BR", **more
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.on("console", lambda said: noises.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: noises.append(str(error)))
        page.on("request", lambda asked: noises.append(asked.url) if not asked.url.startswith(address[:21]) else None)
        page.goto(f"{address}/telefone")
        return page

    go.noises = noises
    yield go
    for context in contexts:
        context.close()
    assert noises == []


def until(page: Page, script: str) -> None:
    """Wait for a script to be true; the page's own policy forbids Playwright to wait inside it."""
    for _ in range(400):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def in_the_menu(page: Page) -> Page:
    """Call, and be the first patient."""
    page.locator("#call").click()
    page.get_by_role("button", name="Digitar por mim: CPF de Helena Duarte").click()
    expect(page.locator("#heard")).to_contain_text("data de nascimento")
    page.get_by_role("button", name="Digitar por mim: Nascimento de Helena Duarte").click()
    expect(page.locator("#heard")).to_contain_text("Próxima consulta: quinta-feira,")
    return page


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


def opened(page: Page) -> Page:
    """The page with the reader's own menu open, where the colours are chosen."""
    page.locator(".own-menu > summary").click()
    return page


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


def test_the_call_is_timed(open_page, quick):
    page = open_page(quick)
    page.locator("#call").click()
    expect(page.locator("#timer")).to_have_text(re.compile("00:0[2-9]"))


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
    expect(page.locator("#offline")).to_be_visible(timeout=15000)
    expect(page.locator("#offline")).to_contain_text("reconectando")
    open_page.noises[:] = []


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
