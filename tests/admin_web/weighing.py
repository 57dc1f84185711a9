"""What a page weighs for somebody who comes for the first time: itself and all it loads, compressed as nginx does."""

import gzip
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urljoin, urlsplit

LINKED = re.compile(r'<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="(/static/[^"#]+)')
NAMED = {
    ".js": re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*|new URL\(\s*)["'](\.{1,2}/[^"']+)["']"""),
    ".css": re.compile(r"""(?:@import\s+|url\()["']?([^"')]+)["']?"""),
}
LEVEL, LEAST = 5, 512
"""gzip_comp_level and gzip_min_length of asterisk-docker/web/clinic.conf."""
Fetch = Callable[[str], bytes]


def loaded(fetch: Fetch, page: str) -> dict[str, int]:
    """The page and every style sheet, script and picture it needs, by path: compressed bytes, without headers."""
    body = fetch(page)
    found = {page: compressed(body)}
    waiting = LINKED.findall(body.decode())
    while waiting:
        path = waiting.pop()
        if path not in found:
            body = fetch(path)
            found[path] = compressed(body)
            waiting += named(path, body)
    return found


def named(path: str, body: bytes) -> list[str]:
    """What a script or a style sheet asks for itself."""
    pattern = next((one for end, one in NAMED.items() if path.endswith(end)), None)
    inside = pattern.findall(body.decode()) if pattern else []
    return [urlsplit(urljoin(path, one)).path for one in inside if not one.startswith("data:")]


@cache
def compressed(body: bytes) -> int:
    """Bytes on the wire."""
    return len(gzip.compress(body, LEVEL)) if len(body) >= LEAST else len(body)


def total(weights: dict[str, int]) -> int:
    """All together."""
    return sum(weights.values())
