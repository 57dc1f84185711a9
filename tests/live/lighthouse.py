"""Lighthouse (npm's) on our pages, with Debian's Chromium, as whoever is logged in."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.admin_web.forms import as_shown
from tests.live import npm
from tests.live.browser import CHROMIUM

PROGRAM = Path(__file__).parent / "lighthouse_program"
SESSION, TOKEN = "alo_session", "alo_csrf"
END_SECONDS, TRIES = 60, 3
HEAD = ("page", "as", "performance", "accessibility", "best practices", "first paint ms", "kB", "elements", "shift")


@dataclass(frozen=True)
class Asked:
    """A page, with the cookie ("name=value") of who looks; on a desk, or on a telephone with a slow line."""

    url: str
    cookie: str = ""
    desktop: bool = False


@dataclass(frozen=True)
class Seen:
    """What Lighthouse says: scores out of 100; `first_paint_ms` as on the line it pretends to have.

    `transferred`: bytes of the page and all it loads, nothing cached, headers too; `foreign`: how many were fetched
    elsewhere; `wrong`: the audits of accessibility and best practices that failed.
    """

    url: str
    arrived: str
    error: str
    performance: int
    accessibility: int
    best_practices: int
    first_paint_ms: float
    transferred: int
    foreign: int
    elements: int
    shift: float
    wrong: list[str]
    desktop: bool

    @property
    def row(self) -> tuple[str, ...]:
        """As the report has it."""
        path, way = "/" + self.url.split("/", 3)[3], "desk" if self.desktop else "telephone"
        scores = (str(one) for one in (self.performance, self.accessibility, self.best_practices))
        size = (f"{self.transferred / 1000:.1f}", str(self.elements), f"{self.shift:.3f}")
        return (path, way, *scores, f"{self.first_paint_ms:.0f}", *size)


@contextmanager
def _program() -> Iterator["subprocess.Popen[str]"]:
    command = ["node", str(npm.installed("lighthouse", PROGRAM) / "look.mjs"), CHROMIUM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            assert running.stdin
            running.stdin.close()  # it ends itself, and its browser with it
            running.wait(END_SECONDS)


def look(pages: Iterable[Asked]) -> Iterator[Seen]:
    """Page after page; AssertionError where the browser was led elsewhere (who may not is led to the log-in)."""
    with _program() as running:
        for asked in pages:
            yield _seen(running, asked)


def _seen(running: "subprocess.Popen[str]", asked: Asked) -> Seen:
    """On a busy machine Lighthouse gives up a page now and then; it is asked again."""
    for _ in range(TRIES):
        assert running.stdin and running.stdout
        print(json.dumps(vars(asked)), file=running.stdin, flush=True)
        seen = Seen(**json.loads(running.stdout.readline()), desktop=asked.desktop)
        if (seen.error, urlsplit(seen.arrived).path) == ("", urlsplit(asked.url).path):
            return seen
    raise AssertionError(seen)


def signed_in(address: str, account: str) -> requests.Session:
    """Somebody of the demo ("recepcao", "medica", "paciente", "gerente", "admin") in a browser without script."""
    browser = requests.Session()
    shown = as_shown(browser.get(f"{address}/entrar?como={account}", timeout=60).text)
    fields = {"who": shown["who"], "password": shown["password"], "csrf_token": browser.cookies[TOKEN]}
    assert browser.post(f"{address}/entrar", data=fields, timeout=60, allow_redirects=False).status_code == 303
    return browser


def cookie(browser: requests.Session) -> str:
    """Of who is logged in; "" for nobody."""
    found = browser.cookies.get(SESSION)
    return f"{SESSION}={found}" if found else ""


def report(seen: Sequence[Seen]) -> str:
    """A table in Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(one.row for one in seen)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def keep(seen: Sequence[Seen], to: Path) -> None:
    """Write the report."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(report(seen), "utf-8")
