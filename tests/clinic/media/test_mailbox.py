"""Folders whose names have accents, as mailbox servers know them."""

import contextlib
import socketserver
import threading

import pytest

from clinic.media.email.mailbox import Mailbox

SAID = {
    b"CAPABILITY": b"* CAPABILITY IMAP4REV1 MOVE\r\n",
    b"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n",
    b"LOGOUT": b"* BYE\r\n",
}


@contextlib.contextmanager
def agreeing(heard):
    """A server that says yes to everything; what it is told goes into the list `heard`."""

    class Talk(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"* OK here\r\n")
            for line in self.rfile:
                tag, command, *_ = line.split()
                heard.append(line.split(b" ", 1)[1].decode("ascii").rstrip())
                self.wfile.write(SAID.get(command, b"") + tag + b" OK done\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Devolvidos", "Devolvidos"),
        ("Devoluções", "Devolu&AOcA9Q-es"),
        ("Devolu&AOcA9Q-es", "Devolu&AOcA9Q-es"),
        ("Idas & vindas", "Idas &- vindas"),
        ('Não "lidos"', 'N&AOM-o \\"lidos\\"'),
    ],
    ids=["plain", "accents", "as servers write it", "and", "quotes"],
)
def test_reports_are_put_into_a_folder_of_any_name(name, known):
    heard = []
    with agreeing(heard) as port, Mailbox(f"imap://a:b@127.0.0.1:{port}/INBOX", name).open() as opened:
        assert opened.put_away(3)
    assert f'UID MOVE 3 "{known}"' in heard


def test_a_folder_of_any_name_is_looked_into():
    heard = []
    with agreeing(heard) as port, Mailbox(f"imap://a:b@127.0.0.1:{port}/Devolu%C3%A7%C3%B5es", "x").open() as opened:
        assert opened.validity == 7
    assert 'SELECT "Devolu&AOcA9Q-es"' in heard
