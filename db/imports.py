"""Files of a manager's that are taken over line by line, and what each line did: enough to take it back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class Import(Table):
    """A file that was sent: tried, then carried out in batches, then perhaps undone.

    `status`: tried, running, done, undoing, undone. `turn` counts the batches; whoever carries one out holds the row.
    """

    __tablename__ = "imports"
    id: Mapped[Id]
    sort: Mapped[str] = mapped_column(BinText(12))
    file_name: Mapped[str]
    digest: Mapped[str] = mapped_column(BinText(64), index=True)
    ignored: Mapped[list[str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(BinText(10), default="tried", index=True)
    lines: Mapped[int]
    turn: Mapped[int] = mapped_column(default=0)
    by: Mapped[str] = mapped_column(BinText(60))
    created_at: Mapped[datetime] = mapped_column(index=True)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportRow(Table):
    """One line of a file. `verdict`: new, changed, same or wrong; `state`: waiting, done, failed, undone or kept.

    `before` and `after`: what was on file, and what this line made of it.
    """

    __tablename__ = "import_rows"
    import_id: Mapped[int] = mapped_column(Ref, ForeignKey("imports.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[dict[str, str]] = mapped_column(JSON)
    verdict: Mapped[str] = mapped_column(BinText(8))
    state: Mapped[str] = mapped_column(BinText(8), default="waiting")
    problems: Mapped[dict[str, str]] = mapped_column(JSON)
    entity_id: Mapped[int | None] = mapped_column(Ref)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    __table_args__ = (Index("ix_import_rows_import_state_verdict", "import_id", "state", "verdict"), OPTIONS)
