"""Lighthouse on every page of the demo, for each role that sees it first, as on a desk and, where people come by
telephone, as on one with a slow line.

What is below the aim is looked at twice more and its middle result counts: a busy machine makes single ones worse.
The table of all pages is written to var/lighthouse.md.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.admin_web import walking
from tests.live import lighthouse, session
from tests.live.lighthouse import Asked, Seen
from tests.live.pages import alo_run

Progress = Callable[[str], None]
REPORT = session.REPO / "var" / "lighthouse.md"
AIM, FIRST_PAINT_AIM_MS = 95, 1000
LOOKS = 3


@dataclass(frozen=True)
class Plan:
    """Who looks, in turn, at what the ones before have not seen; at most how many pages each."""

    accounts: tuple[str | None, ...] = (None, "paciente", "medica", "recepcao", "gerente", "admin")
    on_telephones: frozenset[str | None] = frozenset({None, "paciente", "medica"})
    most: int | None = None


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """All pages of the demo, one after the other."""
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as place, alo_run(Path(place)) as running:
        asked = list(_pages(running.address, plan or Plan()))
        progress(f"{len(asked)} looks at {len({walking.kind(one.url) for one in asked})} pages ...")
        seen = _steady(asked, progress)
    lighthouse.keep(seen, REPORT)
    return {"figures": figures(seen)}


def figures(seen: list[Seen]) -> dict[str, float]:
    """The worst of each."""
    desk, telephone = ([one.first_paint_ms for one in seen if one.desktop is way] for way in (True, False))
    return {
        "pages": len({one.url for one in seen}),
        "performance_min": min(one.performance for one in seen),
        "accessibility_min": min(one.accessibility for one in seen),
        "best_practices_min": min(one.best_practices for one in seen),
        "first_paint_ms_max": max(desk, default=0), "first_paint_slow_line_ms_max": max(telephone, default=0),
        "page_kb_max": max(one.transferred for one in seen) / 1000, "shift_max": max(one.shift for one in seen),
    }  # fmt: skip


def _pages(address: str, plan: Plan) -> Iterator[Asked]:
    known: set[str] = set()
    for account in plan.accounts:
        browser = lighthouse.signed_in(address, account) if account else requests.Session()
        found = walking.walk(_getter(address, browser), known, plan.most)
        known |= {walking.kind(path) for path in found} - {"/"}
        for desktop in (True, False) if account in plan.on_telephones else (True,):
            yield from (Asked(address + path, lighthouse.cookie(browser), desktop) for path in found)


def _getter(address: str, browser: requests.Session) -> walking.Get:
    def get(path: str) -> tuple[str, str] | None:
        reply = browser.get(address + path, timeout=60)
        if reply.status_code != 200 or not reply.headers["Content-Type"].startswith("text/html"):
            return None
        arrived = urlsplit(reply.url)
        return f"{arrived.path}?{arrived.query}".rstrip("?"), reply.text

    return get


def _steady(asked: list[Asked], progress: Progress) -> list[Seen]:
    looks = [[one] for one in _told(asked, progress)]
    for _ in range(LOOKS - 1):
        again = [number for number, known in enumerate(looks) if _below(known[0])]
        for number, one in zip(again, _told([asked[number] for number in again], progress), strict=True):
            looks[number].append(one)
    return [sorted(known, key=lambda one: one.performance)[len(known) // 2] for known in looks]


def _below(seen: Seen) -> bool:
    slow = seen.desktop and seen.first_paint_ms > FIRST_PAINT_AIM_MS
    return slow or min(seen.performance, seen.accessibility, seen.best_practices) < AIM


def _told(asked: list[Asked], progress: Progress) -> Iterator[Seen]:
    for seen in lighthouse.look(asked):
        progress(" ".join((*seen.row, *seen.wrong)))
        yield seen
