"""The way to the database: reads, single statements and short transactions, tried again where others were in the way.

No ORM session: statements name columns, rows are mapped to dataclasses by whoever asks.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import URL, Connection, Executable, Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.selectable import TypedReturnsRows

from db import driver
from db.batch import ask_together, run_all
from db.engines import Engines, database_url, make_engines
from db.pool import Stack
from db.prepared import Prepared, Query
from db.retry import OutcomeUnknown, contended, lost, pauses

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Params = dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What one statement did: how many rows it changed, and the id of the row it inserted."""

    rowcount: int
    lastrowid: int


class Database:
    """One database. Works in threads and in gevent processes; engines open connections when first used."""

    def __init__(self, url: str, pool_size: int = 30, overflow: int = 0) -> None:
        self.url: URL = database_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._engines: Engines = make_engines(self.url, pool_size, overflow)
        self._driver_error = self._engines.single.dialect.loaded_dbapi.Error
        self._one_writer = threading.Lock()  # SQLite has one writer; ours queue here, not in its file lock

    @property
    def is_mysql(self) -> bool:
        """MySQL itself, which is not MariaDB; known once a connection was made, False before."""
        dialect: Any = self._engines.single.dialect
        connected = getattr(dialect, "server_version_info", None) is not None
        return not self.sqlite and connected and not dialect.is_mariadb

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection on which each statement stands alone (no transaction is left open)."""
        with self._engines.single.connect() as connection:
            yield connection

    def ask(self, query: Query, params: dict[str, Any]) -> Sequence[Any]:
        """All rows of a query that is asked in every call; as `rows`, with nothing of SQLAlchemy but its pool."""
        engine = self._engines.single
        found = self._by_driver(*query.bound(engine.dialect, params), lambda cursor: cursor.fetchall())
        return self.rows(query.statement, params) if found is None else query.rows(engine.dialect, found)

    def ask_all(self, *steps: tuple[Query, dict[str, Any]]) -> list[Sequence[Any]]:
        """The rows of several queries, in one round trip where the driver can send them together.

        As `ask`, with nothing of SQLAlchemy but its pool.
        """
        if not self.sqlite and (found := self._together(*steps)) is not None:
            return found

        def once() -> list[Sequence[Any]]:
            with self.read() as connection:
                return run_all(connection, *steps)

        return self._patiently(once)

    def rows(self, statement: TypedReturnsRows[*Ts], params: Params = None) -> Sequence[Row[*Ts]]:
        """All rows of one query; asked again on a new connection when the old one was lost."""
        return self._patiently(lambda: self._rows(statement, params))

    def first(self, statement: TypedReturnsRows[*Ts], params: Params = None) -> Row[*Ts] | None:
        """The first row of one query, or None."""
        return self._patiently(lambda: self._first(statement, params))

    def claim(self, statement: Prepared, params: dict[str, Any]) -> int:
        """How many rows one conditional UPDATE changed, committed at once; it must be one that may run twice.

        The cheapest way to lose against somebody else: nothing of SQLAlchemy but its pool.
        """
        text, bound = statement.bound(self._engines.single.dialect, params)
        with self._turn():
            changed = self._by_driver(text, bound, lambda cursor: int(cursor.rowcount))
        return self.change(statement, params).rowcount if changed is None else changed

    def claim_soon(self, statement: Prepared, params: dict[str, Any]) -> Callable[[], int]:
        """As `claim`, but only sent off; what is returned waits for the answer, and must be called, once.

        A connection is in use until then, and whoever sent it can do something else meanwhile.
        """
        if self.sqlite:
            changed = self.claim(statement, params)
            return lambda: changed
        sent = driver.Sent(self._taken(), *statement.bound(self._engines.single.dialect, params))

        def answer() -> int:
            try:
                found = sent.rowcount()
            finally:
                self._pool.give(sent.record)
            return self.change(statement, params).rowcount if found is None else found

        return answer

    def _by_driver(self, text: str, bound: Any, result: Callable[[Any], T]) -> T | None:
        """What came of one statement; None when it failed, whatever it was: again, on another connection, patiently."""
        record = self._taken()
        try:
            cursor = record.dbapi_connection.cursor()
            cursor.execute(text, bound)
            return result(cursor)
        except self._driver_error:
            record.invalidate()
            return None
        except BaseException:  # killed in the middle: the answer may still be on its way
            record.invalidate()
            raise
        finally:
            self._pool.give(record)

    def _together(self, *steps: tuple[Query, dict[str, Any]]) -> list[Sequence[Any]] | None:
        """The same by the driver; None when it failed, whatever it was: again, on another connection, patiently."""
        record, dialect = self._taken(), self._engines.single.dialect
        try:
            texts = [query.bound(dialect, params) for query, params in steps]
            answers = ask_together(record.dbapi_connection, texts)
            return [query.rows(dialect, one.rows or ()) for (query, _), one in zip(steps, answers, strict=True)]
        except self._driver_error:
            record.invalidate()
            return None
        except BaseException:  # killed in the middle: answers may still be on their way
            record.invalidate()
            raise
        finally:
            self._pool.give(record)

    def _taken(self) -> Any:
        try:
            return self._pool.take()
        except self._driver_error as error:
            raise DBAPIError.instance(
                None, None, error, self._driver_error, hide_parameters=True, dialect=self._engines.single.dialect
            ) from error

    @property
    def _pool(self) -> Stack:
        """Of the connections that commit by themselves."""
        return cast(Stack, self._engines.single.pool)

    def change(self, statement: Executable | Prepared, params: Params = None) -> Changed:
        """One INSERT, UPDATE or DELETE, committed at once.

        Tried again when others were in the way; when the connection was lost, the error is the caller's to judge.
        """
        return self._patiently(lambda: self._change(statement, params), again_if_lost=False)

    def change_to(self, statement: Prepared, params: Callable[[], dict[str, Any]]) -> Changed:
        """As `change`, with parameters made anew for each try; also when the connection was lost, so it must be a
        statement that may run twice.
        """
        return self._patiently(lambda: self._change(statement, params()))

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one short transaction and commit; its result is returned.

        The whole of it runs again after a deadlock, a lock time-out or a connection lost before COMMIT, so `work` must
        touch nothing but the connection. Raises OutcomeUnknown when the connection went away during COMMIT.
        """
        return self._patiently(lambda: self._transaction(work))

    def close(self) -> None:
        """Close all pooled connections."""
        self._engines.single.dispose()
        self._engines.transactions.dispose()

    def _patiently(self, once: Callable[[], T], again_if_lost: bool = True) -> T:
        for _ in pauses():
            try:
                return once()
            except DBAPIError as error:
                if not (contended(error) or (again_if_lost and lost(error))):
                    raise
                last = error
        raise last

    def _rows(self, statement: TypedReturnsRows[*Ts], params: Params) -> Sequence[Row[*Ts]]:
        with self.read() as connection:
            return connection.execute(statement, params).all()

    def _first(self, statement: TypedReturnsRows[*Ts], params: Params) -> Row[*Ts] | None:
        with self.read() as connection:
            return connection.execute(statement, params).first()

    def _change(self, statement: Executable | Prepared, params: Params) -> Changed:
        if isinstance(statement, Prepared):
            return self._change_by_driver(statement, params or {})
        with self._turn(), self._engines.single.connect() as connection:
            done: Any = connection.execute(statement, params)
            return Changed(done.rowcount, done.lastrowid or 0)

    def _change_by_driver(self, statement: Prepared, params: dict[str, Any]) -> Changed:
        dialect = self._engines.single.dialect
        with self._turn():
            record = self._taken()
            try:
                done = driver.run(record, record.dbapi_connection, dialect, *statement.bound(dialect, params))
                return Changed(done.rowcount, done.lastrowid or 0)
            finally:
                self._pool.give(record)

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        with self._turn(), self._engines.transactions.connect() as connection:
            self._begin(connection)
            try:
                result = work(connection)
            except BaseException:
                self._rollback(connection)
                raise
            self._commit(connection)
            return result

    def _turn(self) -> contextlib.AbstractContextManager[Any]:
        return self._one_writer if self.sqlite else contextlib.nullcontext()

    def _begin(self, connection: Connection) -> None:
        if self.sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.begin()

    def _commit(self, connection: Connection) -> None:
        if self.sqlite:
            connection.exec_driver_sql("COMMIT")
            return
        try:
            connection.commit()
        except DBAPIError as error:
            if not lost(error):
                raise
            raise OutcomeUnknown from error

    def _rollback(self, connection: Connection) -> None:
        if connection.invalidated:
            return
        try:
            connection.exec_driver_sql("ROLLBACK") if self.sqlite else connection.rollback()
        except DBAPIError:
            connection.invalidate()  # it is gone or in doubt; the server rolls back what it held
