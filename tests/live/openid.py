"""A real OpenID provider (npm's oidc-provider), started when first asked for, and somebody who logs in there."""

import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from tests.live import session

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
    path = {"NODE_PATH": str(_modules())}
    session.keep(place, ["node", str(_linked()), str(port), BACK], path)
    address = f"http://127.0.0.1:{port}"
    assert session.eventually(lambda: _answers(address), 60), (place / "log").read_text()[-2000:]
    return {"issuer": address}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=2) as reply:
            return str(json.load(reply)["issuer"]) == address
    except OSError:
        return False


def _cache() -> Path:
    return Path(os.environ.get("ALO_CACHE") or Path.home() / ".cache" / "alo-clinica") / "openid"


def _modules() -> Path:
    """The folder of the packages; filled when it does not hold what is wanted."""
    folder, wanted = _cache(), (HERE / "package.json").read_text()
    with session.locked("npm-openid"):
        made = folder / "package.json"
        if not (folder / "node_modules").exists() or made.read_text() != wanted:
            if not shutil.which("npm"):
                subprocess.run([str(session.PROVISION), "apt", "npm"], check=True)
            folder.mkdir(parents=True, exist_ok=True)
            made.write_text(wanted)
            command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder)]
            subprocess.run(command, check=True, cwd=folder, capture_output=True)
    return folder / "node_modules"


def _linked() -> Path:
    """The program beside its packages, where an import finds them."""
    program = _cache() / "provider.cjs"
    program.write_text((HERE / "provider.cjs").read_text())
    return program
