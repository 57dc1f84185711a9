"""A real OpenID provider (npm's oidc-provider), started when first asked for, and somebody who logs in there."""

import json
import re
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from tests.live import npm, session

HERE = Path(__file__).parent / "oidc"
CLIENT = {"oidc_client_id": "clinic", "oidc_client_secret": "known to both"}
BACK = "http://localhost/entrar/oidc/retorno"
FIELD = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def issuer() -> str:
    """The address of the provider of this session."""
    return str(session.once("openid", _start)["issuer"])


def log_in(url: str, who: str) -> str:
    """Go through the provider's own pages as a browser would; the address it sends back to, with the code."""
    browser = requests.Session()
    reply = browser.get(url, allow_redirects=False, timeout=30)
    for _ in range(12):
        place = reply.headers.get("Location")
        if place and place.startswith(BACK):
            return place
        if place:
            reply = browser.get(urljoin(reply.url, place), allow_redirects=False, timeout=30)
        else:
            reply = _filled(browser, reply, who)
    raise AssertionError(f"the provider led nowhere: {reply.status_code} {reply.text[:500]}")


def _filled(browser: requests.Session, page: requests.Response, who: str) -> requests.Response:
    action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert action, page.text[:500]
    fields = dict(FIELD.findall(page.text)) | {"login": who, "password": "any"}
    return browser.post(urljoin(page.url, action[1]), data=fields, allow_redirects=False, timeout=30)


def _start(place: Path) -> dict[str, Any]:
    port = session.free_port()
    session.keep(place, ["node", str(npm.installed("openid", HERE) / "provider.cjs"), str(port), BACK])
    address = f"http://127.0.0.1:{port}"
    assert session.eventually(lambda: _answers(address), 60), (place / "log").read_text()[-2000:]
    return {"issuer": address}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=2) as reply:
            return str(json.load(reply)["issuer"]) == address
    except OSError:
        return False
