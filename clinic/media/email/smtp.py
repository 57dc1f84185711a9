"""Letters to a mail server (RFC 5321): connections are kept for the next one, refusals are told for what they are."""

import logging
import re
import smtplib
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from clinic.media.email.address import Address
from clinic.media.email.letter import Letter
from clinic.media.email.log_in import log_in
from clinic.media.outgoing import NotSent

log = logging.getLogger(__name__)
PATIENCE_S = 10.0
"""For each answer, and twice that for the one after a letter, which servers read first. Whoever works through the
outbox leaves half a minute for a message.
"""
IDLE_S = 30.0
LETTERS_EACH = 100
SMTP_PORT, SMTPS_PORT = 587, 465
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
QUEUED = re.compile(rb"(?:queued as|\bid=)\s*<?([\w.@-]{1,80})")
XTEXT = re.compile(r"[^!-*,-<>-~]")
"""What stands in a parameter as its number (RFC 3461, 4): "+", "=" and what cannot be seen."""
STATUS = re.compile(rb"5\.\d{1,3}\.\d{1,3}(?![\d.])")
OF_US = {
    "address": re.compile(r"5\.4\.(?![14]$)\d+|5\.7\.\d+"),
    "content": re.compile(r"5\.4\.(?!4$)\d+|5\.7\.(?!1$)\d+"),
}
"""Statuses (RFC 3463, RFC 7372) that are about who sends: a quota that is used up, a log-in that is wanted, a relay or
a policy that does not know us. Somebody has to look, and then the letter may go. 5.7.1 after it is about the letter,
and 5.4.1 about the address: Exchange says so of one nobody has.
"""
NO_RELAY = re.compile(rb"\brelay", re.IGNORECASE)
"""How those say it that give no status."""
GO_ON, BAD = 354, 400
LOGIN_WANTED = (530, 534, 535, 538)


class _Gone(NotSent):
    """The connection ended before the server could have taken the letter."""


@dataclass
class _Line:
    """A connection: since when it is idle, and how many letters went through it."""

    server: smtplib.SMTP
    letters: int = 0
    since: float = 0.0


class SmtpCarrier:
    """Hands letters to a server; always encrypted, but to this machine itself. May be used by several threads."""

    folder: Path | None = None

    def __init__(
        self,
        url: str,
        context: ssl.SSLContext | None = None,
        patience: float = PATIENCE_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`url`: smtp://user:password@host:587 (STARTTLS) or smtps://…:465. `patience`: seconds for each answer."""
        self._url, self._context, self._patience, self._now = urlsplit(url), context, patience, now
        self._idle: deque[_Line] = deque()

    def carry(self, letter: Letter) -> str:
        """Send it now, over a connection that is open already or a new one; the server's own id of it, or "".

        Raises NotSent: not `again` where the server said that it never will.
        """
        line = self._waiting()
        if line is not None:
            try:
                return self._through(line, letter)
            except _Gone:
                pass  # servers close what lies idle; a new connection tells whether it was more than that
        return self._through(self._opened(), letter)

    def knock(self, sender: Address) -> None:
        """Find out whether the server lets us in and takes letters from this sender; none is sent. Raises NotSent."""
        server = self._opened().server
        try:
            code, _ = server.mail(str(sender))
            if code >= BAD:
                raise _sender_refused(code)
        except (OSError, smtplib.SMTPException) as error:
            raise _Gone("unreachable", again=True) from error
        finally:
            _quit(server)

    def close(self) -> None:
        """Say good-bye on all idle connections."""
        while self._idle:
            _quit(self._idle.pop().server)

    def _waiting(self) -> _Line | None:
        """The connection that was used last; those too old are closed."""
        while self._idle:
            try:
                line = self._idle.pop()
            except IndexError:
                return None  # another thread was faster
            if line.letters < LETTERS_EACH and self._now() - line.since < IDLE_S:
                return line
            _quit(line.server)
        return None

    def _through(self, line: _Line, letter: Letter) -> str:
        try:
            found = hand_over(line.server, letter)
        except BaseException as error:  # also where it could not be written: the server was told that it comes
            if isinstance(error, NotSent) and not error.again:
                self._keep(line)
            else:
                line.server.close()
            raise
        self._keep(line)
        return found

    def _keep(self, line: _Line) -> None:
        line.letters, line.since = line.letters + 1, self._now()
        self._idle.append(line)

    def _opened(self) -> _Line:
        try:
            return _Line(self._connected())
        except smtplib.SMTPAuthenticationError as error:
            log.error(
                "the mail server refuses our log-in (%d): check user and password in ALO_SMTP_URL", error.smtp_code
            )
            raise NotSent("login-refused", again=True) from None
        except smtplib.SMTPNotSupportedError:
            log.error("the mail server offers no STARTTLS, or no log-in we know: check ALO_SMTP_URL (smtps://...:465?)")
            raise NotSent("not-offered", again=True) from None
        except ssl.SSLError as error:
            log.error("no safe connection to the mail server: %s", error.reason)
            raise NotSent("no-tls", again=True) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"server-{error.smtp_code}", again=True) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("unreachable", again=True) from error

    def _connected(self) -> smtplib.SMTP:
        host, port, safe = self._url.hostname or "localhost", self._url.port, self._safe()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or SMTPS_PORT, timeout=self._patience, context=safe)
        else:
            server = smtplib.SMTP(host, port or SMTP_PORT, timeout=self._patience)
        try:
            self._greeted(server, encrypt=self._url.scheme != "smtps" and host not in THIS_MACHINE)
        except BaseException:
            server.close()
            raise
        return server

    def _greeted(self, server: smtplib.SMTP, encrypt: bool) -> None:
        server.ehlo_or_helo_if_needed()
        if encrypt:
            server.starttls(context=self._safe())
            server.ehlo_or_helo_if_needed()
        log_in(server, self._url)

    def _safe(self) -> ssl.SSLContext:
        """Made once: it reads all certificates of the system."""
        self._context = self._context or ssl.create_default_context()
        return self._context


def hand_over(server: smtplib.SMTP, letter: Letter) -> str:
    """One letter through an open connection, which is ready for the next one after it, also where it was refused
    for good; the server's own id of it. Raises NotSent.
    """
    replies = _replies(server, _commands(server, letter), letter)
    try:
        if (code := next(replies)[0]) >= BAD:
            raise _sender_refused(code)
        code, said = next(replies)
        if code >= BAD:
            _take_back(server, replies)
            raise _refused(server, "address", code, said)
        code, said = next(replies)
    except (OSError, smtplib.SMTPException) as error:
        raise _Gone("unreachable", again=True) from error
    if code != GO_ON:
        raise _refused(server, "content", code, said)
    return _delivered(server, letter)


def _commands(server: smtplib.SMTP, letter: Letter) -> tuple[str, str, str]:
    """From whom and to whom, with our own id for reports that come back; and that the letter follows."""
    sender, to = f"MAIL FROM:<{letter.sender}>", f"RCPT TO:<{letter.to}>"
    if server.has_extn("dsn"):
        sender, to = f"{sender} RET=HDRS ENVID={letter.uid}", f"{to} NOTIFY=FAILURE{_original(letter.to)}"
    if letter.to.international:
        if not server.has_extn("smtputf8"):
            raise NotSent("address-not-ascii", again=False)
        sender += " SMTPUTF8 BODY=8BITMIME"
    return f"{sender}\r\n", f"{to}\r\n", "DATA\r\n"


def _original(to: Address) -> str:
    """The address as we know it, for reports from where it was handed on to (RFC 3461)."""
    return "" if to.international else f" ORCPT=rfc822;{XTEXT.sub(_hex, str(to))}"


def _hex(found: re.Match[str]) -> str:
    return f"+{ord(found[0]):02X}"


def _replies(server: smtplib.SMTP, commands: Sequence[str], letter: Letter) -> Iterator[tuple[int, bytes]]:
    """What the server says to each; where it takes them together (RFC 2920), they are one way there and back, and the
    letter is written meanwhile."""
    together = server.has_extn("pipelining")
    if together:
        server.send("".join(commands).encode())
    _ = letter.data
    for one in commands:
        if not together:
            server.send(one.encode())
        yield server.getreply()


def _take_back(server: smtplib.SMTP, replies: Iterator[tuple[int, bytes]]) -> None:
    """It was asked to take a letter for nobody; some say that it may come, and get none."""
    if server.has_extn("pipelining") and next(replies)[0] == GO_ON:
        server.send(b".\r\n")
        server.getreply()


def _delivered(server: smtplib.SMTP, letter: Letter) -> str:
    """The letter itself. Where no answer comes, nobody knows: it is sent again under the same id."""
    try:
        _wait(server, 2)
        server.send(stuffed(letter.data))
        code, reply = server.getreply()
        _wait(server, 1)
    except (OSError, smtplib.SMTPException):
        log.warning("the server took letter %s and its answer was lost: it may arrive twice", letter.uid)
        raise NotSent("answer-lost", again=True) from None
    if code >= BAD:
        raise _refused(server, "content", code, reply)
    found = QUEUED.search(reply)
    return found[1].decode() if found else ""


def stuffed(data: bytes) -> bytes:
    """As it goes over the wire: a line that begins with a dot has one more, and one with nothing else is the end."""
    first, last = b"." if data.startswith(b".") else b"", b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
    return b"".join((first, data.replace(b"\n.", b"\n.."), last))


def _wait(server: smtplib.SMTP, times: int) -> None:
    """From now on for so many times its patience."""
    if server.sock is not None:
        server.sock.settimeout(times * server.timeout)


def _sender_refused(code: int) -> NotSent:
    """It is about us and not about this letter: somebody has to look, and then it may go."""
    if code == 421:
        return _Gone(f"server-{code}", again=True)
    if code in LOGIN_WANTED:
        log.error("the mail server wants a log-in (%d): put user and password into ALO_SMTP_URL", code)
    elif code >= 500:
        log.error("the mail server refuses our sender (%d): check ALO_MAIL_FROM", code)
    return NotSent(f"sender-{code}", again=True)


def _refused(server: smtplib.SMTP, what: str, code: int, said: bytes) -> NotSent:
    """5xx is for good, unless it is about us, and the line is made ready for the next letter; the rest may go again."""
    found, theirs = STATUS.match(said), what == "address"
    status = found[0].decode() if found else ""
    if code == 421:
        return _Gone(f"server-{code}", again=True)
    if code < 500:
        return NotSent(f"{what}-{code}", again=True, of_address=theirs)
    if OF_US[what].fullmatch(status) or code in LOGIN_WANTED or (not status and NO_RELAY.search(said)):
        log.error("the mail server refuses what we send (%d %s): see what it has against this sender", code, status)
        return NotSent(f"policy-{code}", again=True, of_address=theirs)
    try:
        server.rset()
    except (OSError, smtplib.SMTPException):
        server.close()
    return NotSent(f"{what}-{code}", again=False, status=status)


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
