"""What every medium takes and what it answers: one message to one address, sent or not.

A medium is a package of this folder. All look alike: ``medium.py`` sends, ``incoming.py`` reads what comes back where
something does, and ``nowhere.py`` or a folder takes its place where nothing shall leave this machine.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader may do by one click: the words of the button, and a whole https address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """The appointment as a calendar keeps it: the same `uid` always, `sequence` grows with every change.

    `starts_at` and `ends_at` are aware; `zone` is the unit's ("America/Sao_Paulo"); `organizer` is an e-mail address.
    """

    uid: str
    sequence: int
    method: Literal["REQUEST", "CANCEL"]
    starts_at: datetime
    ends_at: datetime
    summary: str
    place: str
    zone: str
    organizer: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message. `uid`: 32 hex digits, the same at every try; `unsubscribe`: an https address, or "" for none.

    `to` is what the medium knows people by: an e-mail address, a number in E.164 without "+", a program's number.
    `attempt` counts the tries.
    """

    uid: str
    to: str
    subject: str
    text: str
    actions: tuple[Action, ...] = ()
    calendar: CalendarEntry | None = None
    unsubscribe: str = ""
    attempt: int = 1


class NotSent(Exception):
    """It was not taken. `reason` is a code that names nobody; `again` tells whether another try may help. `status`: of
    a mail server that says more (RFC 3463), as "5.1.1" of an address nobody has; else "". `of_address`: it was said of
    this address, and may not be so of others.
    """

    def __init__(self, reason: str, *, again: bool, status: str = "", of_address: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.again, self.status, self.of_address = reason, again, status, of_address


class Medium(Protocol):
    """Whatever carries messages; one of them may be used by several threads."""

    @property
    def name(self) -> str:
        """By what the rows of the outbox call it: "email", "sms", "webhook"."""

    def send(self, message: Outgoing) -> str:
        """Hand it over; the provider's id, or "". Raises NotSent.

        Twice with the same `uid` is once for the reader wherever the provider can tell.
        """
