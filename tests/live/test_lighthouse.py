"""What Lighthouse says of each role's main page. What depends on how busy the machine is goes to a report only."""

from collections.abc import Iterator

import pytest
import requests

from tests.live import lighthouse, session
from tests.live.lighthouse import Asked, Seen
from tests.live.pages import alo_run

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

REPORT = session.REPO / "var" / "lighthouse-main.md"
ON_A_TELEPHONE = {(None, "/entrar"), ("paciente", "/portal")}
PAGES = (
    (None, "/entrar"), ("paciente", "/portal"), ("recepcao", "/agenda"), ("recepcao", "/agenda/semana"),
    ("medica", "/medico"), ("gerente", "/relatorios"),
)  # fmt: skip
GOOD = 95
MOST_BYTES, MOST_SHIFT = 60_000, 0.1
MOST_ELEMENTS = 1600
"""A Monday of all doctors before the first patient has come: each time that can be booked is one to click."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Seen]]:
    with alo_run(tmp_path_factory.mktemp("lighthouse")) as running:
        asked = [(path, as_asked(running.address, who, path)) for who, path in PAGES]
        found = list(lighthouse.look(one for _, one in asked))
    lighthouse.keep(found, REPORT)
    yield {path: one for (path, _), one in zip(asked, found, strict=True)}


def as_asked(address: str, who: str | None, path: str) -> Asked:
    """Where the page is for good: what leads elsewhere is followed before."""
    browser = lighthouse.signed_in(address, who) if who else requests.Session()
    url = browser.get(address + path, timeout=30).url
    return Asked(url, lighthouse.cookie(browser), desktop=(who, path) not in ON_A_TELEPHONE)


@pytest.mark.parametrize("path", [path for _, path in PAGES])
def test_everybody_can_use_it(seen: dict[str, Seen], path: str) -> None:
    assert seen[path].accessibility >= GOOD, seen[path].wrong
    assert seen[path].best_practices >= GOOD, seen[path].wrong


@pytest.mark.parametrize("path", [path for _, path in PAGES])
def test_it_is_light_and_stands_still(seen: dict[str, Seen], path: str) -> None:
    one = seen[path]
    assert (one.transferred <= MOST_BYTES, one.elements <= MOST_ELEMENTS, one.foreign) == (True, True, 0), one
    assert one.shift <= MOST_SHIFT


def test_the_report_tells_how_fast_they_were(seen: dict[str, Seen]) -> None:
    lines = REPORT.read_text("utf-8").splitlines()
    assert len(lines) == 2 + len(seen)
    assert "first paint ms" in lines[0]
