"""Pages to walk in a real browser: those of a small clinic, with somebody logged in, and those of `alo run`."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.admin_web.site import make_user
from tests.clinic.small_clinic import NOW, SmallClinic
from tests.live import session
from tests.live.browser import PATIENCE, WIDTHS

TO_START_S, TO_END_S = 240, 60
STANDS_STILL = f"""document.addEventListener(
  "readystatechange", () => {{ Date.now = () => {NOW.timestamp() * 1000:.0f}; }}, {{ once: true }});"""
"""The pages' clock, as the clinic's, before their scripts run: else all that has an end is over, from that day on."""


@dataclass(frozen=True)
class SmallSite:
    """A clinic, its pages, and browsers in which somebody is logged in."""

    clinic: SmallClinic
    address: str
    browser: Browser
    tokens: dict[str, str]

    def open(self, path: str, who: str | None = None, width: int = 1440, **more) -> Page:
        """A page in a browser of its own; without `who` nobody is logged in."""
        viewport = {"width": width, "height": WIDTHS[width]}
        context = self.browser.new_context(viewport=viewport, locale="pt-BR", **more)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(STANDS_STILL)
        page = context.new_page()
        if who:
            self.enter(page, self.tokens[who])
        page.goto(self.address + path)
        return page

    def enter(self, page: Page, token: str) -> None:
        """In the browser of this page somebody is logged in from now on, whoever it was so far."""
        page.context.add_cookies([{"name": "alo_session", "value": token, "url": self.address}])

    def enter_anew(self, page: Page, who: str) -> None:
        """The session of who is logged in ends, the page says so, and they log in again in another tab."""
        looking = self.clinic.sessions.viewer(self.tokens[who])
        assert looking
        self.clinic.sessions.leave(self.tokens[who])
        expect(page.locator("#session-ended")).to_be_visible()
        self.enter(page, self.clinic.sessions.open(looking.user_id, agent="tests"))
        page.context.new_page().goto(page.url)


@contextmanager
def small_site(clinic: SmallClinic, browser: Browser, *people: str) -> Iterator[SmallSite]:
    """The pages of a small clinic, served by a process of their own; `people` by short name may log in."""
    tokens = {who: clinic.sessions.open(make_user(clinic, who), agent="tests") for who in people}
    url = clinic.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.admin_web.serve_site", url]
    with subprocess.Popen(command, cwd=session.REPO, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield SmallSite(clinic, f"http://127.0.0.1:{int(server.stdout.readline())}", browser, tokens)
        finally:
            for context in browser.contexts:
                context.close()
            server.terminate()


@dataclass(frozen=True)
class Running:
    """Where `alo run` answers, and its database."""

    address: str
    database_url: str


@contextmanager
def alo_run(place: Path) -> Iterator[Running]:
    """`alo run` with the demo clinic, its files in `place`."""
    url, port = f"sqlite:///{place}/alo.sqlite", session.free_port()
    told = {
        "ALO_DATABASE_URL": url, "ALO_DEMO": "1", "ALO_SPOOL": str(place / "spool"), "ALO_WEB_PORT": str(port),
        "ALO_AGI_PORT": str(session.free_port()), "ALO_MAIL_DIR": str(place / "mail"),
    }  # fmt: skip
    with (place / "log").open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, str(session.REPO / "alo.py"), "run"], env=os.environ | told, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        assert session.eventually(lambda: is_up(address), TO_START_S), (place / "log").read_text()[-3000:]
        yield Running(address, url)
    finally:
        run.terminate()
        run.wait(TO_END_S)


def is_up(address: str) -> bool:
    """Whether the pages answer."""
    try:
        return bool(urllib.request.urlopen(f"{address}/healthz", timeout=10).status == 200)
    except OSError:
        return False
