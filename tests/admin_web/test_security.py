"""Who may ask for what, and what an answer carries."""

import pytest

from admin_web.security import named_locally
from clinic.users import Viewer
from tests.admin_web.conftest import careful
from tests.admin_web.fakes import ADMIN, fake_app


def test_nothing_inline_and_nothing_foreign_runs(client):
    policy = client.get("/telefone").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_change_needs_the_pages_token(client):
    client.get("/telefone")
    assert client.post("/telefone/linhas").status_code == 403


def test_a_token_without_its_cookie_is_nothing(client):
    assert client.post("/telefone/linhas", headers={"X-CSRF-Token": "x"}).status_code == 403


@pytest.mark.parametrize(
    "foreign",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_another_site_cannot_ask_even_with_the_token(client, foreign):
    client.get("/telefone")
    token = {"X-CSRF-Token": client.get_cookie("alo_csrf").value}
    assert client.post("/telefone/linhas", headers=token | foreign).status_code == 403


def test_the_tokens_cookie_stays_with_us(client):
    cookie = client.get("/telefone").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_token_is_made_once(client):
    client.get("/telefone")
    assert "Set-Cookie" not in client.get("/telefone").headers


def test_encrypted_pages_stay_so(client):
    reply = client.get("/chamadas", base_url="https://localhost")
    assert "Strict-Transport-Security" in reply.headers
    assert "Secure" in reply.headers["Set-Cookie"]
    assert reply.headers["Set-Cookie"].startswith("__Host-alo_csrf=")


def test_a_token_from_a_page_without_encryption_counts_for_nothing_on_one_with_it(client):
    client.get("/telefone")
    sent = {"X-CSRF-Token": client.get_cookie("alo_csrf").value}
    assert client.post("/tema", headers=sent, base_url="https://localhost").status_code == 403


def test_a_programs_own_token_needs_no_page(client):
    reply = client.post("/tema", data={"theme": "dark"}, headers={"Authorization": "Bearer x"})
    assert reply.status_code == 303


@pytest.mark.parametrize("path", ["/telefone", "/telefone/som/normal/bye.wav"])
def test_a_page_without_log_in_answers_this_machines_name_alone(client, path):
    assert client.get(path).status_code == 200
    assert client.get(path, base_url="http://evil.example:8000").status_code == 403


def test_the_demo_may_run_in_a_container(client):
    gateway = {"REMOTE_ADDR": "172.17.0.1"}
    assert client.get("/telefone", environ_overrides=gateway).status_code == 200


def test_a_refusal_says_what_to_do(client):
    reply = client.get("/telefone", base_url="http://evil.example:8000")
    assert "Esta página só abre no próprio computador" in reply.text


def test_outside_the_demo_the_telephone_is_for_administrators(tmp_path):
    attendant = Viewer(2, "Bianca Souto", frozenset({"attendant"}))
    for viewer, status in ((ADMIN, 200), (attendant, 403), (None, 302)):
        client = careful(fake_app(tmp_path, viewer=viewer, demo=False, test_phone=True))
        assert client.get("/telefone").status_code == status


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("[::1]:8000", True),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_names_of_this_machine(host, local):
    assert named_locally(host) is local


def test_a_request_too_big_is_refused(client):
    assert client.post_as_page("/tema", data={"theme": "x" * 300_000}).status_code == 413
