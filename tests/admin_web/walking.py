"""Which pages there are for somebody: one of every kind of address that the pages' own links lead to."""

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)"')
NAMES_SOMETHING = re.compile(r"\d+")
Get = Callable[[str], tuple[str, str] | None]
"""Given a path with its query: the one it led to, and the page; None for what is no page."""


def kind(path: str) -> str:
    """What pages of the same kind have in common: "/pacientes/N"."""
    return NAMES_SOMETHING.sub("N", urlsplit(path).path)


def walk(get: Get, known: Iterable[str] = (), most: int | None = None) -> list[str]:
    """The pages from "/" on, one of each kind that is not `known`, `most` at most; paths as they can be asked for."""
    tried, found, waiting = set(known), {}, ["/"]
    while waiting and (most is None or len(found) < most):
        path = waiting.pop(0)
        if kind(path) in tried:
            continue
        tried.add(kind(path))
        if got := get(path):
            arrived, page = got
            if kind(arrived) == kind(path) or kind(arrived) not in tried:
                found.setdefault(kind(arrived), arrived)
                tried.add(kind(arrived))
            waiting += [html.unescape(one) for one in LINK.findall(page)]
    return list(found.values())
