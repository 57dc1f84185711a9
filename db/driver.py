"""Handing a statement to the driver, at the driver's own price."""

from struct import pack
from typing import Any

import pymysql
from pymysql.constants import COMMAND
from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError


def execute(connection: Connection, text: str, bound: Any) -> Any:
    """Run one statement inside a transaction of SQLAlchemy's; the driver's cursor (rowcount, lastrowid, rows).

    Errors come as SQLAlchemy's own.
    """
    return run(connection, connection.connection, connection.dialect, text, bound)


def run(lent: Any, driver: Any, dialect: Dialect, text: str, bound: Any) -> Any:
    """The same on the driver's own connection; `lent` is how it was lent, and is invalidated when it breaks."""
    cursor = driver.cursor()
    try:
        cursor.execute(text, bound)
    except dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemys(lent, dialect, text, error, driver, cursor) from error
    except BaseException:  # killed in the middle: the answer may still be on its way
        lent.invalidate()
        raise
    return cursor


def _as_sqlalchemys(
    lent: Any, dialect: Dialect, text: str, error: Exception, driver: Any, cursor: Any
) -> BaseException:
    broken = dialect.is_disconnect(error, driver, cursor)  # type: ignore[arg-type]
    if broken:
        lent.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=broken,
        dialect=dialect,
    )  # fmt: skip


class Sent:
    """One statement for MySQL on its way, on a connection that was taken from the pool for it alone (`record`)."""

    def __init__(self, record: Any, text: str, bound: Any) -> None:
        self.record, self._wire = record, record.dbapi_connection
        self._told = self._begun(text, bound)

    def _begun(self, text: str, bound: Any) -> bool:
        try:
            said = self._wire.cursor().mogrify(text, bound).encode(self._wire.encoding)
            self._wire._write_bytes(pack("<iB", len(said) + 1, COMMAND.COM_QUERY) + said)
        except (pymysql.Error, AttributeError):  # it is closed: there is no socket any more
            return False
        return True

    def rowcount(self) -> int | None:
        """Wait for the answer; None where it failed, whatever it was, and the connection is of no more use."""
        try:
            if self._told:
                self._wire._next_seq_id = 1
                return int(self._wire._answer().affected_rows)
        except pymysql.Error:
            pass
        except BaseException:  # killed in the middle: the answer may still be on its way
            self.record.invalidate()
            raise
        self.record.invalidate()
        return None
