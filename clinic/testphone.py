"""The telephone without Asterisk, as a page sees it.

Whoever plays Asterisk's side of the wire (``agi/phone.py``) fulfils `Phone`; the page shows and sounds what the events
say. So pages and telephone know this file and not each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

UNIQUEID = "telefone."
"""The uniqueid of a call from a test telephone begins so: no Asterisk knows of it."""

Kind = Literal[
    "ringing",  # dialled, nobody has answered yet
    "answered",  # the call clock starts
    "heard",  # `prompt` starts to sound now and lasts `seconds`
    "cut",  # what was sounding stopped, because a key was pressed
    "waiting",  # nothing sounds; a key is awaited (`seconds`: how long, 0 when unknown)
    "recording",  # after the beep: the caller is being recorded, `seconds` at most
    "recorded",  # the recording ended
    "transferred",  # the menus ended; the dialplan goes on at `detail` ("reception"): a person, or the voicemail
    "ended",  # the last event; `detail` says by whom: "clinic", "caller" or "lost" (the server went away)
]


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """Something that happened on a line. `id` counts up from 1 within the line, `at` is seconds since it was opened."""

    id: int
    kind: Kind
    at: float
    prompt: str = ""
    slow: bool = False
    seconds: float = 0.0
    detail: str = ""


class NoSuchLine(Exception):
    """The line never existed, or ended long ago."""


class Unreachable(Exception):
    """The FastAGI server does not answer; `address` is where it was looked for ("127.0.0.1:4573")."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class TooManyLines(Exception):
    """All test lines are taken."""


class Phone(Protocol):
    """Lines into the voice menus. A line lives in this process; all methods may be called from any greenlet."""

    def open(self, caller: str = "") -> str:
        """Dial the clinic and return the line's id (hard to guess). Raises Unreachable, TooManyLines."""

    def press(self, line: str, key: str) -> None:
        """Press one of ``0123456789*#``; ignored once the call has ended. Raises NoSuchLine, ValueError."""

    def hang_up(self, line: str) -> None:
        """The caller hangs up; harmless when the call has ended already. Raises NoSuchLine."""

    def events(self, line: str, after: int = 0) -> Iterator[PhoneEvent | None]:
        """The events with an id above `after`, each as it happens; ends after "ended". Raises NoSuchLine.

        None comes about every ten seconds while nothing happens, so that whoever passes the events on notices when
        nobody listens any more. A line to which nobody listens for half a minute hangs up by itself.
        """


class Sounds(Protocol):
    """Finds the recording and the words of a prompt id, names included."""

    def wav(self, prompt_id: str, slow: bool = False) -> Path | None:
        """The WAV file, or None when there is no such prompt."""

    def text(self, prompt_id: str) -> str:
        """The words that are heard; "" for a pause or an unknown id."""


@dataclass(frozen=True, slots=True)
class TryPatient:
    """A patient of the demo clinic whom a visitor may play; CPF as eleven digits, `hint` says what there is to try."""

    name: str
    cpf: str
    birth_date: date
    hint: str = ""
