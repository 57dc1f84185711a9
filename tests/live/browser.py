"""A real browser for the pages: Debian's Chromium, driven by Playwright, with axe-core to look for barriers."""

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.live import session

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds: what comes, comes; a busy machine only takes longer
AXE = "axe-core@4.14.1"
WIDTHS = {360: 740, 768: 1024, 1440: 900}
THEMES = ("dark", "light")
POLICY = "Content Security Policy"
"""What Chromium's console says in each sentence about it."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; installed by the product's recipe when it is not there. Whatever a page's policy stopped is told."""
    if not Path(CHROMIUM).exists():
        subprocess.run([str(session.PROVISION), "apt", "chromium"], check=True)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stopped = _stopped(browser)
        yield browser
        browser.close()
    assert stopped == []


def _stopped(browser: Browser) -> list[str]:
    """What pages of the browser want to load or run and their Content-Security-Policy forbids, as it happens."""
    stopped: list[str] = []
    make = browser.new_context

    def listening(**more: Any) -> BrowserContext:
        context = make(**more)
        context.on("console", lambda said: stopped.append(said.text) if POLICY in said.text else None)
        return context

    browser.new_context = listening  # type: ignore[method-assign]
    return stopped


@contextlib.contextmanager
def made_up_pages(pace: float, *flags: str) -> Iterator[str]:
    """The pages of a made-up clinic in a process of their own; yields their address."""
    command = [sys.executable, "-m", "tests.admin_web.serve_fakes", "0", str(pace), *flags]
    with subprocess.Popen(command, cwd=session.REPO, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def log_in(page: Page, address: str, account: str) -> None:
    """Log in with one of the demo's accounts ("recepcao", "medica", "paciente", "gerente", "admin"), by one click."""
    page.goto(f"{address}/entrar?como={account}")
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url(lambda url: "/entrar" not in url)


def axe_source() -> str:
    """axe-core as one script, fetched once with npm and kept in the cache folder."""
    cache = Path(os.environ.get("ALO_CACHE") or Path.home() / ".cache" / "alo-clinica")
    kept = cache / f"{AXE.replace('@', '-')}.js"
    with session.locked("axe"):
        if not kept.exists():
            _fetch_axe(kept)
    return kept.read_text("utf-8")


def _fetch_axe(kept: Path) -> None:
    if not shutil.which("npm"):
        subprocess.run([str(session.PROVISION), "apt", "npm"], check=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    packed = subprocess.run(
        ["npm", "pack", "--silent", AXE], cwd=kept.parent, check=True, capture_output=True, text=True
    )
    archive = kept.parent / packed.stdout.split()[-1]
    with tarfile.open(archive) as package:
        script = package.extractfile("package/axe.min.js")
        assert script
        part = kept.with_suffix(".part")
        part.write_bytes(script.read())
    part.rename(kept)
    archive.unlink()


def barriers(page: Page) -> list[str]:
    """What axe finds on the page as it stands, one line each."""
    page.evaluate(axe_source())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sticks_out(page: Page) -> list[str]:
    """Elements that reach beyond the window's right edge; only the bar of places may be pushed sideways."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
             .filter((one) => { const box = one.getBoundingClientRect();
                                return box.width && box.right > document.documentElement.clientWidth + 1
                                  && !one.closest(".unseen, .skip, thead, .rail > ul"); })
             .map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)"""
    )
    return found
