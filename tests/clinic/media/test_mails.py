"""The mails of log-in: to a server, or into a folder."""

from email import message_from_bytes, policy

import pytest

from clinic.media.email import Mail, MailNotSent, sender_of
from clinic.media.email.smtp import SmtpCarrier
from clinic.settings import Settings
from tests.clinic.media import mail_server
from tests.clinic.media.letters import NOW

MAIL = Mail("ana@example.com", "Sua senha nova · Clínica", "Olá, João.\n\nhttps://clinica.example/senha/nova/abc\n")
FROM = "clinica@example.com"


@pytest.fixture
def server():
    with mail_server.running() as found:
        yield found


def mails(server):
    return sender_of(Settings(smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from=FROM), lambda: NOW)


def test_a_mail_arrives_as_it_was_written(server):
    mails(server).send(MAIL)
    [mail] = server.mails()
    assert (mail["To"], mail["From"], mail["Subject"]) == (MAIL.to, FROM, MAIL.subject)
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text
    assert mail["Message-ID"].endswith("@example.com>")


def test_each_mail_is_another_one(server):
    mails(server).send(MAIL)
    mails(server).send(MAIL)
    assert len({mail["Message-ID"] for mail in server.mails()}) == 2


def test_a_refused_mail_is_not_sent_and_the_error_names_nobody(server):
    server.behaviour.answers["RCPT"] = "550 no such user ana@example.com"
    with pytest.raises(MailNotSent) as refused:
        mails(server).send(MAIL)
    assert "ana" not in str(refused.value)


def test_without_a_server_mails_are_files(tmp_path):
    sender_of(Settings(mail_dir=tmp_path / "mail"), lambda: NOW).send(MAIL)
    [file] = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == MAIL.to


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(MailNotSent):
        sender_of(Settings(mail_dir=tmp_path / "mail"), lambda: NOW).send(MAIL)


@pytest.mark.parametrize("address", ["a@b.com\nBcc: x@y.com", "a@b.com\r\nSubject: x", "", "nobody"])
def test_no_address_brings_a_header_of_its_own(tmp_path, address):
    with pytest.raises(ValueError, match="no "):
        sender_of(Settings(mail_dir=tmp_path), lambda: NOW).send(Mail(address, "x", "x"))


def test_where_mails_stay_is_known_if_they_do(tmp_path):
    assert sender_of(Settings(mail_dir=tmp_path), lambda: NOW).folder == tmp_path
    assert sender_of(Settings(smtp_url="smtp://mail.example"), lambda: NOW).folder is SmtpCarrier.folder is None
