"""Who may ask for what, and what an answer carries."""

import pytest

from admin_web.security import named_locally
from tests.admin_web.conftest import careful
from tests.admin_web.fakes import fake_app

PAGES = ("/telefone", "/chamadas", "/chamadas/lista")


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
    assert "SameSite=Strict" in cookie


def test_the_token_is_made_once(client):
    client.get("/telefone")
    assert "Set-Cookie" not in client.get("/telefone").headers


def test_encrypted_pages_stay_so(client):
    reply = client.get("/chamadas", base_url="https://localhost")
    assert "Strict-Transport-Security" in reply.headers
    assert "Secure" in reply.headers["Set-Cookie"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_log_in_answers_this_machine_alone(tmp_path, path):
    client = careful(fake_app(tmp_path, demo=False, test_phone=True))
    far = {"REMOTE_ADDR": "192.168.0.7"}
    assert client.get(path).status_code == 200
    assert client.get(path, environ_overrides=far).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_a_name_that_was_made_to_point_here_is_refused(client, path):
    assert client.get(path, base_url="http://evil.example:8000").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_a_proxy_passes_on_is_foreign(tmp_path, header):
    client = careful(fake_app(tmp_path, demo=False))
    assert client.get("/chamadas", headers={header: "10.0.0.1"}).status_code == 403


def test_the_demo_may_run_in_a_container(client):
    gateway = {"REMOTE_ADDR": "172.17.0.1"}
    assert client.get("/telefone", environ_overrides=gateway).status_code == 200


def test_a_refusal_says_what_to_do(tmp_path):
    client = careful(fake_app(tmp_path, demo=False))
    reply = client.get("/chamadas", environ_overrides={"REMOTE_ADDR": "192.168.0.7"})
    assert "Esta página só abre no próprio computador" in reply.text


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
    assert client.post_as_page("/tema", data={"theme": "x" * 100_000}).status_code == 413
