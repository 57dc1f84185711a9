"""The mails of log-in: text to one address, now."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from clinic.clock import Clock
from clinic.media.email import address, letter
from clinic.media.email.folder import FolderCarrier
from clinic.media.email.letter import Letter
from clinic.media.email.smtp import SmtpCarrier
from clinic.media.outgoing import NotSent
from clinic.settings import Settings


class MailNotSent(Exception):
    """The server could not be reached or refused; the text names no address."""


class Carrier(Protocol):
    """What brings letters away."""

    @property
    def folder(self) -> Path | None:
        """Where letters stay that go nowhere; None where they are sent."""

    def carry(self, letter: Letter) -> str:
        """Hand one letter over; the server's id of it, or "". Raises NotSent."""

    def close(self) -> None:
        """Let go of what is open."""


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


def _new_id() -> str:
    return uuid4().hex


class MailSender:
    """Writes mails down and hands them to a server or a folder."""

    def __init__(self, carrier: Carrier, sender: str, clock: Clock, new_id: Callable[[], str] = _new_id) -> None:
        """`sender`: the address mails come from."""
        self._carrier, self._sender, self._clock, self._new_id = carrier, sender, clock, new_id

    @property
    def folder(self) -> Path | None:
        """Where mails stay that go nowhere; None for those that are sent."""
        return self._carrier.folder

    def send(self, mail: Mail) -> None:
        """Send it now. Raises MailNotSent, and ValueError for an address that is none."""
        sender = address.read(self._sender)
        written = letter.plain(mail.to, mail.subject, mail.text, self._new_id(), sender, self._clock())
        try:
            self._carrier.carry(written)
        except NotSent as error:
            raise MailNotSent(error.reason) from None
        finally:
            self._carrier.close()


def carrier_of(settings: Settings, clock: Clock) -> Carrier:
    """The server that is set, else the folder."""
    url = settings.smtp_url.get_secret_value()
    return SmtpCarrier(url) if url else FolderCarrier(settings.mail_dir, clock)


def sender_of(settings: Settings, clock: Clock) -> Sender:
    """What sends mails by the server that is set, else into the folder."""
    return MailSender(carrier_of(settings, clock), settings.mail_from, clock)
