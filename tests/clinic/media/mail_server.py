"""A mail server that behaves as a test wants: takes, refuses, wants a log-in or TLS, falls silent, hangs up."""

import asyncio
import contextlib
import datetime
import ipaddress
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.live import session


@dataclass
class Behaviour:
    """What it answers, by command: "250 fine", "drop" (the line goes dead) or "hang" (nothing comes)."""

    answers: dict = field(default_factory=dict)
    letters: list = field(default_factory=list)
    envelopes: list = field(default_factory=list)
    connections: int = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        envelope.mail_from = address
        envelope.mail_options += options
        return await self._answer(server, "MAIL")

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options += options
        return await self._answer(server, "RCPT")

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(envelope.content)
        self.envelopes.append(envelope)
        return await self._answer(server, "DATA")

    async def _answer(self, server, command):
        answer = self.answers.get(command, "250 2.0.0 Ok: queued as 4F1")
        if answer == "hang":
            await asyncio.sleep(3600)
        if answer == "drop":
            server.transport.close()
        return answer


class Server(Controller):
    """One that counts who comes; `greeting` "421 ..." sends them away."""

    def factory(self):
        self.handler.connections += 1
        return super().factory()

    def hang_up(self):
        """Close all lines, as servers do with idle ones."""
        for task in asyncio.all_tasks(self.loop):
            if "_handle_client" in repr(task):
                self.loop.call_soon_threadsafe(task.cancel)


@dataclass
class Running:
    """A server, and what came in."""

    port: int
    behaviour: Behaviour
    controller: Server

    def mails(self):
        return [message_from_bytes(one, policy=policy.default) for one in self.behaviour.letters]


@contextlib.contextmanager
def running(host="127.0.0.1", answers=None, **options):
    """A server on a free port."""
    behaviour = Behaviour(answers or {})
    named = {"hostname": host, "port": session.free_port(), "server_hostname": "mx.example.com"}
    named |= {"enable_SMTPUTF8": False, "ready_timeout": 60}
    controller = Server(behaviour, **named | options)
    controller.start()
    behaviour.connections = 0  # it knocks at its own door once
    try:
        yield Running(controller.port, behaviour, controller)
    finally:
        controller.stop()


def one_user(server, session, envelope, mechanism, data):
    """Lets in "clinica" with the password "s3nh@", and "clínica" with "çã0"."""
    known = (("clinica", "s3nh@"), ("clínica", "çã0"))
    return AuthResult(success=(data.login.decode(), data.password.decode()) in known, handled=False)


def certificates(folder, host):
    """A server's and a client's side of TLS: a certificate for `host`, signed by itself, and who trusts it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=folder / "cert.pem")


@contextlib.contextmanager
def answering(listening, words):
    """Whoever connects to a listening socket is told this, once, and nothing more."""

    def talk():
        line, _ = listening.accept()
        with line:
            line.sendall(words)
            line.recv(1024)

    talking = threading.Thread(target=talk, daemon=True)
    talking.start()
    yield
    talking.join(10)


@contextlib.contextmanager
def pipelining(answers, heard=None):
    """One that takes commands together (RFC 2920) and says that a letter may come even where it is for nobody.

    What it is told goes into the list `heard`.
    """
    letters = []

    class Talk(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line[:4].upper().decode()
                (heard if heard is not None else []).append(line.decode().rstrip())
                self.wfile.write(answers.get(word, REPLIES.get(word, "250 fine")).encode() + b"\r\n")
                if word == "DATA":
                    letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self.wfile.write(b"250 taken\r\n" if letters[-1] else b"554 for nobody\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server.server_address[1], letters
        finally:
            server.shutdown()


REPLIES = {"EHLO": "250-here\r\n250 PIPELINING", "DATA": "354 go on", "QUIT": "221 bye"}
