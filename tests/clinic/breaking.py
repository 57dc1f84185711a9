"""A database whose transactions break off at a statement of one's choice."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from db.session import Database


class Broken(Exception):
    """The statement that was to break did."""


class BreakingDatabase(Database):
    """Does `broken` instead of the `at`-th statement of each transaction (0: never); COMMIT counts as the last one."""

    def __init__(self, url: str, at: int, broken: Callable[[], None]) -> None:
        super().__init__(url)
        self.at, self.broken = at, broken

    def write(self, work: Callable[[Any], Any]) -> Any:
        """As in Database, but counted."""

        def counted(connection: Connection) -> Any:
            counting = _Counting(connection, self)
            result = work(counting)
            counting.count()
            return result

        return super().write(counted)


class _Counting:
    """A connection that counts what goes through it."""

    def __init__(self, connection: Connection, database: BreakingDatabase) -> None:
        self._connection, self._database, self._done = connection, database, 0

    def count(self) -> None:
        """One more statement."""
        self._done += 1
        if self._done == self._database.at:
            self._database.broken()

    def __getattr__(self, name: str) -> Any:
        if name == "connection":  # somebody goes to the driver
            self.count()
        found = getattr(self._connection, name)
        if name not in ("execute", "exec_driver_sql", "scalar", "scalars"):
            return found

        def counted(*args: Any, **more: Any) -> Any:
            self.count()
            return found(*args, **more)

        return counted


def breaks() -> None:
    """Raise Broken."""
    raise Broken
