"""Forms as a browser handles them: what is shown can be sent back, with the token of the page."""

import html
import re
from collections.abc import Mapping


def send(browser, path: str, fields: Mapping[str, object] | None = None, **more):
    """Send a form from a page this browser has seen."""
    token = {"csrf_token": browser.get_cookie("alo_csrf").value}
    return browser.post(path, data=token | dict(fields or {}) | more)


def token_in(reply) -> str:
    """The token of the page's forms, which says for whom it was drawn."""
    return re.search(r'name="csrf-token" content="(.*?)"', reply.text)[1]


def as_shown(page: str) -> dict[str, list[str]]:
    """The fields of the page's form as a browser would send them back."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found.setdefault(name[1], []).append(html.unescape(value[1] if value else ""))
    for name, inside in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found.setdefault(name, []).extend(re.findall(r'value="([^"]*)" selected', inside)[:1] or [""])
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        found[name] = [html.unescape(text)]
    found.pop("csrf_token", None)
    return found


def plain(html_text: str) -> str:
    """What is read of a piece of a page: no tags, one blank between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", html_text).split())


def text(reply) -> str:
    """What is read of a page."""
    return plain(reply.text)
