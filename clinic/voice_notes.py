"""What callers say and we keep: complaints, messages, names, reasons. The row comes first: a hang-up keeps it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from clinic.clock import Clock
from clinic.people import Person
from db.session import Database
from db.tables import VoiceNote

SHARED = 0o2770
"""What a folder must allow where Asterisk writes: its group may, and its files belong to that group."""


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note about to be recorded; `path` has no extension yet, Asterisk adds it."""

    id: int
    path: Path


@dataclass(frozen=True, slots=True)
class VoiceNoteInfo:
    """A note; `path` of its file, None when that is past its time; `seconds` 0 when nothing, or an unknown length, was
    recorded."""

    id: int
    kind: str
    path: Path | None
    seconds: int
    protocol: str | None
    call_uniqueid: str | None
    appointment_id: int | None
    created_at: datetime


class VoiceNotes:
    """Rows here, files in the recordings folder of the spool."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self._database, self._folder, self._clock = database, folder, clock

    def begin(
        self,
        kind: str,
        call_uniqueid: str,
        protocol: str | None = None,
        person: Person | None = None,
        appointment_id: int | None = None,
    ) -> NewNote:
        """Somebody is about to speak; `kind`: complaint, message, name or cancel_reason."""
        path = self._folder / f"{self._clock():%Y-%m-%d}" / f"{kind}-{_safe(call_uniqueid)}-{self._clock():%H%M%S%f}"
        _open_to_asterisk(path.parent)
        note_id = self.add(kind, f"{path}.wav", 0, call_uniqueid, protocol, person, appointment_id)
        return NewNote(note_id, path)

    def recorded(self, note_id: int, seconds: int) -> None:
        """It was spoken, so long."""
        self._database.change(update(VoiceNote).where(VoiceNote.id == note_id).values(seconds=seconds))

    def drop(self, note_id: int) -> None:
        """Nothing was said, or it was taken back: neither row nor file."""
        row = self._database.first(select(VoiceNote.path).where(VoiceNote.id == note_id))
        if row is not None:
            self._database.change(delete(VoiceNote).where(VoiceNote.id == note_id))
            (self._folder / row.path).unlink(missing_ok=True)

    def add(
        self,
        kind: str,
        path: str | Path,
        seconds: int,
        call_uniqueid: str,
        protocol: str | None = None,
        person: Person | None = None,
        appointment_id: int | None = None,
    ) -> int:
        """Keep a note whose file is there; its id."""
        inside = Path(path)
        kept = inside.relative_to(self._folder) if inside.is_relative_to(self._folder) else inside
        columns = person.columns if person else {}
        values = {
            "kind": kind, "path": str(kept), "seconds": seconds, "call_uniqueid": call_uniqueid[:64],
            "protocol": protocol, "appointment_id": appointment_id, "created_at": self._clock(), **columns,
        }  # fmt: skip
        return self._database.change(insert(VoiceNote).values(**values)).lastrowid

    def list(self, limit: int = 50) -> list[VoiceNoteInfo]:
        """The newest first, with the whole path of each."""
        columns = select(
            VoiceNote.id, VoiceNote.kind, VoiceNote.path, VoiceNote.seconds, VoiceNote.protocol,
            VoiceNote.call_uniqueid, VoiceNote.appointment_id, VoiceNote.created_at,
        )  # fmt: skip
        rows = self._database.rows(columns.order_by(VoiceNote.id.desc()).limit(limit))
        return [VoiceNoteInfo(row.id, row.kind, self._path(row.path), *row[3:]) for row in rows]

    def _path(self, kept: str) -> Path | None:
        return self._folder / kept if kept else None


def _safe(uniqueid: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in uniqueid)[:60]


def _open_to_asterisk(folder: Path) -> None:
    """Make the day's folder, writable for the group whatever our umask is: Asterisk runs as another user."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(SHARED)
