"""/agenda in a real browser: it changes under one's eyes, two at the desk share it, the keyboard does it all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from clinic.visits import Extra
from tests.clinic.small_clinic import SmallClinic
from tests.live.browser import THEMES, WIDTHS, barriers, sticks_out
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

MONDAY = "/agenda?dia=2026-11-23"


@dataclass(frozen=True)
class Reception:
    """Somebody at the desk."""

    site: SmallSite

    @property
    def clinic(self) -> SmallClinic:
        return self.site.clinic

    @property
    def address(self) -> str:
        return self.site.address

    def open(self, path: str = MONDAY, who: str = "attendant", **more) -> Page:
        return self.site.open(path, who, **more)


@pytest.fixture
def desk(clinic, browser) -> Iterator[Reception]:
    with small_site(clinic, browser, "attendant", "manager") as site:
        yield Reception(site)


def slot(page: Page, time_of_day: str, strip: int = 0):
    """A free time of the first doctor, or of another."""
    return page.locator(".strip").nth(strip).locator("[data-slot]", has=page.locator(".when", has_text=time_of_day))


def visit(page: Page, words: str):
    return page.locator("[data-visit]", has_text=words)


def live(page: Page) -> Page:
    """The page, once it hears what changes."""
    expect(page.locator("#agenda[data-live]")).to_be_visible()
    return page


def choose_alice(page: Page) -> None:
    page.locator("dialog input[type=search]").fill("alice")
    page.get_by_role("link", name=re.compile("Alice Ferreira")).click()
    expect(page.get_by_role("button", name="Marcar consulta")).to_be_visible()


def drag(page: Page, block: Locator, to: Locator) -> None:
    """Drag as a hand does: what is dragged is in the hand before it is let go."""
    block.hover()
    page.mouse.down()
    box = to.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y - 4, steps=4)
    expect(page.locator("#agenda.moving")).to_be_visible()
    page.mouse.move(x, y, steps=2)
    page.mouse.up()


def test_the_telephone_books_and_the_block_appears(desk):
    page = live(desk.open())
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    expect(visit(page, "Alice Ferreira")).to_contain_text("telefone")


@pytest.mark.parametrize("width", [360, 1440])
def test_who_waits_for_the_desk_is_counted_as_it_happens(desk, width):
    page = live(desk.open(width=width))
    desk.clinic.patients.pre_register(None, date(1991, 1, 1), "5511900002222", None, "1")
    if width == 360:
        page.get_by_label("Mais, 1 espera por você").click()
    expect(page.locator(".agenda-head").get_by_role("link", name="Pré-cadastros 1")).to_be_visible()
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    desk.clinic.desk.delays.set(desk.clinic.at.doctors["marina"], date(2026, 11, 23), 20, "user:1")
    expect(page.locator(".agenda-head").get_by_role("link", name="Avisar por telefone 1")).to_be_visible()


def test_a_cancelled_block_goes_in_another_tab_too(desk):
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    first = live(desk.open())
    second = first.context.new_page()
    second.goto(desk.address + MONDAY)
    live(second)
    visit(first, "Alice Ferreira").click()
    first.get_by_role("link", name="Cancelar").click()
    first.get_by_label("Por que a consulta").select_option("cannot_attend")
    first.get_by_role("button", name="Cancelar consulta").click()
    for page in (first, second):
        expect(visit(page, "Alice Ferreira")).to_have_count(0)


def test_one_worker_listens_for_all_tabs(desk):
    """Its module and what that imports are let run, by the page's policy and its own."""
    first = live(desk.open())
    second = first.context.new_page()
    second.goto(desk.address + MONDAY)
    live(second)
    told = desk.site.browser.new_browser_cdp_session().send("Target.getTargets")["targetInfos"]
    workers = [one["url"] for one in told if one["type"] == "shared_worker" and one["url"].startswith(desk.address)]
    assert [one.rpartition("/")[2] for one in workers] == ["live-worker.js"]


def test_two_at_the_desk_take_the_same_time(desk):
    first, second = desk.open(), desk.open(who="manager")
    late = slot(second, "10:00").get_attribute("href")
    slot(first, "10:00").click()
    expect(first.locator("dialog input[type=search]")).to_be_focused()
    second.goto(desk.address + late)
    expect(second.get_by_role("alert")).to_contain_text(
        "Este horário está sendo reservado por outra pessoa. Escolha outro: 10:30"
    )
    choose_alice(first)
    first.get_by_role("button", name="Marcar consulta").click()
    expect(visit(first, "Alice Ferreira")).to_be_visible()


def test_booking_by_the_keyboard_alone(desk):
    page = live(desk.open())
    slot(page, "10:00").focus()
    page.keyboard.press("ArrowDown")
    expect(slot(page, "10:30")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog input[type=search]")).to_be_focused()
    page.keyboard.type("alice")
    expect(page.get_by_role("link", name=re.compile("Alice Ferreira"))).to_be_visible()
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_label("Tipo")).to_be_focused()
    page.get_by_role("button", name="Marcar consulta").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("consulta marcada para 23/11 às 10:30")
    expect(visit(page, "Alice Ferreira")).to_be_visible()


def test_a_time_let_go_by_the_keyboard_has_the_focus_again(desk):
    page = live(desk.open())
    slot(page, "10:30").press("Enter")
    expect(page.locator("dialog input[type=search]")).to_be_focused()
    expect(page.locator(".block.held", has_text="10:30")).to_be_attached()
    page.keyboard.press("Escape")
    expect(slot(page, "10:30")).to_be_focused()


def test_m_moves_and_undo_takes_it_back(desk):
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    page = live(desk.open())
    visit(page, "Alice Ferreira").focus()
    page.keyboard.press("m")
    expect(page.locator("#toast")).to_contain_text("Mudando Alice Ferreira")
    slot(page, "11:30").press("Enter")
    expect(visit(page, "Alice Ferreira")).to_contain_text("11:30")
    expect(visit(page, "Alice Ferreira")).to_be_focused()
    page.get_by_role("button", name="Desfazer").click()
    expect(visit(page, "Alice Ferreira")).to_contain_text("10:00")


def test_a_block_is_dragged_to_another_time(desk):
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    page = live(desk.open())
    drag(page, visit(page, "Alice Ferreira"), slot(page, "11:00"))
    expect(visit(page, "Alice Ferreira")).to_contain_text("11:00")


def encaixe(desk: Reception) -> None:
    """Of Bruno's at 13:00, when Marina has no times; Alice has 10:30."""
    clinic, at = desk.clinic, desk.clinic.at
    start, kind = clinic.slot("marina").starts_at.replace(hour=16), clinic.directory.kind("consultation")
    wanted = Extra(at.doctors["marina"], at.units["centro"], start, kind, "attendant", "dor forte")
    clinic.book("alice", clinic.slot("marina", place=1))
    clinic.bookings.book_extra(clinic.people["bruno"], wanted, "user:1")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_an_encaixe_moves_to_a_free_time_and_is_one_no_more(desk, by):
    encaixe(desk)
    page = live(desk.open())
    carry(page, by, slot(page, "11:00"))
    expect(visit(page, "Bruno")).to_contain_text("11:00")
    expect(visit(page, "Bruno")).not_to_contain_text("encaixe")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_an_encaixe_that_moved_to_a_free_time_is_one_again_once_that_is_undone(desk, by):
    encaixe(desk)
    page = live(desk.open())
    carry(page, by, slot(page, "11:00"))
    undo(page)
    expect(visit(page, "Bruno")).to_contain_text("13:00")
    expect(visit(page, "Bruno")).to_contain_text("encaixe")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_an_encaixe_moves_beside_a_visit_once_that_was_told(desk, by):
    encaixe(desk)
    page = live(desk.open())
    carry(page, by, visit(page, "Alice Ferreira"))
    expect(page.get_by_role("alert")).to_contain_text("já tem consulta das 10:30 às 11:00")
    expect(page.get_by_label("Hora", exact=True)).to_have_value(re.compile("10:[345]"))
    page.get_by_role("button", name="Mudar mesmo assim").press("Enter")
    expect(page.locator("#toast")).to_contain_text("O encaixe mudou para 23/11 às 10:")
    undo(page)
    expect(visit(page, "Bruno")).to_contain_text("13:00")


def undo(page: Page) -> None:
    """What was done a moment ago; first of all, for it is offered for ten seconds."""
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator("#toast")).to_contain_text("Desfeito")


def carry(page: Page, by: str, to: Locator) -> None:
    """Bruno's to another place, either way."""
    if by == "mouse":
        return drag(page, visit(page, "Bruno"), to)
    visit(page, "Bruno").press("m")
    expect(page.locator("#toast")).to_contain_text("Mudando Bruno")
    return to.press("Enter")


def test_what_is_in_the_hand_stays_while_the_agenda_changes(desk):
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    page = live(desk.open())
    visit(page, "Alice Ferreira").hover()
    page.mouse.down()
    block = visit(page, "Alice Ferreira").element_handle()
    desk.clinic.book("bruno", desk.clinic.slot("marina", place=1))
    page.wait_for_timeout(1_500)
    assert block and block.evaluate("block => block.isConnected")
    expect(visit(page, "Bruno")).to_have_count(0)
    page.mouse.up()
    expect(visit(page, "Bruno")).to_be_visible()


def test_a_lost_connection_is_told_and_found_again(desk):
    page = live(desk.open())
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()
    expect(visit(page, "Alice Ferreira")).to_be_visible()


def test_without_script_a_time_is_booked_all_the_same(desk):
    page = desk.open(java_script_enabled=False)
    slot(page, "10:00").click()
    page.locator("main input[type=search]").fill("alice")
    page.locator("main").get_by_role("button", name="Procurar").click()
    page.get_by_role("link", name=re.compile("Alice Ferreira")).click()
    page.get_by_role("button", name="Marcar consulta").click()
    expect(visit(page, "Alice Ferreira")).to_be_visible()


def test_on_a_narrow_screen_one_doctor_at_a_time(desk):
    page = desk.open(width=360)
    expect(page.locator(".strip:visible")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Paulo Nogueira")).first.click()
    expect(page.locator(".strip:visible .name")).to_have_text("Paulo Nogueira")
    assert sticks_out_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_text_at_twice_the_size_loses_nothing(desk):
    desk.clinic.book("zeca", desk.clinic.slot("marina"))
    waits(desk.clinic)
    for path in (MONDAY, "/avisar", "/espera", f"/agenda/encaixe?paciente={desk.clinic.people['alice'].id}"):
        page = desk.open(path, width=360)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def waits(clinic):
    """Zeca waits, and a time is kept for him."""
    place = clinic.waiting_list.join(clinic.people["zeca"], clinic.at.specialties["general"], "desk").id
    clinic.waiting_list.offers.make(place, clinic.slot("paulo"), 30, clinic.clock() + timedelta(hours=2), "test")


def rows_of_controls(page: Page) -> int:
    """How many rows of controls stand above the agenda."""
    controls = page.locator(".agenda-head").locator("a, summary, select, input").all()
    boxes = [box for one in controls if one.is_visible() and (box := one.bounding_box())]
    assert min(box["height"] for box in boxes) >= 42  # with the border of the frame around two of them: 44
    return len({round(box["y"] + box["height"] / 2) // 8 for box in boxes})


@pytest.mark.parametrize("path", [MONDAY, "/agenda/semana?dia=2026-11-23"])
def test_on_a_telephone_two_rows_of_controls_stand_above_the_agenda(desk, path):
    assert rows_of_controls(desk.open(path, width=360)) == 2


def test_on_a_telephone_filters_open_without_script_and_stay_open(desk):
    page = desk.open(width=360, java_script_enabled=False)
    page.locator(".fold > summary").click()
    for field in ("dia", "especialidade", "medico"):
        expect(page.locator(f".filters [name={field}]")).to_be_visible()
    page.locator(".filters [name=medico]").select_option("Rita Sampaio")
    page.get_by_role("button", name="Mostrar").click()
    expect(page.locator(".fold")).to_contain_text("Rita Sampaio")
    expect(page.locator(".filters [name=medico]")).to_be_visible()


def sticks_out_of(page: Page) -> list[str]:
    """The list of doctors may be pushed sideways; nothing else may stick out."""
    return [one for one in sticks_out(page) if "chooser" not in one and not one.startswith(("A.", "SPAN."))]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_meets_a_barrier(desk, width, theme):
    desk.clinic.book("alice", desk.clinic.slot("marina"))
    waits(desk.clinic)
    page = desk.open(width=width, color_scheme=theme)
    assert barriers(page) == []
    page.locator(".strip.shown [data-slot]").first.click()
    expect(page.locator("dialog input[type=search]")).to_be_visible()
    assert barriers(page) == []
    for path in (f"/pacientes/{desk.clinic.people['alice'].id}", "/avisar", "/espera", "/agenda?dia=2026-11-22"):
        page.goto(desk.address + path)
        assert barriers(page) == []
        assert sticks_out_of(page) == []
