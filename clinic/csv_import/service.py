"""Imports: a file is tried, carried out in batches, each one transaction, and taken back as long as that can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.csv_import.columns import Sort
from clinic.csv_import.doctors import DoctorLines
from clinic.csv_import.hours import HoursLines
from clinic.csv_import.patients import PatientLines
from clinic.csv_import.reading import File, Row, read
from clinic.csv_import.verdicts import USED_OTHERWISE, Done, Lines, Refused, Verdict
from clinic.csv_import.visits import VisitLines
from clinic.roster import Rosters
from clinic.schedules import Schedules
from clinic.written import one_line
from db.session import Database
from db.tables import Import, ImportRow

BATCH: Mapping[Sort, int] = {"patients": 100, "doctors": 50, "hours": 5, "visits": 50}
"""Lines in one transaction: short enough that nobody at the telephone waits for it. Hours make their slots anew."""
BATCHES_AT_ONCE = 20
JUDGED_AT_ONCE = 200
KEPT = timedelta(days=30)
TRIED_KEPT = timedelta(days=2)
DOES = ("new", "changed")
MEANWHILE = "Alguém gravou este registro no mesmo instante. Mande o arquivo de novo."
UNDER_WAY = ("running", "undoing")


@dataclass(frozen=True, slots=True)
class ImportInfo:
    """An import as pages show it; `status` as in db.imports."""

    id: int
    sort: Sort
    file_name: str
    ignored: list[str]
    status: str
    lines: int
    by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    undone_at: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class LineInfo:
    """One line of it."""

    line: int
    cells: dict[str, str]
    verdict: str
    state: str
    problems: dict[str, str]


_I, _R = Import, ImportRow
INFO = select(
    _I.id, _I.sort, _I.file_name, _I.ignored, _I.status, _I.lines, _I.by, _I.created_at, _I.started_at, _I.ended_at,
    _I.undone_at, _I.digest,
)  # fmt: skip
LINES = select(_R.line, _R.cells, _R.verdict, _R.state, _R.problems).order_by(_R.line)


class CsvImports:
    """Whoever imports is named by `by` ("user:12")."""

    def __init__(
        self, database: Database, rosters: Rosters, schedules: Schedules, audit: AuditTrail, clock: Clock
    ) -> None:
        self._database, self._rosters, self._schedules = database, rosters, schedules
        self._audit, self._clock = audit, clock

    def try_out(self, sort: Sort, file_name: str, content: bytes, by: str) -> int:
        """Read a file and find out what each line would do; nothing else happens. The id. Raises Unreadable."""
        file, now = read(content, sort), self._clock()
        head = {
            "sort": sort, "file_name": one_line(file_name)[:255], "digest": sha256(content).hexdigest(), "by": by,
            "ignored": list(file.ignored), "lines": len(file.rows), "created_at": now,
        }  # fmt: skip
        with self._database.read() as connection:
            verdicts = self._judged(connection, sort, file, by)

        def work(connection: Connection) -> int:
            new = int(connection.execute(insert(_I).values(**head)).lastrowid)
            rows = [_row(new, row, verdict) for row, verdict in zip(file.rows, verdicts, strict=True)]
            connection.execute(insert(_R), rows)
            return new

        return self._database.write(work)

    def latest(self, limit: int = 30) -> Sequence[ImportInfo]:
        """The newest first; files that were only tried too."""
        return [_info(row) for row in self._database.rows(INFO.order_by(_I.id.desc()).limit(limit))]

    def get(self, import_id: int) -> ImportInfo:
        """One of them. Raises KeyError."""
        row = self._database.first(INFO.where(_I.id == import_id))
        if row is None:
            raise KeyError(import_id)
        return _info(row)

    def before(self, one: ImportInfo) -> ImportInfo | None:
        """The same file, imported earlier and not undone."""
        same = INFO.where(
            _I.digest == one.digest, _I.sort == one.sort, _I.id < one.id, _I.status.in_(("running", "done"))
        )
        row = self._database.first(same.order_by(_I.id.desc()))
        return _info(row) if row else None

    def counts(self, import_id: int) -> dict[tuple[str, str], int]:
        """How many lines there are, by verdict and state."""
        counted = select(_R.verdict, _R.state, func.count()).where(_R.import_id == import_id)
        rows = self._database.rows(counted.group_by(_R.verdict, _R.state))
        return {(verdict, state): count for verdict, state, count in rows}

    def lines(self, import_id: int, limit: int, *, with_problems: bool) -> Sequence[LineInfo]:
        """The first lines; or the first of those that are wrong, failed, or could not be taken back."""
        wanted = LINES.where(_R.import_id == import_id)
        if with_problems:
            wanted = wanted.where((_R.verdict == "wrong") | _R.state.in_(("failed", "kept")))
        return [LineInfo(*row) for row in self._database.rows(wanted.limit(limit))]

    def start(self, import_id: int, by: str) -> bool:
        """Carry it out; the first batch at once, the rest behind the page, and so all lines of hours, which take long.

        False where somebody has started it.
        """
        began = (
            update(_I)
            .where(_I.id == import_id, _I.status == "tried")
            .values(status="running", started_at=self._clock())
        )
        return self._begun(import_id, began, by, "import.started")

    def undo(self, import_id: int, by: str) -> bool:
        """Take back what can be; False where it is not done, or is being taken back already."""
        began = update(_I).where(_I.id == import_id, _I.status == "done").values(status="undoing")
        return self._begun(import_id, began, by, "import.undone")

    def go_on(self) -> int:
        """The worker's part: batches of whatever is under way; how many lines were dealt with."""
        waiting = self._database.first(select(_I.id).where(_I.status.in_(UNDER_WAY)).order_by(_I.id))
        return sum(self._batch(waiting.id) for _ in range(BATCHES_AT_ONCE)) if waiting else 0

    def forget_old(self) -> int:
        """Every night: files only tried two days ago; the lines of imports that ended a month ago."""
        now = self._clock()
        tried = select(_I.id).where(_I.status == "tried", _I.created_at < now - TRIED_KEPT)
        ended = select(_I.id).where(_I.status.in_(("done", "undone")), _I.ended_at < now - KEPT)
        rows = delete(_R).where(_R.import_id.in_(tried) | _R.import_id.in_(ended))
        gone = self._database.change(rows).rowcount
        self._database.change(delete(_I).where(_I.status == "tried", _I.created_at < now - TRIED_KEPT))
        return gone

    def _begun(self, import_id: int, began: Any, by: str, action: str) -> bool:
        if not self._database.change(began).rowcount:
            return False
        self._audit.add(by, action, "import", import_id)
        if self.get(import_id).sort != "hours":
            self._batch(import_id)
        return True

    def _judged(self, connection: Connection, sort: Sort, file: File, by: str) -> list[Verdict]:
        lines = self._lines_of(connection, sort, by)
        starts = range(0, len(file.rows), JUDGED_AT_ONCE)
        return [one for start in starts for one in lines.judge(file.rows[start : start + JUDGED_AT_ONCE])]

    def _lines_of(self, connection: Connection, sort: Sort, by: str) -> Lines:
        roster, now = self._rosters.get(), self._clock()
        if sort == "patients":
            return PatientLines(connection, roster, now)
        if sort == "doctors":
            return DoctorLines(connection, roster, now)
        if sort == "hours":
            return HoursLines(connection, roster, now, self._schedules)
        return VisitLines(connection, roster, now, by)

    def _batch(self, import_id: int) -> int:
        """One transaction; 0 when there is nothing left to do. What stands in it is there, or none of it is."""
        self._rosters.forget()
        dealt = self._database.write(lambda connection: self._worked(connection, import_id))
        self._rosters.forget()
        return dealt

    def _worked(self, connection: Connection, import_id: int) -> int:
        mine = update(_I).where(_I.id == import_id, _I.status.in_(UNDER_WAY)).values(turn=_I.turn + 1)
        if not connection.execute(mine).rowcount:
            return 0
        one = _info(connection.execute(INFO.where(_I.id == import_id)).one())
        undoing = one.status == "undoing"
        rows = connection.execute(_waiting(import_id, undoing).limit(BATCH[one.sort])).all()
        for row in rows:
            if undoing:
                self._take_back(connection, one, row)
            else:
                self._carry_out(connection, one, row)
        if len(rows) < BATCH[one.sort]:
            connection.execute(update(_I).where(_I.id == import_id).values(**_ended(undoing, self._clock())))
        return len(rows)

    def _carry_out(self, connection: Connection, one: ImportInfo, row: Any) -> None:
        """Judged again: others may have been at work since it was tried."""
        lines = self._lines_of(connection, one.sort, one.by)
        [verdict] = lines.judge([Row(row.line, row.cells)])
        if verdict.kind in ("wrong", "same"):
            _mark(connection, one.id, row.line, "failed" if verdict.kind == "wrong" else "done",
                  verdict=verdict.kind, problems=verdict.problems)  # fmt: skip
            return
        try:
            with connection.begin_nested():
                done = lines.carry_out(verdict)
        except Refused as refused:
            _mark(connection, one.id, row.line, "failed", problems={refused.column: refused.why})
        except IntegrityError:
            _mark(connection, one.id, row.line, "failed", problems={"": MEANWHILE})
        else:
            what = {"entity_id": done.entity_id, "before": done.before, "after": done.after}
            _mark(connection, one.id, row.line, "done", verdict=verdict.kind, **what)

    def _take_back(self, connection: Connection, one: ImportInfo, row: Any) -> None:
        lines = self._lines_of(connection, one.sort, one.by)
        try:
            with connection.begin_nested():
                lines.take_back(Done(row.entity_id, row.before, row.after))
        except Refused as refused:
            _mark(connection, one.id, row.line, "kept", problems={"": refused.why})
        except IntegrityError:
            _mark(connection, one.id, row.line, "kept", problems={"": USED_OTHERWISE})
        else:
            _mark(connection, one.id, row.line, "undone")


def _waiting(import_id: int, undoing: bool) -> Any:
    """The next lines, from the top; from the bottom where they are taken back."""
    columns = select(_R.line, _R.cells, _R.entity_id, _R.before, _R.after)
    wanted = columns.where(_R.import_id == import_id, _R.verdict.in_(DOES))
    wanted = wanted.where(_R.state == ("done" if undoing else "waiting"))
    return wanted.order_by(_R.line.desc() if undoing else _R.line)


def _mark(connection: Connection, import_id: int, line: int, state: str, **values: Any) -> None:
    mine = update(_R).where(_R.import_id == import_id, _R.line == line)
    connection.execute(mine.values(state=state, **values))


def _ended(undoing: bool, now: datetime) -> dict[str, Any]:
    return {"status": "undone", "undone_at": now} if undoing else {"status": "done", "ended_at": now}


def _row(import_id: int, row: Row, verdict: Verdict) -> dict[str, Any]:
    return {
        "import_id": import_id, "line": row.line, "cells": row.cells, "verdict": verdict.kind,
        "problems": verdict.problems,
    }  # fmt: skip


def _info(row: Any) -> ImportInfo:
    return ImportInfo(*row)
