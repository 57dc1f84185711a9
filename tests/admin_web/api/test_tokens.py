"""How another program gets in, and what its tokens open."""

import pytest
from pyotp import TOTP

from clinic.passwords import PUBLISHED
from clinic.settings import Settings
from tests.admin_web.api.programs import Program
from tests.admin_web.site import EMAIL, make_site
from tests.clinic.small_clinic import CPF, NOW

SECRET = "correta-cavalo"


@pytest.fixture
def password(site):
    site.clinic.passwords.set(site.user("patient"), SECRET, by="system")
    return {"identifier": CPF["alice"], "password": SECRET}


def test_a_program_logs_in_by_password(site, password):
    given = Program(site).post("/tokens", password)
    assert Program(site, token=given.json["access_token"]).get("/units").status_code == 200


def test_a_wrong_password_tells_nothing(site, password):
    wrong = Program(site).post("/tokens", password | {"password": "outra-senha"})
    nobody = Program(site).post("/tokens", password | {"identifier": "ninguem@example.com"})
    assert (wrong.status_code, wrong.json) == (nobody.status_code, nobody.json)
    assert wrong.status_code == 401


def test_staff_logs_in_with_a_code_too(site):
    clinic, user = site.clinic, site.user("attendant")
    clinic.passwords.set(user, SECRET, by="system")
    given = {"identifier": EMAIL["attendant"], "password": SECRET}
    assert Program(site).post("/tokens", given).json["type"].endswith("#setup")
    [code, *_] = clinic.second_factor.finish(user, TOTP(clinic.second_factor.begin(user, "x", "x").secret).at(NOW))
    assert Program(site).post("/tokens", given).json["type"].endswith("#code")
    assert Program(site).post("/tokens", given | {"code": "000000"}).status_code == 401
    assert Program(site).post("/tokens", given | {"code": code}).status_code == 200


def test_the_demos_password_opens_nothing_here(site, password):
    site.clinic.passwords.set(site.user("manager"), SECRET, by="system")
    given = {"identifier": EMAIL["manager"], "password": PUBLISHED}
    assert Program(site).post("/tokens", given).status_code == 401


def test_a_refresh_token_works_once(site, password):
    anybody = Program(site)
    first = anybody.post("/tokens", password).json
    again = {"refresh_token": first["refresh_token"]}
    second = anybody.post("/tokens/refresh", again)
    assert (second.status_code, anybody.post("/tokens/refresh", again).status_code) == (200, 401)
    assert Program(site, token=second.json["access_token"]).get("/units").status_code == 401


def test_who_logs_out_is_out(site, password):
    given = Program(site).post("/tokens", password).json
    assert Program(site).post("/tokens/revoke", {"refresh_token": given["refresh_token"]}).status_code == 204
    assert Program(site, token=given["access_token"]).get("/units").status_code == 401


def test_a_personal_token_counts_for_its_purposes_alone(site, staff):
    made = staff.post("/personal-tokens", {"name": "BI", "scopes": ["directory:read"]})
    bi = Program(site, token=made.json["token"])
    assert [bi.get(path).status_code for path in ("/units", "/patients", "/personal-tokens")] == [200, 403, 403]


def test_a_revoked_personal_token_opens_nothing(site, staff):
    made = staff.post("/personal-tokens", {"name": "BI", "scopes": ["directory:read"]}).json
    assert staff.ask("DELETE", f"/personal-tokens/{made['id']}").status_code == 204
    assert Program(site, token=made["token"]).get("/units").status_code == 401


def test_a_token_opens_no_page(site, staff):
    assert staff._client.get("/agenda", headers={"Authorization": f"Bearer {staff.token}"}).location


def test_a_cookie_beside_a_bearer_token_counts_for_nothing(site):
    browser = site.client("manager")
    assert browser.get("/api/v1/units", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_change_by_cookie_needs_the_pages_token(site):
    assert site.client("manager").post("/api/v1/payers", json={"name": "Novo"}).status_code == 403


def test_without_a_key_nobody_gets_tokens(clinic, tmp_path):
    without = make_site(clinic, tmp_path)
    assert not Settings().secrets_key
    assert Program(without).post("/tokens", {"identifier": "a@b.co", "password": "x"}).status_code == 503
