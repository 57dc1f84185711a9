"""Mails by SMTP, or into a folder where no server is set."""

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from clinic.clock import Clock
from clinic.settings import Settings

PATIENCE_S = 20
SMTP_PORT, SMTPS_PORT = 587, 465


class MailNotSent(Exception):
    """The server could not be reached or refused; the text names no address."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one address, as plain text."""

    to: str
    subject: str
    text: str


class Sender(Protocol):
    """Whatever sends mails."""

    @property
    def folder(self) -> Path | None:
        """Where mails stay that go nowhere; None for those that are sent."""

    def send(self, mail: Mail) -> None:
        """Hand one mail over. Raises MailNotSent."""


class SmtpSender:
    """Hands mails to a server; always encrypted, but to this machine itself."""

    folder: Path | None = None

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        """`url`: smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""
        self._url, self._sender, self._clock = urlsplit(url), sender, clock

    def send(self, mail: Mail) -> None:
        """Send it now."""
        try:
            with self._connected() as server:
                server.send_message(written(mail, self._sender, self._clock))
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(type(error).__name__) from None

    def _connected(self) -> smtplib.SMTP:
        host, port, safe = self._url.hostname or "localhost", self._url.port, ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or SMTPS_PORT, timeout=PATIENCE_S, context=safe)
        else:
            server = smtplib.SMTP(host, port or SMTP_PORT, timeout=PATIENCE_S)
            if host not in ("localhost", "127.0.0.1", "::1"):
                server.starttls(context=safe)
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server


class FolderSender:
    """Writes mails as files, for who tries things out; they go nowhere."""

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        self.folder: Path | None = folder
        self._folder, self._sender, self._clock = folder, sender, clock

    def send(self, mail: Mail) -> None:
        """Write one .eml file, named by the moment."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._folder / f"{self._clock():%Y%m%d-%H%M%S-%f}.eml"
            file.write_bytes(bytes(written(mail, self._sender, self._clock)))
        except OSError as error:
            raise MailNotSent(type(error).__name__) from None


def written(mail: Mail, sender: str, clock: Clock) -> EmailMessage:
    """The message; an address or subject with a line break in it raises ValueError."""
    message = EmailMessage()
    message["From"], message["To"] = _address(sender), _address(mail.to)
    message["Subject"], message["Date"] = mail.subject, format_datetime(clock())
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _address(text: str) -> Address:
    if "@" not in text:
        raise ValueError("no address")
    return Address(addr_spec=text)


def sender_of(settings: Settings, clock: Clock) -> Sender:
    """The server that is set, else the folder."""
    url = settings.smtp_url.get_secret_value()
    if url:
        return SmtpSender(url, settings.mail_from, clock)
    return FolderSender(settings.mail_dir, settings.mail_from, clock)
