"""Mails: by SMTP to a real server, or into a folder."""

import socket
import socketserver
import threading
from email import message_from_bytes, policy

import pytest

from clinic.media.email import FolderSender, Mail, MailNotSent, SmtpSender, sender_of, written
from clinic.settings import Settings
from tests.clinic.small_clinic import NOW

MAIL = Mail("ana@example.com", "Sua senha nova · Clínica", "Olá, João.\n\nhttps://clinica.example/senha/nova/abc\n")
FROM = "clinica@example.com"


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand a mail over."""

    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            word = line[:4].upper()
            self.server.heard.append(line)
            if word == b"DATA":
                self.say("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            refused = word == b"RCPT" and self.server.refusal
            self.say(refused or ("221 bye" if word == b"QUIT" else "250 fine"))
            if word == b"QUIT":
                return

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as found:
        found.mails, found.heard, found.refusal = [], [], ""
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def smtp(server):
    return SmtpSender(f"smtp://127.0.0.1:{server.server_address[1]}", FROM, lambda: NOW)


def test_a_mail_arrives_as_it_was_written(server):
    smtp(server).send(MAIL)
    [raw] = server.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["To"], mail["From"], mail["Subject"]) == (MAIL.to, FROM, MAIL.subject)
    assert mail.get_content().replace("\r\n", "\n") == MAIL.text
    assert mail["Message-ID"].endswith("@example.com>")


def test_a_refused_mail_is_not_sent_and_the_error_names_nobody(server):
    server.refusal = "550 no such user ana@example.com"
    with pytest.raises(MailNotSent) as refused:
        smtp(server).send(MAIL)
    assert "ana" not in str(refused.value)


def test_a_server_that_is_not_there_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MailNotSent):
        SmtpSender(f"smtp://127.0.0.1:{port}", FROM, lambda: NOW).send(MAIL)


def test_without_a_server_mails_are_files(tmp_path):
    sender_of(Settings(mail_dir=tmp_path / "mail"), lambda: NOW).send(MAIL)
    [file] = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["To"] == MAIL.to


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(MailNotSent):
        FolderSender(tmp_path / "mail", FROM, lambda: NOW).send(MAIL)


@pytest.mark.parametrize("address", ["a@b.com\nBcc: x@y.com", "a@b.com\r\nSubject: x", "", "nobody"])
def test_no_address_brings_a_header_of_its_own(address):
    with pytest.raises(ValueError, match=r".*"):
        written(Mail(address, "x", "x"), FROM, lambda: NOW)


def test_a_server_is_used_where_one_is_set():
    assert isinstance(sender_of(Settings(smtp_url="smtp://mail.example"), lambda: NOW), SmtpSender)
