"""A glance at a SQLite file without loading SQLAlchemy, which takes longer than all the rest of a start."""

import contextlib
import re
import sqlite3
from datetime import date
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = re.compile(r"^(down_revision|revision)\b[^=\n]*=\s*(?:[\"'](\w+)[\"']|None)", re.MULTILINE)
SCHEME = "sqlite:///"


def is_in_use(url: str) -> bool:
    """Whether a SQLite file has this version's tables and a clinic in them; False where that takes a longer look."""
    return _one(url, "SELECT version_num FROM alembic_version") == head() and bool(_one(url, "SELECT 1 FROM units"))


def made_on(url: str) -> date | None:
    """The day (UTC) on which the first patient was written; None where that takes a longer look."""
    first = _one(url, "SELECT min(created_at) FROM patients")
    return date.fromisoformat(str(first)[:10]) if first else None


def _one(url: str, question: str) -> object:
    file = Path(url.removeprefix(SCHEME))
    if not url.startswith(SCHEME) or "?" in url or not file.is_file():
        return None
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as database:
        row = database.execute(question).fetchone()
        return row[0] if row else None
    return None


def head(folder: Path = VERSIONS) -> str:
    """The newest revision: the one that no other comes after."""
    found: list[dict[str, str]] = [dict(REVISION.findall(file.read_text("utf-8"))) for file in folder.glob("[0-9]*.py")]
    [newest] = {one["revision"] for one in found} - {one["down_revision"] for one in found}
    return newest
