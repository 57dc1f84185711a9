"""A mailbox by IMAP (RFC 3501): what came since it was last looked at, and where what was dealt with is put.

A connection is opened for each look and closed after it: there is none to lose between two. Mails are not marked as
read, and of a mail of people nothing but its kind is fetched.
"""

import base64
import contextlib
import hashlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

PATIENCE_S = 20.0
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
IMAP_PORT, IMAPS_PORT = 143, 993
MOST_BYTES = 300_000
"""Of a report: what it tells stands before what came back, which may be large."""
REPORT = re.compile(rb"^content-type:\s*multipart/report", re.IGNORECASE | re.MULTILINE)


NOT_ASCII = re.compile(r"[^ -~]+")
WRITTEN_SO = re.compile(r"([ -%'-~]|&[A-Za-z0-9+,]*-)*")


class NoMailbox(Exception):
    """It cannot be looked into now; `reason`: a short code, nothing private."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Opened:
    """A folder that is open. `validity`: as long as it stays, a UID means the same mail."""

    def __init__(self, server: imaplib.IMAP4, done: str) -> None:
        self._server, self._done = server, _quoted(done)
        self._can = _can(server)
        self.validity = int((server.response("UIDVALIDITY")[1][0] or b"0").decode())

    def after(self, uid: int) -> list[int]:
        """The UIDs of what came after that one, in their order. Raises NoMailbox."""
        [found, *_] = self._asked("SEARCH", "UID", f"{uid + 1}:*", "UNDELETED") or [b""]
        return sorted(one for one in map(int, (found or b"").split()) if one > uid)  # n:* always names the last one

    def report(self, uid: int) -> bytes:
        """A mail that reports of others (of a large one its beginning); b"" for what is none. Raises NoMailbox."""
        head = _literal(self._asked("FETCH", str(uid), "(BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)])"))
        if not REPORT.search(head):
            return b""
        return _literal(self._asked("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))

    def put_away(self, uid: int) -> bool:
        """Into the folder of what was dealt with, which is made where there is none; whether that worked."""
        try:
            return self._moved(uid) or (self._created() and self._moved(uid))
        except (imaplib.IMAP4.error, OSError, UnicodeError):
            return False

    def _moved(self, uid: int) -> bool:
        if "MOVE" in self._can:
            return bool(self._server.uid("MOVE", str(uid), self._done)[0] == "OK")
        if self._server.uid("COPY", str(uid), self._done)[0] != "OK":
            return False
        self._server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self._can:
            self._server.uid("EXPUNGE", str(uid))
        return True

    def _created(self) -> bool:
        return bool(self._server.create(self._done)[0] == "OK")

    def _asked(self, command: str, *given: str) -> list[Any]:
        try:
            answer, found = self._server.uid(command, *given)
        except (imaplib.IMAP4.error, OSError) as error:
            raise NoMailbox("unreachable") from error
        if answer != "OK":
            raise NoMailbox("refused")
        return found


class Mailbox:
    """One folder of one mailbox; always encrypted, but on this machine itself."""

    def __init__(
        self, url: str, done: str, context: ssl.SSLContext | None = None, patience: float = PATIENCE_S
    ) -> None:
        """`url`: imaps://user:password@host/folder, or imap:// with STARTTLS; `done`: where it puts things away."""
        self._url, self._done, self._context, self._patience = urlsplit(url), done, context, patience
        self._folder = unquote(self._url.path.strip("/")) or "INBOX"

    @property
    def name(self) -> str:
        """Which mailbox it is, without saying so to who reads it."""
        which = f"{self._url.username}@{self._url.hostname}:{self._url.port}/{self._folder}"
        return hashlib.sha256(which.encode()).hexdigest()

    @contextlib.contextmanager
    def open(self) -> Iterator[Opened]:
        """Look into it. Raises NoMailbox, also from within."""
        server = self._connected()
        try:
            yield self._selected(server)
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                server.logout()

    def _selected(self, server: imaplib.IMAP4) -> Opened:
        try:
            answer, _ = server.select(_quoted(self._folder))
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            raise NoMailbox("unreachable") from error
        if answer != "OK":
            raise NoMailbox("no-folder")
        return Opened(server, self._done)

    def _connected(self) -> imaplib.IMAP4:
        try:
            server = self._reached()
        except ssl.SSLError as error:
            raise NoMailbox("no-tls") from error
        except (imaplib.IMAP4.error, OSError) as error:
            raise NoMailbox("unreachable") from error
        try:
            _log_in(server, unquote(self._url.username or ""), unquote(self._url.password or ""))
        except (imaplib.IMAP4.error, OSError) as error:
            _hung_up(server)
            refused = isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort)
            raise NoMailbox("login-refused" if refused else "unreachable") from None  # what it says names the user
        return server

    def _reached(self) -> imaplib.IMAP4:
        host, port = self._url.hostname or "localhost", self._url.port
        safe = self._context or ssl.create_default_context()
        if self._url.scheme == "imaps":
            return imaplib.IMAP4_SSL(host, port or IMAPS_PORT, ssl_context=safe, timeout=self._patience)
        server = imaplib.IMAP4(host, port or IMAP_PORT, timeout=self._patience)
        if host not in THIS_MACHINE:
            try:
                server.starttls(safe)
            except BaseException:
                _hung_up(server)
                raise
        return server


def _log_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    """LOGIN knows ASCII alone; what has accents goes by SASL's PLAIN, in UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        server.login(user, password)
    else:
        server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())


def _hung_up(server: imaplib.IMAP4) -> None:
    with contextlib.suppress(imaplib.IMAP4.error, OSError):
        server.shutdown()


def _can(server: imaplib.IMAP4) -> set[str]:
    """What it can do for who has logged in, which may be more than it said before."""
    try:
        _, found = server.capability()
    except (imaplib.IMAP4.error, OSError) as error:
        raise NoMailbox("unreachable") from error
    return set(b" ".join(one for one in found if one).decode("ascii", "replace").upper().split())


def _quoted(name: str) -> str:
    escaped = _ascii(name).replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _ascii(name: str) -> str:
    """A folder's name as servers know it (RFC 3501, 5.1.3); one that was written so already stays."""
    return name if WRITTEN_SO.fullmatch(name) else NOT_ASCII.sub(_utf7, name.replace("&", "&-"))


def _utf7(found: re.Match[str]) -> str:
    coded = base64.b64encode(found[0].encode("utf-16-be", "surrogatepass"), altchars=b"+,")
    return f"&{coded.decode().rstrip('=')}-"


def _literal(found: list[Any]) -> bytes:
    """What a FETCH brought; b"" where the mail is gone."""
    return next((bytes(one[1]) for one in found if isinstance(one, tuple)), b"")
