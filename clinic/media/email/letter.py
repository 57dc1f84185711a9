"""A message as the letter that goes to the server: headers, text, HTML, and the appointment for calendars."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property, partial

from clinic.media.email import address, calendar, mime, page
from clinic.media.email.address import Address
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Outgoing

UID = re.compile(r"[0-9a-zA-Z._-]{1,64}")
BY_ITSELF = (("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("Content-Language", "pt-BR"))
"""Nobody's absence notice shall answer it, and no list of ours shall answer theirs (RFC 3834)."""
FILE = "consulta.ics"


@dataclass(frozen=True)
class Letter:
    """What a server is handed: from whom, to whom, by which id, and the bytes."""

    sender: Address
    to: Address
    uid: str
    write: Callable[[], bytes]

    @cached_property
    def data(self) -> bytes:
        """Written when first asked for: the server can hear from whom and to whom meanwhile."""
        return self.write()


def written(message: Outgoing, sender: Address, head: Letterhead, now: datetime) -> Letter:
    """The whole letter. Raises BadAddress for an address that is none, ValueError for a uid that cannot be an id."""
    to = address.read(message.to)
    message_id(message.uid, sender)
    return Letter(sender, to, message.uid, partial(_whole, message, sender, to, head, now))


def _whole(message: Outgoing, sender: Address, to: Address, head: Letterhead, now: datetime) -> bytes:
    parts = [
        mime.text_part("text/plain", _plain(message, head)),
        mime.text_part("text/html", page.written(message, head)),
    ]
    kind, files = "alternative", list[bytes]()
    if message.calendar:
        entry = mime.in_base64(calendar.written(message.calendar, str(to), head.name, now))
        parts.append(mime.file_part(f"text/calendar; charset=utf-8; method={message.calendar.method}", entry))
        whole = mime.nested("alternative", f"=_a_{message.uid}", parts)
        kind, files = "mixed", [whole, mime.file_part(f"application/ics; name={FILE}", entry, FILE)]
    content, body = mime.several(kind, f"=_{message.uid}", files or parts)
    headers = (*_envelope(message, sender, to, head, now), *_leaving(message), *BY_ITSELF, ("MIME-Version", "1.0"))
    return mime.headed((*headers, content), body)


def plain(to: str, subject: str, text: str, uid: str, sender: Address, now: datetime) -> Letter:
    """A letter that is text alone. Raises as `written`."""
    message, found = Outgoing(uid, to, subject, text), address.read(to)
    headers = (*_envelope(message, sender, found, Letterhead(""), now), *BY_ITSELF, ("MIME-Version", "1.0"))
    lines = b"".join(f"{name}: {value}\r\n".encode() for name, value in headers)
    data = lines + mime.text_part("text/plain", text)
    return Letter(sender, found, uid, lambda: data)


def message_id(uid: str, sender: Address) -> str:
    """The same at every try, so that a mail program shows a letter once that came twice."""
    if not UID.fullmatch(uid):
        raise ValueError("no id")
    return f"<{uid}@{sender.domain}>"


def _envelope(
    message: Outgoing, sender: Address, to: Address, head: Letterhead, now: datetime
) -> Iterator[tuple[str, str]]:
    yield "From", mime.mailbox(head.name, str(sender))
    yield "To", str(to)
    yield "Subject", mime.words(message.subject, mime.LONGEST - len("Subject: "))
    yield "Date", format_datetime(now)
    yield "Message-ID", message_id(message.uid, sender)


def _leaving(message: Outgoing) -> Iterator[tuple[str, str]]:
    """How to get no more of these, for the mail program's own button (RFC 2369, RFC 8058)."""
    if message.unsubscribe:
        yield "List-Unsubscribe", f"<{mime.one_line(message.unsubscribe)}>"
        if message.unsubscribe.startswith("https://"):
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _plain(message: Outgoing, head: Letterhead) -> str:
    """The text, what can be done with its addresses, and who wrote it."""
    actions = "\n\n".join(f"{action.label}:\n{action.url}" for action in message.actions)
    leave = f"Não receber mais lembretes:\n{message.unsubscribe}" if message.unsubscribe else ""
    foot = f"-- \n{page.foot(head, asks=bool(message.actions))}\n"
    return "\n\n".join(part for part in (message.text.strip(), actions, leave, foot) if part)
