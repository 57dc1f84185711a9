"""Pictures of the running pages, to look at before a change lands and for the README.

python -m tests.live.pictures http://127.0.0.1:8000 FOLDER [WIDTH THEME]      an `alo run` with the demo must be on
docs/telefone.png is telefone-1440-dark.png.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.live.browser import THEMES, WIDTHS, chromium


def in_the_middle_of_a_call(page: Page) -> None:
    """Identified, and the times of a doctor are being told."""
    page.locator("#call").click()
    page.wait_for_timeout(1500)
    for button in page.locator("[data-type]").all()[:2]:
        button.click()
        page.wait_for_timeout(2500)
    expect(page.locator("#heard")).to_contain_text(re.compile("caiu há pouco|Para marcar uma consulta"), timeout=30_000)
    if "caiu há pouco" in page.locator("#heard").inner_text():  # the picture before this one hung up in the middle
        page.locator('[data-key="2"]').click()
    for words in ("Para marcar uma consulta", "Para marcar de novo com"):
        expect(page.locator("#heard")).to_contain_text(words, timeout=30_000)
        page.locator('[data-key="1"]').click()
    page.mouse.move(0, 0)
    expect(page.locator("#heard p.now")).to_contain_text("tecle um", timeout=30_000)
    page.wait_for_timeout(1200)


def take(browser: Browser, address: str, folder: Path, width: int, theme: str) -> None:
    """All pages at one width, in one theme."""
    viewport = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(viewport=viewport, color_scheme=theme, locale="pt-BR")  # type: ignore[arg-type]
    phone, calls = context.new_page(), context.new_page()
    phone.goto(f"{address}/telefone")
    phone.screenshot(path=folder / f"telefone-parado-{width}-{theme}.png", full_page=True)
    in_the_middle_of_a_call(phone)
    phone.screenshot(path=folder / f"telefone-{width}-{theme}.png")
    calls.goto(f"{address}/chamadas")
    calls.wait_for_timeout(1500)
    calls.screenshot(path=folder / f"chamadas-{width}-{theme}.png")
    phone.keyboard.press("Escape")
    context.close()


def main(address: str, folder: str, width: str = "", theme: str = "") -> None:
    """Every page; every width and both themes unless one is named."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for colours in [theme] if theme else THEMES:
            for pixels in [int(width)] if width else WIDTHS:
                take(browser, address, Path(folder), pixels, colours)


if __name__ == "__main__":
    main(*sys.argv[1:])
