"""/chamadas in a real browser: what changes, changes in place."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.live.browser import THEMES, WIDTHS, barriers, made_up_pages, sticks_out

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

ROW = re.compile(r"<tr [^>]*data-key.*?</tr>", re.DOTALL)


@pytest.fixture(scope="module")
def busy() -> Iterator[str]:
    """Four calls go on."""
    with made_up_pages(0.0) as address:
        yield address


@pytest.fixture(scope="module")
def lost() -> Iterator[str]:
    """Nobody hears from the Asterisk."""
    with made_up_pages(0.0, "lost") as address:
        yield address


@pytest.fixture(scope="module")
def idle() -> Iterator[str]:
    with made_up_pages(0.0, "empty") as address:
        yield address


@pytest.fixture
def open_page(browser):
    contexts = []

    def go(address: str, width: int = 1440, theme: str = "dark", **more) -> Page:
        viewport = {"width": width, "height": WIDTHS[width]}
        contexts.append(browser.new_context(viewport=viewport, color_scheme=theme, locale="pt-BR", **more))
        page = contexts[-1].new_page()
        page.goto(f"{address}/chamadas")
        return page

    yield go
    for context in contexts:
        context.close()


def changed(page: Page, change) -> None:
    """From now on the list is fetched as `change` makes it of the true one."""

    def answer(route) -> None:
        headers = {name: value for name, value in route.request.headers.items() if name != "if-none-match"}
        reply = route.fetch(headers=headers)
        route.fulfill(response=reply, body=change(reply.text()), headers=reply.headers | {"etag": '"other"'})

    page.route("**/chamadas/lista", answer)


def mark_rows(page: Page) -> None:
    page.evaluate("document.querySelectorAll('tr[data-key]').forEach((row, n) => { row.mark = n; })")


def marks(page: Page) -> list[int | None]:
    """Which of the marked rows are still the very same elements."""
    found: list[int | None] = page.evaluate(
        "[...document.querySelectorAll('tr[data-key]')].map((row) => row.mark ?? null)"
    )
    return found


def test_the_time_since_a_call_began_ticks(open_page, busy):
    cell = open_page(busy).locator("[data-since]").first
    expect(cell).to_have_text(re.compile(r"há \d+ min \d+ s"))
    before = cell.inner_text()
    expect(cell).not_to_have_text(before)


def test_a_call_that_ended_leaves_and_the_others_stay_as_they_are(open_page, busy):
    page = open_page(busy)
    mark_rows(page)
    changed(page, lambda text: ROW.sub("", text, count=1))
    expect(page.locator("tr[data-key]")).to_have_count(3)
    assert marks(page) == [1, 2, 3]


def test_a_call_that_moves_on_changes_its_row_alone(open_page, busy):
    page = open_page(busy)
    mark_rows(page)
    changed(page, lambda text: text.replace("Marcando consulta", "Menu principal"))
    expect(page.get_by_text("Menu principal")).to_be_visible()
    assert marks(page) == [None, 1, 2, 3]


def test_a_new_call_appears_in_its_place(open_page, busy):
    page = open_page(busy)
    mark_rows(page)
    changed(page, lambda text: text.replace("<tr ", '<tr data-key="new" role="row"><th>(11) new</th></tr><tr ', 1))
    expect(page.locator("tr[data-key]")).to_have_count(5)
    assert marks(page) == [None, 0, 1, 2, 3]


def test_the_last_call_leaves_the_empty_state(open_page, busy, idle):
    empty = open_page(idle)
    expect(empty.get_by_role("heading", name="Nenhuma ligação agora")).to_be_visible()
    page = open_page(busy)
    text = empty.evaluate("fetch('/chamadas/lista').then((reply) => reply.text())")
    changed(page, lambda _: text)
    expect(page.get_by_role("heading", name="Nenhuma ligação agora")).to_be_visible()
    expect(page.get_by_role("table")).to_be_hidden()


def test_a_lost_asterisk_is_told(open_page, lost):
    page = open_page(lost)
    expect(page.get_by_text("Sem contato com o Asterisk desde")).to_be_visible()
    expect(page.get_by_text("sem contato", exact=True).first).to_be_visible()


def test_a_lost_server_is_told_and_comes_back(open_page, busy):
    page = open_page(busy)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_without_script_the_list_is_there(open_page, busy):
    page = open_page(busy, java_script_enabled=False)
    expect(page.locator("tr[data-key]")).to_have_count(4)
    page.get_by_role("link", name="Atualizar").click()
    expect(page.locator("tr[data-key]")).to_have_count(4)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nobody_meets_a_barrier(open_page, busy, lost, idle, width, theme):
    for address in (busy, lost, idle):
        page = open_page(address, width, theme)
        assert barriers(page) == []
        assert sticks_out(page) == []


def test_an_error_page_has_no_barrier(open_page, busy):
    page = open_page(busy)
    page.goto(f"{busy}/nada")
    assert barriers(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_text_at_twice_the_size_loses_nothing(open_page, busy, width):
    page = open_page(busy, width)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sticks_out(page) == []
