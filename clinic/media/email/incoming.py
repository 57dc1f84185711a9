"""What mail servers report about letters of ours that they could not deliver (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

OURS = re.compile(r"<?([0-9a-f]{32})(?:@[^\s<>]+)?>?")
STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])")
XTEXT = re.compile(r"\+(2B|3D)")
"""How "+" and "=" of an address were written when it was handed over; some reports repeat it so."""
UNKNOWN = "5.0.0"
HEADERS = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
)


@dataclass(frozen=True, slots=True)
class Bounced:
    """One letter that did not arrive, or not yet.

    `uid` is the letter's, which only who got it (or carried it) knows: a report nobody could have made up. `status`:
    RFC 3463, "5.1.1" is an unknown mailbox. `failed`: for good; else it is still being tried.
    """

    uid: str
    recipient: str
    status: str
    failed: bool


def bounces(raw: bytes) -> tuple[Bounced, ...]:
    """What a mail reports of letters of ours; nothing where it is no report, or none of ours."""
    mail = message_from_bytes(raw)
    blocks = [block for part in mail.walk() if part.get_content_type() in _REPORTS for block in _blocks(part)]
    uid = _uid(mail, blocks)
    return tuple(_told(uid, blocks)) if uid else ()


_REPORTS = ("message/delivery-status", "message/global-delivery-status")


def _blocks(part: Message) -> Iterator[Message]:
    """The fields of a report: first those of the letter, then those of each recipient."""
    found = part.get_payload()
    return (block for block in found if isinstance(block, Message)) if isinstance(found, list) else iter(())


def _uid(mail: Message, blocks: list[Message]) -> str:
    """Our id: as we gave it to the server, or out of what came back of the letter."""
    told = (block.get(name) for block in blocks for name in ("Original-Envelope-Id", "X-Original-Message-ID"))
    returned = (part.get("Message-ID") for part in _returned(mail))
    answered = (mail.get(name) for name in ("In-Reply-To", "References")) if blocks else iter(())
    found = (OURS.fullmatch(str(one).strip()) for one in (*told, *returned, *answered) if one)
    return next((one[1] for one in found if one), "")


def _returned(mail: Message) -> Iterator[Message]:
    """The letter that comes back, or its headers."""
    for part in mail.walk():
        if part.get_content_type() in HEADERS:
            inside = part.get_payload()
            if isinstance(inside, list):
                yield from (one for one in inside if isinstance(one, Message))
            else:
                yield message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]


def _told(uid: str, blocks: list[Message]) -> Iterator[Bounced]:
    for block in blocks:
        action, recipient = str(block.get("Action", "")).strip().lower(), _recipient(block)
        if recipient and action in ("failed", "delayed"):
            yield Bounced(uid, recipient, _status(block), action == "failed")


def _status(block: Message) -> str:
    """Why; where it says only that it failed, as Exim does, what the other server answered."""
    status, answer = (STATUS.search(str(block.get(name, ""))) for name in ("Status", "Diagnostic-Code"))
    if status and not status[0].endswith(".0.0"):
        return status[0]
    return next((one[0] for one in (answer, status) if one), UNKNOWN)


def _recipient(block: Message) -> str:
    """The address we sent it to, where the report remembers it, else where it ended."""
    original = _address(block.get("Original-Recipient"))
    return XTEXT.sub(lambda found: chr(int(found[1], 16)), original) or _address(block.get("Final-Recipient"))


def _address(told: object) -> str:
    return str(told or "").rpartition(";")[2].strip().strip("<>")
