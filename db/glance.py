"""A glance at a SQLite file without loading SQLAlchemy, which takes longer than all the rest of a start."""

import contextlib
import re
import sqlite3
from pathlib import Path

VERSIONS = Path(__file__).parent / "migrations" / "versions"
REVISION = re.compile(r"^(down_revision|revision)\b[^=\n]*=\s*(?:[\"'](\w+)[\"']|None)", re.MULTILINE)
SCHEME = "sqlite:///"


def is_in_use(url: str) -> bool:
    """Whether a SQLite file has this version's tables and a clinic in them; False where that takes a longer look."""
    file = Path(url.removeprefix(SCHEME))
    if not url.startswith(SCHEME) or "?" in url or not file.is_file():
        return False
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as database:
        revision = database.execute("SELECT version_num FROM alembic_version").fetchone()
        clinic = database.execute("SELECT 1 FROM units LIMIT 1").fetchone()
        return bool(revision and clinic and revision[0] == head())
    return False


def head(folder: Path = VERSIONS) -> str:
    """The newest revision: the one that no other comes after."""
    found: list[dict[str, str]] = [dict(REVISION.findall(file.read_text("utf-8"))) for file in folder.glob("[0-9]*.py")]
    [newest] = {one["revision"] for one in found} - {one["down_revision"] for one in found}
    return newest
