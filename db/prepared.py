"""Statements compiled once and then handed to the driver as text: for the few that run at each attempt to book.

SQLAlchemy looks its cache up anew for every execution, which costs as much as sending the statement.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import UpdateBase

from db.base import Table

Given = Mapping[str, Any]


class Prepared:
    """An INSERT, UPDATE or DELETE with named parameters. Rows and generated defaults are not its business."""

    def __init__(self, statement: UpdateBase, otherwise: Given | None = None) -> None:
        """`otherwise`: values of the parameters that are not given."""
        self._statement = statement
        self._otherwise = dict(otherwise or {})
        self._compiled: dict[str, tuple[str, Callable[[Given], Any]]] = {}

    def run(self, connection: Connection, given: Given) -> CursorResult[Any]:
        """Execute it; the result knows `rowcount` and `lastrowid`."""
        return connection.exec_driver_sql(*self.bound(connection.dialect, given))

    def bound(self, dialect: Dialect, given: Given) -> tuple[str, Any]:
        """The driver's text and parameters."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        text, bind = known
        return text, bind(given)

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[Given], Any]]:
        compiled: Any = self._statement.compile(dialect=dialect)
        convert = {name: _processor(bind.type, dialect) for name, bind in compiled.binds.items()}
        needed = [name for name, bind in compiled.binds.items() if bind.required]
        fixed = {name: convert[name](value) for name, value in compiled.params.items() if name not in needed}
        order = compiled.positiontup

        def bind(given: Given) -> Any:
            all_given = {**self._otherwise, **given}
            values = {**fixed, **{name: convert[name](all_given[name]) for name in needed}}
            return tuple(values[name] for name in order) if order else values

        return str(compiled), bind


def inserting(table: type[Table]) -> Prepared:
    """An INSERT of one row into a table that counts its keys itself; columns that are not given are NULL."""
    columns = [column.name for column in table.__table__.columns if not column.primary_key]
    statement = insert(table).values({name: bindparam(name) for name in columns})
    return Prepared(statement, dict.fromkeys(columns))


def _processor(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    found = kind.dialect_impl(dialect).bind_processor(dialect)
    return found or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
