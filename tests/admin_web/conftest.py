"""The pages of a made-up clinic, and a client that checks every page it fetches."""

import gzip
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin_web.fakes import FakeCalls, FakePhone, fake_app, fake_clinic

NOT_EMPTY = re.compile(r"<title>\s*[^·\s][^·]* · .+</title>")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
NONCE = re.compile(r'\snonce="([\w-]{22})"')  # 16 bytes
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy")


class CarefulClient(FlaskClient):
    """Every answer carries the headers, and lets those scripts run that it has; every page has title, language and
    heading, and nothing inline."""

    def open(self, *args, **kwargs) -> TestResponse:
        reply = super().open(*args, **kwargs)
        assert all(name in reply.headers for name in HEADERS), reply.headers
        if reply.mimetype == "text/html" and not reply.location:
            check_scripts(reply)
            if "<!doctype html>" in (text := as_read(reply)):
                check_page(text)
        return reply

    def post_as_page(self, path, **kwargs) -> TestResponse:
        """With the token that the page's script or form carries."""
        if not self.get_cookie("alo_csrf"):
            self.get("/nada")  # anybody gets this page, and a page brings a token
        token = self.get_cookie("alo_csrf").value
        return self.post(path, headers={"X-CSRF-Token": token, "Accept": "application/json"}, **kwargs)


def as_read(reply: TestResponse) -> str:
    """The text, as a browser unpacks it."""
    return gzip.decompress(reply.data).decode() if reply.content_encoding == "gzip" else reply.text


def may_run(reply: TestResponse) -> str:
    """Which scripts an answer lets run, as its policy says it."""
    told = (one.partition(" ") for one in reply.headers["Content-Security-Policy"].split("; "))
    rules = {name: sources for name, _, sources in told}
    return rules.get("script-src", rules["default-src"])


def check_scripts(reply: TestResponse) -> None:
    """Those that carry the answer's own nonce, and none where it has none."""
    tags = SCRIPT.findall(as_read(reply))
    carried = {nonce[1] if (nonce := NONCE.search(tag)) else tag for tag in tags}
    assert may_run(reply) == (" ".join(f"'nonce-{one}'" for one in carried) or "'none'"), tags
    assert len(carried) <= 1, tags


def check_page(html: str) -> None:
    assert '<html lang="pt-BR"' in html
    assert NOT_EMPTY.search(html), html[:400]
    assert not INLINE.search(html), INLINE.search(html)
    assert html.count("<h1") == 1
    assert html.count("<main") == 1


def careful(app) -> CarefulClient:
    app.test_client_class = CarefulClient
    return app.test_client()


@pytest.fixture
def calls():
    return FakeCalls()


@pytest.fixture
def phone():
    return FakePhone()


@pytest.fixture
def app(tmp_path, calls, phone):
    return fake_app(tmp_path, phone=phone, clinic=fake_clinic(calls))


@pytest.fixture
def client(app):
    return careful(app)


@pytest.fixture
def site(clinic, tmp_path):
    """The pages of the small clinic; see tests/admin_web/site.py."""
    from tests.admin_web.site import make_site  # it needs the client above

    return make_site(clinic, tmp_path)


@pytest.fixture
def manager(site):
    """A manager's browser, with the token that pages bring."""
    browser = site.client("manager")
    browser.get("/conta")
    return browser


@pytest.fixture
def desk(site):
    """An attendant's browser, with the token that pages bring."""
    browser = site.client("attendant")
    browser.get("/agenda")
    return browser


@pytest.fixture
def marina(clinic) -> int:
    return clinic.at.doctors["marina"]


@pytest.fixture
def doctor(site):
    """Marina's browser."""
    browser = site.client("doctor")
    browser.get("/medico", follow_redirects=True)
    return browser


@pytest.fixture
def alice(site):
    """Alice's browser."""
    browser = site.client("patient")
    browser.get("/portal")
    return browser
