"""Where mails lie that go nowhere: one file each, written and read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file, message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from clinic.clock import Clock
from clinic.media.email.letter import Letter
from clinic.media.outgoing import NotSent

NAME = "%Y%m%d-%H%M%S-%f"
SUFFIX = ".eml"


class FolderCarrier:
    """Writes letters as files, for who tries things out."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder: Path | None = folder
        self._folder, self._clock = folder, clock

    def carry(self, letter: Letter) -> str:
        """Write one .eml file, named by the moment and the letter's id. Raises NotSent."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = f"{self._clock().astimezone(UTC):{NAME}}-{letter.uid}"
            part = self._folder / f"{name}.part"
            part.write_bytes(letter.data)
            part.rename(part.with_suffix(SUFFIX))
        except OSError as error:
            raise NotSent(type(error).__name__, again=True) from None
        return ""

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail of the folder as a list shows it; `id` is its file's name without ".eml"."""

    id: str
    at: datetime
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One mail as a reader shows it: "" for what it does not have."""

    caught: Caught
    sender: str
    text: str
    html: str
    calendar: str


class MailFolder:
    """Reads what lies there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, count: int, after: int = 0) -> list[Caught]:
        """The newest first; `after` of them are passed over."""
        names = sorted((file.stem for file in self._files()), reverse=True)
        return [found for name in names[after : after + count] if (found := self._listed(name))]

    def count(self) -> int:
        """How many there are."""
        return sum(1 for _ in self._files())

    def open(self, mail_id: str) -> Opened | None:
        """One of them; None where there is none, or where it cannot be read."""
        at, file = _moment(mail_id), self._folder / f"{mail_id}{SUFFIX}"
        if at is None or file.parent != self._folder:
            return None
        try:
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        except OSError:
            return None
        assert isinstance(mail, EmailMessage)
        parts = (_part(mail, kind) for kind in ("text/plain", "text/html", "text/calendar"))
        return Opened(_caught(mail_id, at, mail), str(mail["From"]), *parts)

    def _files(self) -> Iterator[Path]:
        return self._folder.glob(f"*{SUFFIX}")

    def _listed(self, name: str) -> Caught | None:
        at = _moment(name)
        try:
            with (self._folder / f"{name}{SUFFIX}").open("rb") as file:
                mail = message_from_binary_file(file, policy=policy.default)
        except OSError:
            return None
        return _caught(name, at, mail) if at else None


def _moment(name: str) -> datetime | None:
    """When it was written; None for a name that is none of ours."""
    day, _, rest = name.partition("-")
    hour, _, rest = rest.partition("-")
    fraction, _, uid = rest.partition("-")
    try:
        at = datetime.strptime(f"{day}-{hour}-{fraction}", NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at if not uid or uid.replace("-", "").isalnum() else None


def _caught(name: str, at: datetime, mail: object) -> Caught:
    assert isinstance(mail, EmailMessage)
    return Caught(name, at, str(mail["To"] or ""), str(mail["Subject"] or ""))


def _part(mail: EmailMessage, kind: str) -> str:
    """The text of the first part of a kind."""
    for part in mail.walk():
        if part.get_content_type() == kind:
            return str(part.get_content())
    return ""
