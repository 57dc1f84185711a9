"""Logging in with the company's account, at a real provider."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from clinic.identities import Identity
from tests.admin_web.forms import as_shown, send, token_in
from tests.admin_web.site import Site, make_site
from tests.live import openid
from tests.live.openid import CLIENT, issuer

UNKNOWN, REFUSED = "/entrar?aviso=empresa-sem-conta", "/entrar?aviso=empresa-recusou"
pytestmark = [pytest.mark.live, pytest.mark.xdist_group("openid")]


@pytest.fixture
def site(clinic, tmp_path) -> Site:
    clinic.clock.now = datetime.now(UTC)  # as the provider has it
    made = make_site(clinic, tmp_path, oidc_issuer=issuer(), public_url="http://localhost", **CLIENT)
    made.user("manager")  # manager@example.com, an address that was shown to be theirs
    return made


def begun(browser: FlaskClient, path: str = "/entrar/oidc") -> str:
    """The provider's address to which the clinic's page leads."""
    return str(browser.get(path).location)


def back(url: str) -> str:
    return url.removeprefix("http://localhost")


def came_in(site: Site, who: str, path: str = "/entrar/oidc") -> tuple[FlaskClient, str]:
    """Somebody goes to the provider and comes back: the browser, and where it is led to."""
    browser = site.client(None)
    return browser, str(browser.get(back(openid.log_in(begun(browser, path), who))).location)


def test_the_page_offers_it(site):
    assert "Entrar com a conta da empresa" in site.client(None).get("/entrar").text


def test_it_begins_with_pkce_state_and_nonce(site):
    url = begun(site.client(None))
    assert all(word in url for word in ("code_challenge_method=S256", "code_challenge=", "state=", "nonce=", "openid"))


def test_somebody_the_clinic_knows_comes_in_and_is_linked(site):
    browser, place = came_in(site, "manager", "/entrar/oidc?next=/conta")
    assert place == "/conta"
    assert browser.get("/conta").status_code == 200
    assert site.clinic.users.find(Identity("oidc", f"{issuer()}|manager")).id == site.users["manager"]
    assert [entry.note for entry in site.clinic.audit.latest(action="login")] == ["oidc"]


def test_the_second_time_the_subject_alone_counts(site):
    came_in(site, "manager")
    site.clinic.users.remove_identity(site.users["manager"], Identity("email", "manager@example.com"), by="system")
    browser, _ = came_in(site, "manager")
    assert browser.get("/conta").status_code == 200


@pytest.mark.parametrize("who", ["stranger", "unchecked-manager"])
def test_nobody_else_comes_in(site, who):
    browser, place = came_in(site, who)
    assert place == UNKNOWN
    assert "Não encontramos uma conta" in browser.get(place).text
    assert browser.get("/conta").status_code == 302


def test_an_address_the_clinic_never_checked_links_nobody(site):
    site.clinic.users.create("Ana", ["attendant"], [Identity("email", "ana@example.com")], by="system")
    assert came_in(site, "ana")[1] == UNKNOWN


def test_an_address_that_went_to_somebody_new_opens_nothing(site):
    known = Identity("oidc", f"{issuer()}|who-had-it-before")
    site.clinic.users.add_identity(site.users["manager"], known, by="system")
    assert came_in(site, "manager")[1] == UNKNOWN


def test_who_is_out_stays_out(site):
    site.user("admin")
    site.clinic.users.set_active(site.users["manager"], False, by="system")
    assert came_in(site, "manager")[1] == UNKNOWN


def test_a_code_works_in_the_browser_that_asked_for_it_alone(site):
    stolen = back(openid.log_in(begun(site.client(None)), "manager"))
    other = site.client(None)
    begun(other)
    assert other.get(stolen).location == REFUSED
    assert other.get("/conta").status_code == 302


def test_a_code_works_once(site):
    browser = site.client(None)
    url = back(openid.log_in(begun(browser), "manager"))
    browser.get(url)
    browser.post_as_page("/sair")
    assert browser.get(url).location == REFUSED
    assert browser.get("/conta").status_code == 302


def test_who_changes_their_mind_is_back_at_the_log_in(site):
    browser = site.client(None)
    begun(browser)
    assert browser.get("/entrar/oidc/retorno?error=access_denied&state=x").location == REFUSED
    assert "Não deu certo" in browser.get(REFUSED).text


def test_what_was_typed_when_the_session_ended_waits_beside_it(site):
    browser = site.client("manager")
    page = token_in(browser.get("/conta"))
    site.clinic.sessions.leave(browser.get_cookie("alo_session").value)
    lost = as_shown(send(browser, "/conta/email/confirmar", reason="febre", csrf_token=page).text)
    browser.get(back(openid.log_in(begun(browser), "manager")))  # in another tab: the same cookies
    assert "febre" in send(browser, "/entrar", lost, already="1").text


def test_a_provider_that_is_away_is_told(clinic, tmp_path):
    gone = make_site(clinic, tmp_path, oidc_issuer="http://127.0.0.1:9", public_url="http://localhost", **CLIENT)
    browser = gone.client(None)
    assert "não responde agora" in browser.get(begun(browser)).text
