"""A patient's e-mail that the desk corrects, by the page or by program: who logs in by it is asked to confirm it."""

import re

import pytest

from clinic.corrections import Corrections
from clinic.identities import Identity
from clinic.letters import Letters
from clinic.media.email.folder import FolderCarrier, MailFolder
from clinic.media.email.mails import MailSender
from tests.admin_web.api.programs import Program
from tests.admin_web.forms import as_shown, send
from tests.admin_web.site import make_site, make_user
from tests.admin_web.test_password import URL
from tests.clinic.small_clinic import same_clinic

OLD, NEW = "alice@example.com", "nova@example.com"


@pytest.fixture
def folder(tmp_path):
    return MailFolder(tmp_path / "mail")


@pytest.fixture
def site(clinic_templates, tmp_path):
    """The pages of a clinic whose letters lie in a folder before the page is answered."""
    small = clinic_templates.copy("sqlite", tmp_path)
    c = same_clinic(small, str(small.database.url), tmp_path / "spool", secret_key="k" * 32)
    sender = MailSender(FolderCarrier(tmp_path / "mail", c.clock), "clinica@example.com", c.clock)
    letters = Letters(sender, c.mailed_links, c.users, c.profile, c.audit, URL, later=lambda work: work())
    corrections = Corrections(c.desk.intake, c.users, letters)
    portal = type(c.portal)(**{**vars(c.portal), "corrections": corrections})
    yield make_site(type(c)(**{**vars(c), "letters": letters, "portal": portal}), tmp_path)
    c.database.close()
    small.database.close()


@pytest.fixture
def account(site):
    """Alice's, known by the e-mail of her card; she has chosen a password."""
    user = site.users["patient"] = make_user(site.clinic, "patient", "chosen")
    site.clinic.users.add_identity(user, Identity("email", OLD), by="system", verified=True)
    return user


def by_page(site, who, **changes):
    """The answer of the desk's form, sent with these changes; and what a second click gets."""
    browser, path = site.client("attendant"), f"/pacientes/{site.clinic.people[who].id}/editar"
    shown = as_shown(browser.get(path).text) | changes
    return [send(browser, path, shown).status_code for _ in range(2)]


def by_program(site, who, **changes):
    program, path = Program(site, "attendant"), f"/patients/{site.clinic.people[who].id}"
    now = program.get(path)
    card = {name: one for name, one in now.json.items() if name not in ("id", "created_at")} | changes
    return [program.ask("PUT", path, card, If_Match=now.headers["ETag"]).status_code for _ in range(2)]


WAYS = pytest.mark.parametrize(("correct", "statuses"), [(by_page, [303, 409]), (by_program, [200, 412])])


def sent(folder):
    return sorted((one.to, one.subject.partition(" · ")[0]) for one in folder.newest(20))


@WAYS
def test_a_new_address_is_confirmed_and_the_old_one_told_once(site, folder, account, correct, statuses):
    assert correct(site, "alice", email=NEW) == statuses
    assert sent(folder) == [(OLD, "Seu e-mail foi trocado"), (NEW, "Confirme seu e-mail")]
    assert site.clinic.users.known_by(account)[-1].verified is False
    assert correct(site, "alice", email=NEW)[0] == statuses[0]
    assert len(folder.newest(20)) == 2


def test_the_letter_says_no_more_than_the_link_and_the_link_lets_the_address_in(site, folder, account):
    by_page(site, "alice", email=NEW)
    [letter] = [folder.open(one.id) for one in folder.newest(20) if one.to == NEW]
    assert not re.search(r"alice@|\d{3}\.?\d{3}\.?\d{3}|Marina", letter.text)
    path = re.search(rf"{URL}(/entrar/confirmar/\S+)", letter.text)[1]
    browser = site.client(None)
    browser.get(path)
    send(browser, path)
    assert [(one.identity.value, one.verified) for one in site.clinic.users.known_by(account)
            if one.identity.kind == "email"] == [(NEW, True)]  # fmt: skip


@WAYS
def test_who_has_chosen_no_password_yet_is_invited_at_the_right_address(site, folder, correct, statuses):
    site.clinic.users.add_identity(site.user("patient"), Identity("email", OLD), by="system")
    assert correct(site, "alice", email=NEW) == statuses
    assert sent(folder) == [(NEW, "Sua conta na clínica")]
    [letter] = [folder.open(one.id) for one in folder.newest(20)]
    assert site.client(None).get(re.search(rf"{URL}(/senha/nova/\S+)", letter.text)[1]).status_code == 200


@WAYS
def test_who_has_no_account_is_sent_nothing(site, folder, correct, statuses):
    assert correct(site, "bruno", email=NEW) == statuses
    assert sent(folder) == []


@WAYS
@pytest.mark.parametrize("changes", [{"name": "Alice Ferreyra"}, {"email": OLD.upper()}], ids=["name", "case"])
def test_an_address_that_stays_is_not_asked_about(site, folder, account, correct, statuses, changes):
    lower = {name: one.lower() if name == "email" and correct is by_program else one for name, one in changes.items()}
    correct(site, "alice", **lower)
    assert sent(folder) == []


@WAYS
def test_an_address_that_names_somebody_else_is_not_written_to(site, folder, account, correct, statuses):
    site.clinic.users.add_identity(site.user("manager"), Identity("email", NEW), by="system")
    correct(site, "alice", email=NEW)
    assert sent(folder) == [(OLD, "Seu e-mail foi trocado")]


@WAYS
def test_the_card_of_who_works_here_writes_to_nobody(site, folder, account, correct, statuses):
    site.clinic.users.set_roles(account, ["patient", "attendant"], by="system")
    assert correct(site, "alice", email=NEW) == statuses
    assert sent(folder) == []


def test_an_account_that_is_closed_is_not_written_to(site, folder, account):
    site.clinic.users.set_active(account, False, by="system")
    by_page(site, "alice", email=NEW)
    assert sent(folder) == []


def test_the_desk_is_told_that_the_patient_was_asked(site, account):
    browser, path = site.client("attendant"), f"/pacientes/{site.clinic.people['alice'].id}"
    send(browser, f"{path}/editar", as_shown(browser.get(f"{path}/editar").text) | {"email": NEW})
    assert "Ao novo e-mail foi um pedido de confirmação" in browser.get(path).text


def test_the_desk_is_told_that_the_patient_was_invited_anew(site):
    site.user("patient")
    browser, path = site.client("attendant"), f"/pacientes/{site.clinic.people['alice'].id}"
    send(browser, f"{path}/editar", as_shown(browser.get(f"{path}/editar").text) | {"email": NEW})
    assert "Ao novo e-mail foi outro convite do portal" in browser.get(path).text
