"""Handing a statement to the driver inside a transaction of SQLAlchemy's, at the driver's own price."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def execute(connection: Connection, text: str, bound: Any) -> Any:
    """Run one statement; the driver's cursor (rowcount, lastrowid, rows). Errors come as SQLAlchemy's own."""
    driver = connection.connection
    cursor = driver.cursor()
    try:
        cursor.execute(text, bound)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemys(connection, text, error, driver, cursor) from error
    except BaseException:  # killed in the middle: the answer may still be on its way
        connection.invalidate()
        raise
    return cursor


def _as_sqlalchemys(connection: Connection, text: str, error: Exception, driver: Any, cursor: Any) -> BaseException:
    dialect = connection.dialect
    broken = dialect.is_disconnect(error, driver, cursor)  # type: ignore[arg-type]
    if broken:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=broken,
        dialect=dialect,
    )  # fmt: skip
