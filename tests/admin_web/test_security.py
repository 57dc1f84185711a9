"""Who may ask for what, and what an answer carries."""

import pytest
from flask import render_template

from admin_web.access import Public, declare
from admin_web.security import named_locally
from clinic.users import Viewer
from tests.admin_web.conftest import careful, may_run
from tests.admin_web.fakes import ADMIN, fake_app
from tests.admin_web.site import make_site


@pytest.fixture
def demo(clinic, tmp_path):
    """All the pages there are."""
    return make_site(clinic, tmp_path, demo=True, mail_dir=tmp_path / "mail")


def test_nothing_inline_and_nothing_foreign_runs(client):
    policy = client.get("/telefone").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    ("who", "path"),
    [
        (None, "/telefone"), (None, "/correio"), (None, "/componentes"), (None, "/api/v1/docs"), (None, "/entrar"),
        (None, "/nada"), ("manager", "/chamadas"), ("doctor", "/equipe"), ("patient", "/portal"),
    ],
)  # fmt: skip
def test_a_page_runs_scripts_of_its_own_nonce_another_each_time(demo, who, path):
    """That each tag carries it every client of these tests looks at (conftest.check_scripts)."""
    browser = demo.client(who)
    allowed = [may_run(browser.get(path)) for _ in range(3)]
    assert [one.startswith("'nonce-") for one in allowed] == [True] * 3
    assert len(set(allowed)) == 3


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/openapi.json", "/static/x/frame/all.css"])
def test_what_is_no_page_runs_no_script(demo, path):
    assert may_run(demo.client(None).get(path)) == "'none'"


def test_a_worker_imports_what_is_ours(client):
    """It has no page; its policy comes with its file, the same while that is kept."""
    path = "/static/x/frame/live-worker.js"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, may_run(first), may_run(again)) == (304, "'self'", "'self'")
    assert "worker-src 'self'" in client.get("/chamadas").headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/agenda/grade?dia=2026-11-23", "/chamadas/lista"])
def test_a_part_that_is_the_same_still_has_the_same_policy(desk, path):
    """A browser puts the headers of a 304 in the place of those it kept."""
    first = desk.get(path)
    again = desk.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, may_run(again)) == (200, 304, "'none'")
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_a_page_that_failed_half_drawn_is_explained_by_one_that_runs(app, client):
    def bad():
        render_template("errors/page.html", trouble=None, status=500, code="")
        raise ZeroDivisionError

    app.add_url_rule("/bad", "bad", bad)
    declare(app, "bad", Public("it only fails in tests"))
    reply = client.get("/bad")
    assert (reply.status_code, may_run(reply).startswith("'nonce-")) == (500, True)


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
    assert reply.status_code == 200


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
