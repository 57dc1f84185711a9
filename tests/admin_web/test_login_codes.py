"""The second step: codes of an app, set up by staff before anything else."""

import re

import pyotp
import pytest
from argon2 import PasswordHasher

from tests.admin_web.forms import send
from tests.admin_web.site import EMAIL, make_site, make_user
from tests.admin_web.test_login import GOOD, enter
from tests.clinic.small_clinic import same_clinic

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def site(clinic, tmp_path):
    keyed = same_clinic(clinic, str(clinic.database.url), tmp_path / "spool", secret_key="k" * 32)
    made = make_site(keyed, tmp_path)
    made.users["manager"] = make_user(keyed, "manager", QUICK.hash(GOOD))
    yield made
    keyed.database.close()


@pytest.fixture
def half_way(site):
    """A browser with the right password that has no codes yet."""
    browser = site.client(None)
    assert enter(browser, EMAIL["manager"], next="/conta").location == "/entrar/configurar?next=/conta"
    return browser


def app_of(browser):
    """The app on the telephone, with the secret the page shows."""
    return pyotp.TOTP(re.search(r'class="key">(\w+)<', browser.get("/entrar/configurar").text)[1])


def set_up(browser, site):
    app = app_of(browser)
    reply = send(browser, "/entrar/configurar", code=app.at(site.clinic.clock()), next="/conta")
    return app, re.findall(r"<code>(\w{5}-\w{5})</code>", reply.text)


def again(site):
    """Another browser, a minute later, that has the password."""
    site.clinic.clock.move(minutes=1)
    browser = site.client(None)
    assert enter(browser, EMAIL["manager"]).location == "/entrar/codigo"
    return browser


def test_until_codes_are_set_up_nothing_opens(half_way):
    assert half_way.get("/conta").location.startswith("/entrar")
    assert half_way.get("/entrar/codigo").location == "/entrar"


def test_the_drawing_is_made_here_and_says_what_the_key_says(half_way):
    page = half_way.get("/entrar/configurar").text
    assert "<svg" in page
    assert "https://chart" not in page
    assert app_of(half_way).secret == app_of(half_way).secret


def test_the_first_code_opens_and_ten_recovery_codes_are_told(site, half_way):
    _, codes = set_up(half_way, site)
    assert len(set(codes)) == 10
    assert half_way.get("/conta").status_code == 200
    assert not set(codes) & set(re.findall(r"\w{5}-\w{5}", half_way.get("/conta").text))


def test_a_wrong_first_code_changes_nothing(half_way):
    assert send(half_way, "/entrar/configurar", code="000000").status_code == 422
    assert half_way.get("/entrar/configurar").status_code == 200


def test_who_guesses_while_setting_up_waits(half_way):
    tries = [send(half_way, "/entrar/configurar", code="000000") for _ in range(6)]
    assert [reply.status_code for reply in tries] == [422] * 5 + [429]
    assert "Espere" in tries[-1].text or "aguarde" in tries[-1].text.lower()


def test_then_the_password_alone_opens_nothing(site, half_way):
    app, _ = set_up(half_way, site)
    browser = again(site)
    assert browser.get("/conta").location.startswith("/entrar")
    assert send(browser, "/entrar/codigo", code="123456").status_code == 422
    assert send(browser, "/entrar/codigo", code=app.at(site.clinic.clock()), next="/conta").location == "/conta"
    assert browser.get("/conta").status_code == 200


def test_the_token_changes_when_the_session_begins_to_count(site, half_way):
    app, _ = set_up(half_way, site)
    browser = again(site)
    before = browser.get_cookie("alo_session").value
    send(browser, "/entrar/codigo", code=app.at(site.clinic.clock()))
    assert browser.get_cookie("alo_session").value != before
    assert site.clinic.sessions.half_way(before) is None


def test_a_recovery_code_opens_once(site, half_way):
    _, codes = set_up(half_way, site)
    assert send(again(site), "/entrar/codigo", code=f" {codes[0].upper()} ").status_code == 303
    assert send(again(site), "/entrar/codigo", code=codes[0]).status_code == 422


def test_ten_minutes_after_the_password_one_begins_anew(site, half_way):
    app, _ = set_up(half_way, site)
    browser = again(site)
    site.clinic.clock.move(minutes=10)
    reply = send(browser, "/entrar/codigo", code=app.at(site.clinic.clock()))
    assert (reply.status_code, "O tempo para digitar o código acabou" in reply.text) == (401, True)
    assert browser.get("/conta").status_code == 302


def test_codes_are_not_guessed(site, half_way):
    set_up(half_way, site)
    browser = again(site)
    half_way.delete_cookie("alo_device")
    statuses = [send(browser, "/entrar/codigo", code=f"{n:06d}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


def test_guesses_elsewhere_do_not_keep_the_owners_browser_out(site, half_way):
    app, _ = set_up(half_way, site)
    stranger = again(site)
    for n in range(7):
        send(stranger, "/entrar/codigo", code=f"{n:06d}")
    half_way.delete_cookie("alo_session")
    enter(half_way, EMAIL["manager"])
    assert send(half_way, "/entrar/codigo", code=app.at(site.clinic.clock())).status_code == 303
