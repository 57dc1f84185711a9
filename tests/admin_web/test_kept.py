"""What somebody had typed when their session ended: it comes back to them, to nobody else, and the page says which."""

import re
from io import BytesIO

import pyotp
import pytest

from admin_web.kept import MARK, PATH
from tests.admin_web.forms import as_shown, plain, send, token_in
from tests.admin_web.site import EMAIL, make_site, make_user
from tests.admin_web.test_login import GOOD, QUICK, enter, with_passwords
from tests.clinic.small_clinic import same_clinic

ALICE, MARINA = "529.982.247-25", "CRM/SP 101"
FORM = "/conta/email/confirmar?x=1"
TYPED = {"reason": "Tive febre & não pude", "kind": ["a", "b"], "password": "secreta", "code": "raio-x"}
PROMISE = "o que você digitou está guardado nesta página"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def site(clinic, tmp_path):
    return with_passwords(clinic, tmp_path)


@pytest.fixture
def alice(site):
    return site.client("patient")


def seen(browser, path="/conta"):
    """The token of a page that stands open in a tab."""
    return token_in(browser.get(path))


def post(browser, token, path=FORM, **more):
    return browser.post(path, data=TYPED | {"csrf_token": token}, **more)


def typed_too_late(site, browser, path=FORM):
    """The session ends while a page stands open, whose form is then sent: what comes back, and its hidden fields."""
    token = seen(browser)
    site.clinic.clock.move(hours=13)
    reply = post(browser, token, path)
    return reply, as_hidden(reply)


def as_hidden(reply):
    return {name: values[0] if len(values) == 1 else values for name, values in as_shown(reply.text).items()}


def log_in(browser, hidden, who=ALICE, **more):
    return send(browser, "/entrar", hidden, who=who, password=GOOD, **more)


def given_back(reply):
    return (reply.status_code, f'action="{FORM}"' in reply.text, "Tive febre" in reply.text) == (200, True, True)


def test_what_was_typed_when_the_session_ended_is_given_back(site, alice):
    reply, hidden = typed_too_late(site, alice)
    assert (reply.status_code, PROMISE in reply.text, hidden[PATH]) == (401, True, FORM)
    given = log_in(alice, hidden)
    again = as_shown(given.text)
    assert given_back(given)
    assert (again["reason"], again["kind"]) == (["Tive febre & não pude"], ["a", "b"])
    assert "secreta" not in given.text
    assert send(alice, FORM, again).status_code == 303


def left(site, browser):
    """In another tab they leave on purpose."""
    send(browser, "/sair")


def ended_elsewhere(site, browser):
    site.clinic.sessions.revoke_all(site.users["patient"])


def too_late(site, browser):
    site.clinic.clock.move(hours=13)


def at_another(site, browser):
    """In another tab they leave, and somebody else comes in and leaves."""
    left(site, browser)
    enter(browser, MARINA)
    left(site, browser)


@pytest.mark.parametrize("ended", [left, ended_elsewhere, too_late, at_another])
def test_however_the_session_ended_it_comes_back_to_them_alone(site, alice, ended):
    token = seen(alice)
    ended(site, alice)
    reply = post(alice, token)
    assert (reply.status_code, PROMISE in reply.text) == (401, True)
    other = log_in(alice, as_hidden(reply), MARINA)
    assert (other.location, "Tive febre" in other.text) == ("/", False)
    assert "foi digitado com outra conta e não veio para esta" in alice.get("/", follow_redirects=True).text
    assert given_back(log_in(alice, as_hidden(reply)))


def test_it_is_sent_in_nobody_elses_name_who_is_in_here_meanwhile(site, alice):
    token = seen(alice)
    left(site, alice)
    enter(alice, MARINA)
    reply = post(alice, token)
    assert (reply.status_code, "aberta com outra conta" in reply.text, "Nada foi enviado" in reply.text) == (
        403, True, True,
    )  # fmt: skip
    assert given_back(log_in(alice, as_hidden(reply)))


def test_a_script_of_a_page_of_another_account_is_told_so(site, alice):
    token = seen(alice)
    enter(alice, MARINA)
    asked = {"X-CSRF-Token": token, "Sec-Fetch-Mode": "cors", "Accept": "application/json"}
    reply = alice.post(FORM, headers=asked)
    assert (reply.status_code, "outra conta" in reply.json["title"]) == (403, True)
    assert alice.post(FORM, headers=asked | {"HX-Request": "true"}).status_code == 401  # login/session-over.js


def test_who_goes_in_again_in_another_tab_sends_the_page_that_stood_open(alice, site):
    token = seen(alice)
    left(site, alice)
    enter(alice)
    assert post(alice, token).status_code == 303


def test_a_page_that_is_for_everybody_takes_the_form_of_who_left(site, alice):
    token = seen(alice)
    left(site, alice)
    assert post(alice, token, "/sair").status_code == 303


@pytest.mark.parametrize(
    ("who", "path", "kept"), [("manager", "/tipos/novo", True), ("patient", "/conta/codigos", False)]
)
def test_a_code_is_kept_where_it_is_no_secret(site, who, path, kept):
    assert ("kept:code" in typed_too_late(site, site.client(who), path)[1]) is kept


@pytest.mark.parametrize("mark", ["", "x", "x.", "x.0", None])
def test_without_the_pages_mark_it_is_given_to_nobody(site, alice, mark):
    _, hidden = typed_too_late(site, alice)
    forged = {name: value for name, value in hidden.items() if name != MARK} | ({MARK: mark} if mark else {})
    assert log_in(alice, forged).location == "/"


def test_what_a_page_of_nobodys_sends_is_not_promised(site):
    browser = site.client(None)
    reply = post(browser, seen(browser, "/entrar"))
    assert (reply.status_code, PROMISE in reply.text, "Tive febre" in reply.text) == (401, False, False)
    assert "não foi enviado nem guardado" in reply.text


def test_every_other_way_in_opens_beside_what_was_typed(site, alice):
    reply, _ = typed_too_late(site, alice)
    [form] = re.findall('<form method="post" action="/entrar".*?</form>', reply.text, re.DOTALL)
    ways = re.findall('<a [^>]*href="/(?:senha|entrar|cadastro)[^>]*>', reply.text)
    assert ways and all('target="_blank"' in one for one in ways)
    assert "Já entrei, continuar" in form


def test_who_went_in_in_another_tab_is_given_back_what_they_typed(site, alice):
    _, hidden = typed_too_late(site, alice)
    assert enter(alice).status_code == 303
    assert given_back(send(alice, "/entrar", hidden, already="1"))


def test_a_new_password_gives_it_back_too(site, alice):
    _, hidden = typed_too_late(site, alice)
    site.clinic.passwords.store(site.users["patient"], QUICK.hash(GOOD + "2"))
    site.clinic.sessions.revoke_all(site.users["patient"])
    assert given_back(send(alice, "/entrar", hidden, who=ALICE, password=GOOD + "2"))


def test_who_is_not_in_yet_is_told_and_loses_nothing(site, alice):
    _, hidden = typed_too_late(site, alice)
    reply = send(alice, "/entrar", hidden, already="1")
    assert (reply.status_code, "ainda não entrou" in reply.text, "kept:reason" in reply.text) == (422, True, True)


def test_another_account_of_another_tab_is_given_nothing(site, alice):
    _, hidden = typed_too_late(site, alice)
    enter(alice, MARINA)
    reply = send(alice, "/entrar", hidden, already="1")
    assert (reply.status_code, "entrou outra conta" in reply.text, "Enviar agora" in reply.text) == (403, True, False)


def test_a_wrong_password_loses_nothing(site, alice):
    _, hidden = typed_too_late(site, alice)
    assert "kept:reason" in send(alice, "/entrar", hidden, who=ALICE, password="errada-errada").text


def test_what_was_typed_goes_to_no_other_site(site, alice):
    _, hidden = typed_too_late(site, alice)
    assert "evil" not in log_in(alice, hidden | {PATH: "https://evil.example/"}).text


# The second step


@pytest.fixture
def staff(clinic, tmp_path):
    """Pages whose staff set codes up."""
    keyed = same_clinic(clinic, str(clinic.database.url), tmp_path / "spool", secret_key="k" * 32)
    made = make_site(keyed, tmp_path)
    made.users["manager"] = make_user(keyed, "manager", QUICK.hash(GOOD))
    yield made
    keyed.database.close()


def with_codes(site):
    """The app on the manager's telephone, set up a minute ago."""
    found = site.clinic.second_factor.begin(site.users["manager"], "Clínica", "manager")
    app = pyotp.TOTP(found.secret)
    site.clinic.second_factor.finish(site.users["manager"], app.at(site.clinic.clock()))
    site.clinic.clock.move(minutes=1)
    return app


def test_a_code_that_comes_too_late_loses_nothing(staff):
    app, browser = with_codes(staff), staff.client("manager")
    _, hidden = typed_too_late(staff, browser)
    step = as_hidden(log_in(browser, hidden, EMAIL["manager"]))
    staff.clinic.clock.move(minutes=11)
    late = send(browser, "/entrar/codigo", step, code=app.at(staff.clinic.clock()))
    assert (late.status_code, "O tempo para digitar o código acabou" in late.text) == (401, True)
    assert PROMISE in late.text
    step = as_hidden(log_in(browser, as_hidden(late), EMAIL["manager"]))
    assert given_back(send(browser, "/entrar/codigo", step, code=app.at(staff.clinic.clock())))


def test_a_code_that_comes_too_late_leads_on_to_where_one_wanted_to_be(staff):
    app, browser = with_codes(staff), staff.client(None)
    step = as_hidden(enter(browser, EMAIL["manager"], next="/ajustes")) or {"next": "/ajustes"}
    staff.clinic.clock.move(minutes=11)
    late = send(browser, "/entrar/codigo", step, code=app.at(staff.clinic.clock()))
    assert ("/ajustes" in as_shown(late.text)["next"], PROMISE in late.text) == (True, False)


def test_who_has_to_set_codes_up_first_is_given_back_what_they_typed(staff):
    browser = staff.client("manager")
    _, hidden = typed_too_late(staff, browser)
    on = log_in(browser, hidden, EMAIL["manager"])
    assert on.status_code == 307  # the browser sends the same form there
    page = send(browser, on.location, hidden, who=EMAIL["manager"], password=GOOD)
    assert (page.status_code, "não confere" in page.text) == (200, False)
    app = pyotp.TOTP(re.search(r'class="key">(\w+)<', page.text)[1])
    told = send(browser, "/entrar/configurar", as_hidden(page), code=app.at(staff.clinic.clock()))
    assert "Guarde estes códigos" in told.text
    assert given_back(told)


# A page without its cookie


def test_a_form_whose_token_is_gone_can_be_sent_again(site, alice):
    seen(alice)
    reply = post(alice, "another", headers=OWN_PAGE)
    assert (reply.status_code, "Nada foi enviado" in reply.text) == (403, True)
    assert "cookies" in plain(reply.text)
    assert send(alice, FORM, as_shown(reply.text)).status_code == 303


def test_who_has_no_cookies_at_all_is_told_and_loses_nothing(site):
    browser = site.client(None)
    for _ in range(2):
        reply = browser.post("/cadastro-paciente", data={"name": "Ana Souza", "new": "segredo"}, headers=OWN_PAGE)
        browser.delete_cookie("alo_csrf")
        assert (reply.status_code, "ligue-os" in reply.text) == (403, True)
        assert (as_shown(reply.text)["name"], "segredo" in reply.text) == (["Ana Souza"], False)


def test_a_log_in_without_cookies_says_what_to_do_in_its_own_page(site):
    reply = site.client(None).post("/entrar", data={"who": ALICE, "password": GOOD}, headers=OWN_PAGE)
    assert (reply.status_code, "ligue-os" in reply.text, f'value="{ALICE}"' in reply.text) == (403, True, True)
    assert GOOD not in reply.text


def test_a_log_in_page_whose_token_is_gone_still_carries_what_was_typed(site, alice):
    _, hidden = typed_too_late(site, alice)
    alice.delete_cookie("alo_csrf")
    reply = alice.post("/entrar", data=hidden | {"who": ALICE, "password": GOOD}, headers=OWN_PAGE)
    assert given_back(log_in(alice, as_hidden(reply)))


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_no_other_site_has_its_form_shown_as_ours(alice, headers):
    seen(alice)
    reply = post(alice, "another", headers=headers)
    assert (reply.status_code, "Tive febre" in reply.text) == (403, False)


@pytest.mark.parametrize("part", [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}])
def test_a_part_of_a_page_whose_token_is_gone_is_told_so_and_not_that_the_session_is_over(alice, part):
    seen(alice)
    reply = post(alice, "another", headers=OWN_PAGE | part)
    assert (reply.status_code, reply.json) == (
        403,
        {
            "title": "Este navegador perdeu a marca desta página",
            "what_to_do": "Copie o que digitou e recarregue a página.",
        },
    )


def send_file(browser, token, name="pacientes.csv"):
    """A manager's file, from the page that was open."""
    given = {"csrf_token": token, "sort": "patients", "file": (BytesIO(b"nome;cpf"), name)}
    return browser.post("/importar", data=given, headers=OWN_PAGE)


def file_is_asked_for(reply):
    """It has to be chosen once more: nothing is promised, nothing offered to be sent."""
    said = "O arquivo tem de ser escolhido de novo" in reply.text and 'href="/importar"' in reply.text
    return (said, "se perdeu" in reply.text, "enviar o que digitei" in reply.text, "Enviar agora" in reply.text) == (
        True, False, False, False,
    )  # fmt: skip


def test_a_file_whose_page_lost_its_token_has_to_be_chosen_again(site):
    browser = site.client("manager")
    seen(browser)
    reply = send_file(browser, "another")
    assert (reply.status_code, file_is_asked_for(reply)) == (403, True)
    assert "Enviar agora" in send_file(browser, "another", name="").text


def test_a_file_that_comes_after_the_session_has_to_be_chosen_again(site):
    browser = site.client("manager")
    token = seen(browser)
    site.clinic.clock.move(hours=13)
    reply = send_file(browser, token)
    assert (reply.status_code, PROMISE in reply.text, "escolhido de novo" in reply.text) == (401, False, True)
    assert file_is_asked_for(log_in(browser, as_hidden(reply), EMAIL["manager"]))


def test_a_file_that_comes_before_codes_are_set_up_has_to_be_chosen_again(staff):
    browser = staff.client("manager")
    token = seen(browser)
    staff.clinic.clock.move(hours=13)
    hidden = as_hidden(send_file(browser, token))
    on = log_in(browser, hidden, EMAIL["manager"])
    page = send(browser, on.location, hidden, who=EMAIL["manager"], password=GOOD)
    app = pyotp.TOTP(re.search(r'class="key">(\w+)<', page.text)[1])
    assert file_is_asked_for(send(browser, "/entrar/configurar", as_hidden(page), code=app.at(staff.clinic.clock())))


def test_what_another_account_typed_is_not_shown_where_the_token_is_gone(site, alice):
    token = seen(alice)
    for name in ("alo_csrf", "alo_session"):
        alice.delete_cookie(name)
    enter(alice, MARINA)
    reply = post(alice, token, headers=OWN_PAGE)
    assert (reply.status_code, "Enviar agora" in reply.text) == (403, False)
    assert given_back(log_in(alice, as_hidden(reply)))


def test_a_form_of_an_open_page_that_lost_its_token_and_its_session_goes_through_the_log_in(alice):
    token = seen(alice)
    alice.delete_cookie("alo_csrf")
    alice.delete_cookie("alo_session")
    reply = post(alice, token, headers=OWN_PAGE)
    assert (reply.status_code, PROMISE in reply.text) == (401, True)
    assert given_back(log_in(alice, as_hidden(reply)))
