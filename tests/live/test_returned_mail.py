"""Letters that came back, out of a real mailbox: Postfix writes the report, Dovecot keeps it, a worker reads it."""

import contextlib
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import update

from clinic import checks
from clinic.media.email.mailbox import Mailbox, NoMailbox
from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.media.email.smtp import SmtpCarrier
from clinic.outbox.list import Wanted
from clinic.outbox.returned import Returned
from clinic.settings import Settings
from db.tables import Patient
from tests.clinic import media
from tests.clinic.media import mail_server
from tests.clinic.outbox.posts import worker
from tests.live import session
from tests.live.dovecot import ACCENTED, Dovecot, start_dovecot
from tests.live.postfix import start_postfix

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("postfix")]
REPORT = Path(media.__path__[0], "reports/postfix.eml").read_bytes()
LETTER = b"From: ana@example.com\nTo: clinica@example.com\nSubject: Oi\n\nObrigada!\n"
DONE = "Devolvidos"


@pytest.fixture
def dovecot() -> Dovecot:
    return start_dovecot()


@pytest.fixture
def name():
    """A mailbox nobody else uses."""
    return uuid.uuid4().hex


def reading(clinic, dovecot, name):
    return Returned(clinic.database, Mailbox(dovecot.url(name), DONE), clinic.clock)


def test_a_letter_nobody_takes_comes_back_and_the_desk_calls(clinic, dovecot):
    postfix = start_postfix()
    url = SmtpCarrier(postfix.url)
    email = Email(url, "volta@example.com", lambda: Letterhead("Clínica"), clinic.clock)
    theirs = update(Patient).where(Patient.id == clinic.people["alice"].id)
    clinic.database.change(theirs.values(email="alice@gone.example"))
    clinic.book("alice", clinic.slot(place=40))
    with mail_server.running(port=postfix.next_hop, answers={"RCPT": "550 5.1.1 no such user"}):
        worker(clinic, email).drain()
        returned = reading(clinic, dovecot, "volta")
        assert session.eventually(lambda: returned.read() == 1, 60)
    [failed] = clinic.messages.outbox.page(Wanted(status="failed"))
    assert (failed.kind, failed.reason) == ("booked", "bounced-5.1.1")
    assert [one.name for one in clinic.desk.notices.waiting()] == ["Alice Ferreira"]
    assert any(b"alice@gone.example" in one for one in dovecot.lying("volta", DONE))


def test_reports_are_put_away_and_what_people_write_is_left_as_it_was(clinic, dovecot, name):
    for raw in (LETTER, REPORT, b"\x00\xff"):
        dovecot.put(name, raw)
    returned = reading(clinic, dovecot, name)
    for _ in range(2):
        returned.read()
    assert (dovecot.lying(name), dovecot.lying(name, DONE)) == ([LETTER, b"\x00\xff"], [REPORT])
    seen = [one for one in Path(dovecot.mail, name, "cur").iterdir() if "S" in one.name.rpartition(",")[2]]
    assert seen == []


@pytest.mark.parametrize(("can", "left"), [({"UIDPLUS"}, 0), (set(), 1)], ids=["expunge", "marked"])
def test_a_server_that_cannot_move_is_asked_to_copy_and_to_delete(dovecot, name, can, left):
    dovecot.put(name, REPORT)
    with Mailbox(dovecot.url(name), DONE).open() as opened:
        opened._can = can
        assert opened.put_away(opened.after(0)[0])
        assert opened.after(0) == []
    assert (len(dovecot.lying(name)), dovecot.lying(name, DONE)) == (left, [REPORT])


def test_of_a_large_report_its_beginning_is_fetched(dovecot, name):
    dovecot.put(name, REPORT + b"x" * 1_000_000)
    with Mailbox(dovecot.url(name), DONE).open() as opened:
        [uid] = opened.after(0)
        assert len(REPORT) < len(opened.report(uid)) <= 300_000


def test_a_mail_that_is_gone_meanwhile_is_no_report(dovecot, name):
    dovecot.put(name, REPORT)
    with Mailbox(dovecot.url(name), DONE).open() as opened:
        assert opened.report(opened.after(0)[0] + 7) == b""


def test_a_connection_that_is_lost_is_told_as_such(dovecot, name):
    dovecot.put(name, REPORT)
    with contextlib.suppress(NoMailbox), Mailbox(dovecot.url(name), DONE).open() as opened:
        opened._server.shutdown()
        with pytest.raises(NoMailbox, match="unreachable"):
            opened.after(0)
        assert not opened.put_away(1)


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({}, "ok", "a caixa abre"),
        ({"password": "errada"}, "wrong", "recusa o usuário ou a senha"),
        ({"password": ACCENTED}, "ok", "a caixa abre"),
        ({"password": quote(ACCENTED)}, "ok", "a caixa abre"),
        ({"password": "pão-de-queijo"}, "wrong", "recusa o usuário ou a senha"),
        ({"folder": "Nada"}, "wrong", "não tem essa pasta"),
    ],
    ids=["good", "password", "accents", "accents escaped", "other accents", "folder"],
)
def test_alo_check_says_whether_the_mailbox_opens(dovecot, name, change, state, words):
    dovecot.put(name, REPORT)
    [found] = checks.returned_mail(Settings(imap_url=dovecot.url(name, **change)))
    assert (found.state, words in found.text, bool(found.remedy)) == (state, True, state == "wrong")
