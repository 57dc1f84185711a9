"""/conta: one's own account."""

import re

import pyotp
import pytest
from argon2 import PasswordHasher

from admin_web.agents import agent_words
from tests.admin_web.site import make_site, make_user
from tests.admin_web.test_login import GOOD
from tests.clinic.small_clinic import same_clinic

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NEW = "outra frase bem longa"


@pytest.fixture
def site(clinic, tmp_path):
    keyed = same_clinic(clinic, str(clinic.database.url), tmp_path / "spool", secret_key="k" * 32)
    made = make_site(keyed, tmp_path)
    made.users["patient"] = make_user(keyed, "patient", QUICK.hash(GOOD))
    yield made
    keyed.database.close()


@pytest.fixture
def mine(site):
    return site.client("patient")


def change(browser, current=GOOD, new=NEW, again=NEW):
    return browser.post_as_page("/conta/senha", data={"current": current, "new": new, "again": again})


def test_it_shows_by_what_one_is_known_and_where_one_is_logged_in(mine):
    page = mine.get("/conta").text
    assert "529.982.247-25" in page
    assert "este navegador" in page


def test_the_password_is_changed_and_other_browsers_are_out(site, mine):
    other = site.client("patient")
    assert change(mine).location == "/conta"
    assert (mine.get("/conta").status_code, other.get("/conta").status_code) == (200, 302)
    stored = site.clinic.users.account(site.users["patient"]).password_hash
    assert site.clinic.passwords.fits(NEW, stored)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"current": "errada-errada"}, "não é a sua senha de agora"), ({"new": "curta"}, "pelo menos 8"),
        ({"again": "x"}, "não são iguais"), ({"new": "52998224725", "again": "52998224725"}, "não pode ser seu nome"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_the_field(mine, typed, says):
    reply = change(mine, **typed)
    assert (reply.status_code, says in reply.text) == (422, True)


def test_a_stolen_session_does_not_guess_the_password(mine):
    assert [change(mine, current="errada-errada").status_code for _ in range(6)] == [422] * 5 + [429]


def test_one_session_is_ended(site, mine):
    other = site.client("patient")
    session = site.clinic.sessions.viewer(other.get_cookie("alo_session").value).session_id
    mine.post_as_page(f"/conta/sessoes/{session}/encerrar")
    assert (mine.get("/conta").status_code, other.get("/conta").status_code) == (200, 302)


def test_nobody_ends_the_session_of_another(site, mine):
    other = site.client("admin")
    session = site.clinic.sessions.viewer(other.get_cookie("alo_session").value).session_id
    assert mine.post_as_page(f"/conta/sessoes/{session}/encerrar").status_code == 404
    assert other.get("/conta").status_code == 200


def test_all_others_are_ended(site, mine):
    others = [site.client("patient") for _ in range(2)]
    mine.post_as_page("/conta/sessoes/encerrar")
    assert [one.get("/conta").status_code for one in (mine, *others)] == [200, 302, 302]


def test_codes_are_turned_on_and_off(site, mine):
    app = pyotp.TOTP(re.search(r'class="key">(\w+)<', mine.get("/conta/codigos").text)[1])
    reply = mine.post_as_page("/conta/codigos", data={"code": app.at(site.clinic.clock())})
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", reply.text)) == 10
    assert "Restam 10 códigos" in mine.get("/conta").text
    assert mine.post_as_page("/conta/codigos/desligar", data={"code": "000000"}).status_code == 422
    site.clinic.clock.move(minutes=1)
    assert mine.post_as_page("/conta/codigos/desligar", data={"code": app.at(site.clinic.clock())}).location == "/conta"
    assert "Ligar os códigos" in mine.get("/conta").text


def test_without_a_key_codes_are_not_offered(clinic, tmp_path):
    client = make_site(clinic, tmp_path).client("patient")
    assert "códigos estão desligados" in client.get("/conta").text
    assert client.get("/conta/codigos").location == "/conta"


def test_what_a_browser_says_of_itself_is_shown_as_text(site):
    site.clinic.sessions.open(site.users["patient"], agent="<script>alert(1)</script> Firefox/1", address="<b>")
    page = site.client("patient").get("/conta").text
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox no Linux"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome no Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari no iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge no Windows"),
        ("curl/8", "Navegador desconhecido"), ("", "Navegador desconhecido"),
    ],
)  # fmt: skip
def test_browsers_are_called_by_their_names(agent, words):
    assert agent_words(agent) == words
