"""A stack of connections, for SQLAlchemy and for statements that need nothing of it but a connection.

What SQLAlchemy does beside lending and taking back (events, weak references, a lock and a condition each way) costs as
much as a small statement. Here a place is taken from a queue, and the connection that was used last from a list.
"""

import time
from queue import Empty, SimpleQueue
from typing import Any

from sqlalchemy.exc import TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

IDLE_S = 5.0


class Stack(Pool):
    """At most `pool_size` + `max_overflow` connections; who gets none within `timeout` seconds gets TimeoutError."""

    def __init__(
        self, creator: Any, pool_size: int = 30, max_overflow: int = 0, timeout: float = 5.0, **kwargs: Any
    ) -> None:
        super().__init__(creator, **kwargs)
        self._size, self._timeout = pool_size + max_overflow, timeout
        self._free: list[tuple[ConnectionPoolEntry, float]] = []
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(self._size):
            self._places.put(None)

    def take(self) -> Any:
        """A connection's record; `dbapi_connection` is the driver's own. It must come back by `give`."""
        record: Any = self._do_get()
        try:
            record.get_connection()
        except BaseException:
            self.give(record)
            raise
        return record

    def give(self, record: ConnectionPoolEntry) -> None:
        """It is free again; one that was `invalidate`d opens anew when it is next taken."""
        self._free.append((record, time.monotonic()))
        self._places.put(None)

    _do_return_conn = give

    def _do_get(self) -> ConnectionPoolEntry:
        try:
            self._places.get(timeout=self._timeout)
        except Empty:
            raise TimeoutError(f"none of {self._size} connections was free for {self._timeout} s") from None
        try:
            return self._lying_there() or self._create_connection()
        except BaseException:
            self._places.put(None)
            raise

    def _lying_there(self) -> ConnectionPoolEntry | None:
        """The one that was used last; asked whether it still lives if that was long ago."""
        try:
            record, since = self._free.pop()
        except IndexError:
            return None
        if time.monotonic() - since > IDLE_S and not _lives(record.dbapi_connection):
            record.invalidate()
        return record

    def recreate(self) -> "Stack":
        """As new, with nothing in it."""
        return Stack(
            self._creator, self._size, 0, self._timeout, recycle=self._recycle, echo=self.echo,
            logging_name=self._orig_logging_name, reset_on_return=self._reset_on_return, _dispatch=self.dispatch,
            dialect=self._dialect,
        )  # fmt: skip

    def dispose(self) -> None:
        """Close what lies there."""
        while self._free:
            record, _since = self._free.pop()
            record.close()

    def status(self) -> str:
        """How full it is."""
        return f"{len(self._free)} of {self._size} connections lie there"


def _lives(connection: Any) -> bool:
    """SQLite's always do."""
    try:
        if hasattr(connection, "ping"):
            connection.ping()
    except Exception:  # whatever it is, another one is opened
        return False
    return True
