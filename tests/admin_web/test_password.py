"""New passwords and first access by mailed link, through the pages."""

import re
from email import message_from_bytes, policy

import pytest
from argon2 import PasswordHasher

from clinic.identities import Identity
from clinic.letters import Letters
from tests.admin_web.forms import as_shown, token_in
from tests.admin_web.site import EMAIL, make_site, make_user
from tests.admin_web.test_login import GOOD, enter

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NEW = "outra frase bem longa"
URL = "https://clinica.example"


class Post:
    """Keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send(self, mail):
        self.sent.append(mail)


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def site(clinic, tmp_path, post):
    letters = Letters(
        post, clinic.mailed_links, clinic.users, clinic.profile, clinic.audit, URL, later=lambda work: work()
    )
    clinic = type(clinic)(**{**vars(clinic), "letters": letters})
    made = make_site(clinic, tmp_path)
    made.users["manager"] = make_user(clinic, "manager", QUICK.hash(GOOD))
    return made


@pytest.fixture
def browser(site):
    return site.client(None)


def send(browser, path, **data):
    browser.get("/entrar")
    return browser.post(path, data=data | {"csrf_token": browser.get_cookie("alo_csrf").value})


def path_in(mail):
    """Where the link of a mail leads, on our own site whatever the browser calls us."""
    return re.search(rf"{URL}(/\S+)", mail.text)[1]


def forget(browser, post, who=EMAIL["manager"]):
    send(browser, "/senha/esqueci", who=who)
    return path_in(post.sent[-1])


def test_whoever_forgot_gets_a_link_and_logs_in_with_the_new_password(site, browser, post):
    path = forget(browser, post)
    assert post.sent[-1].to == EMAIL["manager"]
    assert send(browser, path, new=NEW, again=NEW).location == "/entrar"
    assert "Senha guardada" in browser.get("/entrar").text
    assert (enter(browser, EMAIL["manager"]).status_code, enter(browser, EMAIL["manager"], NEW).status_code) == (
        422,
        303,
    )


def test_a_new_password_gives_back_what_was_typed_before_it(site, browser, post):
    browser.set_cookie("alo_session", site.clinic.sessions.open(site.users["manager"], agent="tests"))
    page = token_in(browser.get("/conta"))
    site.clinic.clock.move(hours=3)
    lost = as_shown(browser.post("/conta/email/confirmar", data={"reason": "febre", "csrf_token": page}).text)
    send(browser, forget(browser, post), new=NEW, again=NEW)
    assert enter(browser, EMAIL["manager"], NEW).status_code == 303  # in the tab the mail opened
    assert "febre" in send(browser, "/entrar", **lost, already="1").text


def test_nobody_learns_whether_there_is_an_account(site, browser, post):
    make_user(site.clinic, "doctor", QUICK.hash(GOOD))  # has no e-mail
    answers = {
        send(browser, "/senha/esqueci", who=who).text for who in (EMAIL["manager"], "x@example.com", "CRM/SP 101")
    }
    assert len({re.sub(r'csrf[^>]*>|nonce="[^"]*"', "", text) for text in answers}) == 1
    assert len(post.sent) == 1


def test_an_address_that_was_never_shown_to_be_theirs_gets_nothing(site, browser, post):
    known = Identity("email", "typo@example.com")
    site.clinic.users.create("Ana", ["patient"], [known], by="system", password_hash=QUICK.hash(GOOD))
    send(browser, "/senha/esqueci", who=known.value)
    assert post.sent == []


def test_every_session_ends_with_the_old_password(site, browser, post):
    thief = site.client("manager")
    send(browser, forget(browser, post), new=NEW, again=NEW)
    assert thief.get("/conta").status_code == 302


def test_a_link_opened_by_a_mail_program_still_works(browser, post):
    path = forget(browser, post)
    for _ in range(3):
        assert browser.get(path).status_code == 200
    assert send(browser, path, new=NEW, again=NEW).status_code == 303


def test_a_link_works_once(browser, post):
    path = forget(browser, post)
    send(browser, path, new=NEW, again=NEW)
    reply = send(browser, path, new="mais uma frase longa", again="mais uma frase longa")
    assert (reply.status_code, "não vale mais" in reply.text) == (410, True)


@pytest.mark.parametrize("path", ["/senha/nova/x", "/entrar/confirmar/x", "/senha/nova/" + "x" * 5000])
def test_a_made_up_link_is_explained(browser, path):
    assert browser.get(path).status_code == 410


@pytest.mark.parametrize(
    ("new", "again", "says"),
    [("curta", "curta", "pelo menos 8"), ("senha123", "senha123", "das primeiras"), (NEW, NEW + "x", "não são iguais")],
)
def test_what_is_wrong_is_told_at_the_field_and_uses_nothing_up(browser, post, new, again, says):
    path = forget(browser, post)
    reply = send(browser, path, new=new, again=again)
    assert (reply.status_code, says in reply.text, 'aria-invalid="true"' in reply.text) == (422, True, True)
    assert send(browser, path, new=NEW, again=NEW).status_code == 303


def test_asking_again_and_again_is_slowed_down(browser, post):
    statuses = [send(browser, "/senha/esqueci", who=EMAIL["manager"]).status_code for _ in range(6)]
    assert (statuses, len(post.sent)) == ([200] * 5 + [429], 5)


def test_links_lead_to_the_address_that_is_set_whatever_the_browser_says(site, post):
    browser = site.client(None)
    browser.get("/entrar", headers={"Host": "evil.example"})
    send(browser, "/senha/esqueci", who=EMAIL["manager"])
    assert "evil" not in post.sent[-1].text


def test_somebody_invited_chooses_a_password_and_the_address_is_theirs(site, browser, post):
    known = Identity("email", "nova@example.com")
    user = site.clinic.users.create("Nova", ["attendant"], [known], by="system")
    assert site.clinic.letters.invite(user, by="user:1")
    assert send(browser, path_in(post.sent[-1]), new=NEW, again=NEW).status_code == 303
    assert site.clinic.users.known_by(user)[0].verified
    assert enter(browser, known.value, NEW).status_code == 303


def test_an_invitation_that_grew_old_is_asked_for_again(site, browser, post):
    user = site.clinic.users.create("Nova", ["attendant"], [Identity("email", "nova@example.com")], by="system")
    site.clinic.letters.invite(user, by="user:1")
    site.clinic.clock.move(days=4)
    assert browser.get(path_in(post.sent[-1])).status_code == 410
    assert browser.get(forget(browser, post, "nova@example.com")).status_code == 200


def test_a_changed_password_is_told_to_its_owner(browser, post):
    send(browser, forget(browser, post), new=NEW, again=NEW)
    assert "Sua senha foi trocada" in post.sent[-1].subject


def test_an_address_is_confirmed_by_one_click(site, browser, post):
    known = Identity("email", "ana@example.com")
    user = site.clinic.users.create("Ana", ["patient"], [known], by="system")
    site.clinic.letters.confirm(user)
    path = path_in(post.sent[-1])
    assert "ana@example.com" in browser.get(path).text
    assert not site.clinic.users.known_by(user)[0].verified
    assert send(browser, path).status_code == 303
    assert site.clinic.users.known_by(user)[0].verified


def test_a_mail_server_that_is_away_breaks_nothing(site, browser, post, caplog):
    from clinic.media.email import MailNotSent

    def away(mail):
        raise MailNotSent("ConnectionRefusedError")

    post.send = away
    assert send(browser, "/senha/esqueci", who=EMAIL["manager"]).status_code == 200
    assert "a mail was not sent: ConnectionRefusedError" in caplog.text
    assert EMAIL["manager"] not in caplog.text


def test_the_demo_says_where_its_mails_are(clinic, tmp_path):
    browser = make_site(clinic, tmp_path, demo=True, mail_dir=tmp_path / "mail").client(None)
    for path, typed in (("/senha/esqueci", {"who": "x@example.com"}), ("/cadastro-paciente/enviado", None)):
        page = (send(browser, path, **typed) if typed else browser.get(path)).text
        assert 'href="/correio">veja em Correio' in page and str(tmp_path / "mail") not in page


def test_a_demo_mail_can_be_read_as_a_file(clinic, tmp_path):
    user = make_user(clinic, "manager")
    Letters(
        clinic.letters._sender,
        clinic.mailed_links,
        clinic.users,
        clinic.profile,
        clinic.audit,
        URL,
        lambda work: work(),
    ).invite(user, by="system")
    [file] = (tmp_path / "mail").iterdir()
    assert (
        "https://clinica.example/senha/nova/"
        in message_from_bytes(file.read_bytes(), policy=policy.default).get_content()
    )
