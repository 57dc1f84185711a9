"""How long what was spoken is kept: every night what is past its time is deleted, and nothing before it.

Calls that were recorded are in the folder `calls` of the spool's recordings; everything else there is a message, a
complaint, a name or a reason. The row of a voice note stays, with its protocol; only the voice goes.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from clinic.clock import Clock
from clinic.profile import Profiles
from clinic.settings import Settings
from db.session import Database
from db.tables import VoiceNote

CALLS = "calls"
LAW_CALLS = 90
LAW_MESSAGES = 2 * 365 + 1 + 7
"""Decreto 11.034/2022, for operators: a recorded call 90 days; the record of a demand two years after it is resolved,
which takes at most seven days (art. 13)."""
FOLDERS_STAY = timedelta(days=2)
"""A day's folder that is empty is not removed while somebody may still be about to speak into it."""


class Retention:
    """Deletes files of the spool. How many days they are kept the installation sets; an operator's have a floor."""

    def __init__(self, database: Database, settings: Settings, profiles: Profiles, clock: Clock) -> None:
        self._database, self._profiles, self._clock = database, profiles, clock
        self._folder = settings.recordings_folder
        self._call_days, self._message_days = settings.recordings_days, settings.messages_days

    def clean(self) -> int:
        """Delete what is past its time; how many recordings there were. Safe to repeat."""
        calls, messages = self._until(self._call_days, LAW_CALLS), self._until(self._message_days, LAW_MESSAGES)
        done = 0
        for file in list(_files(self._folder)):
            until = calls if self._folder / CALLS in file.parents else messages
            done += _deleted(file, until)
        self._forget(messages)
        _remove_empty(self._folder, self._clock() - FOLDERS_STAY)
        return done

    def _until(self, days: int, by_law: int) -> datetime:
        """What is older than this goes."""
        floor = by_law if self._profiles.get().operadora else 0
        return self._clock() - timedelta(days=max(days, floor))

    def _forget(self, until: datetime) -> None:
        """A note whose voice is gone names no file any more."""
        gone = update(VoiceNote).where(VoiceNote.created_at < until, VoiceNote.path != "")
        self._database.change(gone.values(path=""))


def _files(folder: Path) -> Iterator[Path]:
    """All files below, unfinished ones as well."""
    for place, _folders, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _deleted(file: Path, until: datetime) -> bool:
    """Whether it was older, and is gone. A file somebody else took away meanwhile is no harm."""
    with suppress(FileNotFoundError):
        about = file.lstat()
        if stat.S_ISREG(about.st_mode) and datetime.fromtimestamp(about.st_mtime, UTC) < until:
            file.unlink()
            return True
    return False


def _remove_empty(folder: Path, before: datetime) -> None:
    """The folders of days of which nothing is left."""
    for day in folder.iterdir() if folder.is_dir() else ():
        if day.is_dir() and day.name != CALLS and datetime.fromtimestamp(day.stat().st_mtime, UTC) < before:
            with suppress(OSError):  # something is left in it
                day.rmdir()
