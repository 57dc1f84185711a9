"""/entrar and /sair: the way in, and what it tells."""

import re

import pytest
from argon2 import PasswordHasher

from clinic.demo_accounts import ACCOUNTS
from clinic.identities import Identity
from tests.admin_web.site import EMAIL, make_site, make_user

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "três-gatos-no-telhado"


def with_passwords(clinic, tmp_path):
    """A site where these three log in with GOOD."""
    made = make_site(clinic, tmp_path)
    for who in ("patient", "doctor", "manager"):
        made.users[who] = make_user(clinic, who, QUICK.hash(GOOD))
    return made


@pytest.fixture
def site(clinic, tmp_path):
    return with_passwords(clinic, tmp_path)


@pytest.fixture
def browser(site):
    return site.client(None)


def enter(browser, who="529.982.247-25", password=GOOD, **more):
    browser.get("/entrar")
    token = browser.get_cookie("alo_csrf").value
    return browser.post("/entrar", data={"who": who, "password": password, "csrf_token": token} | more)


@pytest.mark.parametrize("who", ["529.982.247-25", "CRM/SP 101", EMAIL["manager"], " Manager@Example.COM "])
def test_one_field_understands_everybody(browser, who):
    assert (enter(browser, who).status_code, browser.get("/").location != "/entrar") == (303, True)


def test_a_telephone_that_was_shown_to_be_theirs_lets_in_too(site, browser):
    number = Identity("phone", "5511987654321")
    assert enter(browser, "(11) 98765-4321").status_code == 422
    site.clinic.users.add_identity(site.user("patient"), number, by="system")
    assert enter(browser, "(11) 98765-4321").status_code == 422
    site.clinic.users.shown(site.user("patient"), number)
    assert (enter(browser, "(11) 98765-4321").status_code, browser.get("/conta").status_code) == (303, 200)


def test_one_goes_on_to_where_one_wanted_to_be(browser):
    assert browser.get("/conta").location == "/entrar?next=/conta"
    assert 'name="next" value="/conta"' in browser.get("/entrar?next=/conta").text
    assert enter(browser, next="/conta").location == "/conta"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/sair"]
)
def test_one_goes_nowhere_else(browser, elsewhere):
    assert enter(browser, next=elsewhere).location == "/"


def said(reply):
    return reply.status_code, " ".join(re.findall(r'role="alert".*?<p>(.*?)</p>', reply.text, re.DOTALL))


def test_wrong_unknown_and_without_password_say_the_same(site, browser):
    make_user(site.clinic, "admin")
    answers = {
        said(enter(browser, who, "errada-errada"))
        for who in ("529.982.247-25", "111.444.777-35", EMAIL["admin"], "(11) 98765-4321")
    }
    assert len(answers) == 1
    words = "Não foi possível entrar. Confira o CPF, e-mail, celular ou CRM e a senha, e tente de novo."
    assert answers.pop() == (422, words)


@pytest.mark.parametrize("path", ["/entrar", "/senha/esqueci"])
def test_the_field_says_that_the_mobile_number_will_do(browser, path):
    assert ">CPF, e-mail, celular ou CRM</label>" in browser.get(path).text


def test_what_was_typed_stays_and_the_password_does_not(browser):
    reply = enter(browser, "111.444.777-35", "errada-errada")
    assert 'value="111.444.777-35"' in reply.text
    assert "errada-errada" not in reply.text


def test_what_nobody_understands_is_told_at_the_field(browser):
    reply = enter(browser, "fulano", "")
    assert (reply.status_code, reply.text.count('aria-invalid="true"')) == (422, 2)


def test_too_many_tries_say_how_long_to_wait(browser):
    for _ in range(5):
        enter(browser, password="errada-errada")
    reply = enter(browser)
    assert reply.status_code == 429
    assert 0 < int(reply.headers["Retry-After"]) <= 16
    assert "Foram muitas tentativas. Espere 1" in reply.text


def test_the_sessions_cookie_is_out_of_reach(browser):
    reply = enter(browser)
    [cookie] = [one for one in reply.headers.getlist("Set-Cookie") if one.startswith("alo_session=")]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie


def test_under_https_the_cookie_is_this_hosts_alone(browser):
    at = {"base_url": "https://localhost"}
    browser.get("/entrar", **at)
    token = re.search(r'name="csrf_token" value="(.*?)"', browser.get("/entrar", **at).text)[1]
    reply = browser.post("/entrar", data={"who": "529.982.247-25", "password": GOOD, "csrf_token": token}, **at)
    [cookie] = [one for one in reply.headers.getlist("Set-Cookie") if "alo_session=" in one]
    assert cookie.startswith("__Host-alo_session=")
    assert "Secure" in cookie


def test_a_cookie_planted_without_encryption_counts_for_nothing_with_it(site):
    client = site.client("patient")
    assert client.get("/conta").status_code == 200
    assert client.get("/conta", base_url="https://localhost").status_code == 302


def test_a_log_in_needs_the_pages_token(browser):
    assert browser.post("/entrar", data={"who": "529.982.247-25", "password": GOOD}).status_code == 403


def test_each_log_in_is_a_new_session(browser):
    enter(browser)
    first = browser.get_cookie("alo_session").value
    browser.delete_cookie("alo_session")
    enter(browser)
    assert browser.get_cookie("alo_session").value != first


def test_an_address_makes_the_page_say_nothing_of_its_own(browser):
    assert "<b>oi</b>" not in browser.get("/entrar?aviso=<b>oi</b>&como=<b>oi</b>").text


def test_behind_a_proxy_its_word_counts_for_as_many_as_there_are(clinic, tmp_path):
    browser = make_site(clinic, tmp_path, trusted_proxies=1).client(None)
    told = {"X-Forwarded-For": "198.51.100.9, 192.0.2.77", "X-Forwarded-Proto": "https"}
    assert "Secure" in browser.get("/entrar", headers=told).headers["Set-Cookie"]
    user = make_user(clinic, "patient", QUICK.hash(GOOD))
    token = re.search(r'name="csrf_token" value="(.*?)"', browser.get("/entrar", headers=told).text)[1]
    browser.set_cookie("__Host-alo_csrf", token)
    data = {"who": "529.982.247-25", "password": GOOD, "csrf_token": token}
    assert browser.post("/entrar", data=data, headers=told).status_code == 303
    assert [one.address for one in clinic.sessions.list(user)] == ["192.0.2.77"]


def test_without_a_proxy_its_word_counts_for_nothing(site, browser):
    browser.get("/entrar")
    data = {"who": "529.982.247-25", "password": GOOD, "csrf_token": browser.get_cookie("alo_csrf").value}
    browser.post("/entrar", data=data, headers={"X-Forwarded-For": "192.0.2.77"})
    assert [one.address for one in site.clinic.sessions.list(site.users["patient"])] == ["127.0.0.1"]


def test_who_is_in_needs_no_form(site):
    assert site.client("patient").get("/entrar?next=/conta").location == "/conta"


def test_who_leaves_is_out_here_and_in_the_database(site):
    client = site.client("patient")
    token = client.get_cookie("alo_session").value
    reply = client.post_as_page("/sair")
    assert (reply.location, client.get_cookie("alo_session")) == ("/entrar", None)
    assert site.clinic.sessions.viewer(token) is None


def test_each_role_begins_where_its_day_does(site):
    from flask import request

    from admin_web.home import home_of

    with site.app.test_request_context("/"):
        homes = {who: home_of(site.viewer(who)) for who in ("patient", "doctor", "attendant", "manager", "admin")}
        assert request.path == "/"
    assert homes["attendant"] == homes["manager"] == homes["admin"] in ("/agenda", "/chamadas")
    assert homes["doctor"] in ("/medico", "/conta")
    assert homes["patient"] in ("/portal", "/conta")


def test_nobody_begins_at_the_log_in(browser):
    assert browser.get("/").location == "/entrar"


def test_a_script_is_told_so(browser):
    assert browser.get("/conta", headers={"Accept": "application/json"}).status_code == 401
    assert browser.get("/conta", headers={"Sec-Fetch-Mode": "cors"}).json["log_in"] == "/entrar"


def test_htmx_is_led_to_the_log_in_and_back_to_its_page(browser):
    asked = {"HX-Request": "true", "HX-Current-URL": "http://localhost/conta?x=1"}
    reply = browser.get("/conta", headers=asked)
    assert (reply.status_code, reply.headers["HX-Redirect"]) == (401, "/entrar?next=/conta%3Fx%3D1")
    foreign = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    assert browser.get("/conta", headers=foreign).headers["HX-Redirect"] == "/entrar"


def test_a_session_that_was_ended_opens_nothing(site):
    client = site.client("patient")
    site.clinic.sessions.revoke_all(site.users["patient"])
    assert client.get("/conta").location == "/entrar?next=/conta"


def test_outside_the_demo_no_account_is_offered(browser):
    assert "demonstração" not in browser.get("/entrar").text


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda one: one.key)
def test_the_demos_accounts_are_filled_in_by_one_click(clinic, tmp_path, account):
    browser = make_site(clinic, tmp_path, demo=True).client(None)
    page = browser.get(f"/entrar?como={account.key}").text
    assert f'value="{account.typed}"' in page
    assert f'value="{account.password}"' in page


def test_no_link_to_a_demo_account_leaves_behind_what_was_typed(clinic, tmp_path):
    browser = make_site(clinic, tmp_path, demo=True).client(None)
    assert "?como=" in browser.get("/entrar").text
    page = enter(browser, "nobody", "nothing", kept_path="/pacientes/novo").text
    assert 'name="kept_path"' in page
    assert "?como=" not in page


def test_ten_thousand_characters_are_refused_kindly(browser):
    reply = enter(browser, "x" * 10_000, "y" * 10_000)
    assert (reply.status_code, "Digite seu CPF" in reply.text) == (422, True)


def test_a_part_of_a_page_is_told_that_the_session_ended(browser):
    assert browser.post_as_page("/conta/sessoes/encerrar").status_code == 401
    token = browser.get_cookie("alo_csrf").value
    reply = browser.post("/conta/sessoes/encerrar", headers={"HX-Request": "true", "X-CSRF-Token": token})
    assert (reply.status_code, "HX-Redirect" in reply.headers) == (401, False)
