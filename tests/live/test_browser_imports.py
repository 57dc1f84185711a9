"""A manager's import in a real browser, on a telephone's width: whatever the file is called and holds can be read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.live.browser import barriers
from tests.live.pages import SmallSite, small_site

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]

LONG = "pacientes" + "x" * 180 + ".csv"
LINES = "nome;cpf;nascimento\n=HYPERLINK(http://example.com/," + "A" * 9_000 + ");;05/04/1980\n"
WIDER = "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"
CUT_OFF = """() => [...document.querySelectorAll("main td, main th, main p, main li > a")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"
                     && !one.closest(".unseen, thead, .tabs"))
    .map((one) => `${one.tagName} ${one.textContent.slice(0, 40)}`)"""


@pytest.fixture
def site(clinic, browser) -> Iterator[SmallSite]:
    with small_site(clinic, browser, "manager") as made:
        yield made


def test_long_names_and_cells_are_read_in_full_on_a_telephone(site):
    page = site.open("/importar", "manager", 360)
    page.get_by_label("Arquivo CSV").set_input_files(
        {"name": LONG, "mimeType": "text/csv", "buffer": LINES.encode()}
    )  # fmt: skip
    page.get_by_role("button", name="Conferir arquivo").click()
    expect(page.get_by_text("É comprido demais.")).to_be_visible()
    assert (page.evaluate(WIDER), page.evaluate(CUT_OFF), barriers(page)) == (0, [], [])
    page.goto(f"{site.address}/importar")
    expect(page.get_by_role("link", name=LONG)).to_be_visible()
    assert (page.evaluate(WIDER), page.evaluate(CUT_OFF)) == (0, [])


def test_fields_in_a_row_are_of_one_height(site):
    for path in ("/auditoria", "/equipe", "/ajustes"):
        page = site.open(path, "manager")
        heights = page.locator(
            ".field input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), .field select"
        )
        found = heights.evaluate_all("(all) => [...new Set(all.map((one) => one.getBoundingClientRect().height))]")
        assert len(found) == 1, (path, found)
