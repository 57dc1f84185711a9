"""The pages as a clinic serves them: MySQL, granian, the gevent streams, nginx with a certificate before both."""

import contextlib
import re
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import date

import pytest
import requests
import urllib3

from clinic.demo_accounts import PUBLISHED
from clinic.demo_accounts import STAFF as PEOPLE
from tests.live import session
from tests.live.nginx import Site, site
from tests.live.running import demo_clinic
from tests.live.servers import DatabaseServer
from tests.live.session import free_port

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("browser")]
WITHIN = 60


@pytest.fixture(scope="module")
def served(mysql: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("production")
    nobody = str(free_port())  # no telephone answers there
    settings = {"ALO_DEMO": "1", "ALO_SPOOL": str(place / "spool"), "ALO_AGI_PORT": nobody}
    clinic = demo_clinic(mysql, "production", place / "clinic", **settings)
    with site(place, clinic.settings) as found:
        yield found


@pytest.fixture
def browser(served: Site) -> Iterator[requests.Session]:
    urllib3.disable_warnings()
    with requests.Session() as one:
        one.verify, one.trust_env = False, False  # the certificate is nobody's
        yield one


@pytest.fixture
def desk(served: Site, browser: requests.Session) -> requests.Session:
    """The receptionist, logged in."""
    page = browser.get(f"{served.address}/entrar").text
    form = {"csrf_token": token(page), "who": PEOPLE[0].email, "password": PUBLISHED}
    reply = browser.post(f"{served.address}/entrar", data=form, headers={"Referer": f"{served.address}/entrar"})
    assert (reply.status_code, reply.url) == (200, f"{served.address}/agenda"), reply.url
    return browser


def token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]


def a_day_with_visits(served: Site, desk: requests.Session) -> tuple[str, int]:
    """A page of the agenda, and an appointment on it that is still to come."""
    for number in range(14):
        day = date.fromordinal(date.today().toordinal() + number)
        page = desk.get(f"{served.address}/agenda?dia={day}").text
        if found := re.search(r'class="block visit booked (?!past)[^"]*"><a href="/agenda/consultas/(\d+)"', page):
            return page, int(found[1])
    raise AssertionError("nobody comes in two weeks")


def listen(served: Site, desk: requests.Session, heard: list[str], ready: threading.Event) -> None:
    with contextlib.suppress(requests.RequestException), desk.get(f"{served.address}/live", stream=True) as stream:
        for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
            heard.append(line)
            ready.set()


def test_what_changes_comes_through_at_once(served: Site, desk: requests.Session) -> None:
    page, visit = a_day_with_visits(served, desk)
    heard: list[str] = []
    ready = threading.Event()
    threading.Thread(target=listen, args=(served, desk, heard, ready), daemon=True).start()
    assert ready.wait(WITHIN)
    begun = time.monotonic()
    form = {"csrf_token": token(page), "reason": "other", "note": "Mudou de cidade"}
    reply = desk.post(f"{served.address}/agenda/consultas/{visit}/cancelar", data=form)
    assert reply.status_code == 200
    wanted = f'"id": {visit}'
    while not any(wanted in line for line in heard):
        assert time.monotonic() < begun + WITHIN, heard
        time.sleep(0.02)


def test_browsers_speak_http_2(served: Site) -> None:
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", served.https)) as plain, context.wrap_socket(plain) as safe:
        assert safe.selected_alpn_protocol() == "h2"


def test_who_comes_by_http_is_sent_to_https(served: Site, browser: requests.Session) -> None:
    reply = browser.get(f"http://127.0.0.1:{served.http}/entrar?next=/agenda", allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (308, f"{served.address}/entrar?next=/agenda")


def test_pages_are_safe_and_compressed(served: Site, desk: requests.Session) -> None:
    reply = desk.get(f"{served.address}/agenda")
    told = reply.headers
    [nonce] = set(re.findall(r'<script\b[^>]*\snonce="([^"]+)"', reply.text))
    assert f"script-src 'nonce-{nonce}';" in told["Content-Security-Policy"]
    assert "unsafe" not in told["Content-Security-Policy"]
    assert int(re.sub(r"\D", "", told["Strict-Transport-Security"])) >= 365 * 24 * 3600
    assert (told["Content-Encoding"], told["Cache-Control"]) == ("gzip", "no-store")
    assert "nginx/" not in told.get("Server", "") and "granian" not in str(told).lower()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_learns_nothing_from_the_length(served: Site, desk: requests.Session, site: str) -> None:
    reply = desk.get(f"{served.address}/agenda", headers={"Sec-Fetch-Site": site})
    assert "Content-Encoding" not in reply.headers


@pytest.mark.parametrize("door", ["/c/", "/vaga/", "/senha/nova/", "/entrar/confirmar/", "/cadastro/confirmar/"])
def test_a_link_that_is_a_key_is_not_in_the_log(served: Site, browser: requests.Session, door: str) -> None:
    secret = "k" + secrets.token_hex(8)
    browser.get(f"{served.address}{door}{secret}?x={secret}", headers={"Referer": f"{served.address}/c/{secret}"})
    browser.get(f"http://127.0.0.1:{served.http}{door}{secret}", allow_redirects=False)
    assert session.eventually(lambda: served.log.read_text().count(f"GET {door}- HTTP") >= 2)
    assert secret not in served.log.read_text()


def test_cookies_go_nowhere_else(served: Site, desk: requests.Session) -> None:
    kept = {cookie.name: cookie for cookie in desk.cookies}
    assert {"__Host-alo_session", "__Host-alo_csrf"} <= kept.keys()
    assert all(one.secure and one.has_nonstandard_attr("HttpOnly") for one in kept.values())
    assert {one._rest["SameSite"] for one in kept.values()} == {"Lax"}  # type: ignore[attr-defined]


def test_static_files_are_kept_for_a_year(served: Site, desk: requests.Session) -> None:
    page = desk.get(f"{served.address}/agenda").text
    files = re.findall(r'(?:href|src)="(/static/[^"#]+)"', page)
    assert len(files) > 5
    for file in files:
        told = desk.get(f"{served.address}{file}").headers
        assert {"public", "immutable", "max-age=31536000"} <= set(told["Cache-Control"].split(", ")), file
        assert told.get("Content-Encoding") == "gzip" or int(told["Content-Length"]) < 512, file


def test_a_client_cannot_claim_to_be_somebody_else(served: Site, browser: requests.Session) -> None:
    reply = browser.get(
        f"{served.address}/agenda",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"},
        allow_redirects=False,
    )
    assert reply.headers["Location"] == "/entrar?next=/agenda"
    assert "evil.example" not in reply.text and "Strict-Transport-Security" in reply.headers


def test_the_test_telephone_speaks_through_nginx(served: Site, browser: requests.Session) -> None:
    page = browser.get(f"{served.address}/telefone")
    assert page.status_code == 200
    reply = browser.post(f"{served.address}/telefone/linhas", headers={"X-CSRF-Token": token(page.text)})
    assert (reply.status_code, reply.json()["title"]) == (503, "O atendimento não está no ar")
