"""Statements compiled once and then handed to the driver as text: for those that run in every call.

SQLAlchemy looks its cache up anew for every execution, which costs as much as sending the statement.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, literal
from sqlalchemy.engine import Dialect

from db import driver
from db.base import Table

Given = Mapping[str, Any]


class _Compiled:
    """A statement with named parameters, as text for each dialect it is used with."""

    def __init__(self, statement: Any, otherwise: Given | None = None) -> None:
        """`otherwise`: values of the parameters that are not given."""
        self.statement: Any = statement
        self._otherwise = dict(otherwise or {})
        self._compiled: dict[str, tuple[str, Callable[[Given], Any]]] = {}

    def bound(self, dialect: Dialect, given: Given) -> tuple[str, Any]:
        """The driver's text and parameters."""
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = self._compile(dialect)
        text, bind = known
        return text, bind(given)

    def _compile(self, dialect: Dialect) -> tuple[str, Callable[[Given], Any]]:
        compiled: Any = self.statement.compile(dialect=dialect)
        convert = {name: _processor(bind.type, dialect) for name, bind in compiled.binds.items()}
        needed = [name for name, bind in compiled.binds.items() if bind.required]
        fixed = {name: convert[name](value) for name, value in compiled.params.items() if name not in needed}
        order = compiled.positiontup

        def bind(given: Given) -> Any:
            all_given = {**self._otherwise, **given}
            values = {**fixed, **{name: convert[name](all_given[name]) for name in needed}}
            return tuple(values[name] for name in order) if order else values

        return str(compiled), bind


class Prepared(_Compiled):
    """An INSERT, UPDATE or DELETE. Rows and generated defaults are not its business."""

    def run(self, connection: Connection, given: Given) -> Any:
        """Execute it; the result knows `rowcount` and `lastrowid`."""
        return driver.execute(connection, *self.bound(connection.dialect, given))


class Query(_Compiled):
    """A SELECT; its rows are named tuples. Lists of values in it are written with `among`."""

    def __init__(self, statement: Any) -> None:
        super().__init__(statement)
        columns = statement.selected_columns
        self._row: Any = namedtuple("Row", columns.keys(), rename=True)  # type: ignore[misc]
        self._types = [column.type for column in columns]
        self._readers: dict[str, list[tuple[int, Callable[[Any], Any]]]] = {}

    def run(self, connection: Connection, given: Given) -> list[Any]:
        """All its rows, within a transaction."""
        cursor = driver.execute(connection, *self.bound(connection.dialect, given))
        return self.rows(connection.dialect, cursor.fetchall())

    def rows(self, dialect: Dialect, found: Iterable[Sequence[Any]]) -> list[Any]:
        """What the driver found, as rows."""
        readers = self._readers.get(dialect.name)
        if readers is None:
            readers = self._readers[dialect.name] = self._find_readers(dialect)
        return [self._read(row, readers) for row in found]

    def _read(self, row: Sequence[Any], readers: list[tuple[int, Callable[[Any], Any]]]) -> Any:
        values = list(row)
        for place, reader in readers:
            values[place] = reader(values[place])
        return self._row._make(values)

    def _find_readers(self, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
        found = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in self._types]
        return [(place, reader) for place, reader in enumerate(found) if reader]


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of these; each has a parameter of its own, so that the text is always the same."""
    found: ColumnElement[bool] = column.in_([literal(value) for value in values])
    return found


def inserting(table: type[Table]) -> Prepared:
    """An INSERT of one row into a table that counts its keys itself; columns that are not given are NULL."""
    columns = [column.name for column in table.__table__.columns if not column.primary_key]
    statement = insert(table).values({name: bindparam(name) for name in columns})
    return Prepared(statement, dict.fromkeys(columns))


class Insert:
    """An INSERT of one row; columns that are not given, or None, are left to be NULL."""

    def __init__(self, table: type[Table]) -> None:
        self._table = table
        self._prepared: dict[tuple[str, ...], Prepared] = {}

    def run(self, connection: Connection, given: Given) -> int:
        """Write it; the new row's id."""
        there = {name: value for name, value in given.items() if value is not None}
        names = tuple(there)
        known = self._prepared.get(names)
        if known is None:
            values: dict[str, Any] = {name: bindparam(name) for name in names}
            known = self._prepared[names] = Prepared(insert(self._table).values(values))
        return int(known.run(connection, there).lastrowid)


def _processor(kind: Any, dialect: Dialect) -> Callable[[Any], Any]:
    found = kind.dialect_impl(dialect).bind_processor(dialect)
    return found or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
