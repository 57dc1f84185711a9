"""Statements of one transaction that need nothing of each other's answers, sent together: one round trip for all.

A round trip costs both sides more than a short statement does, and what is locked stays locked meanwhile.
"""

from collections.abc import Iterable
from struct import pack
from typing import Any

import pymysql
from pymysql.constants import COMMAND
from sqlalchemy import Connection

from db.driver import _as_sqlalchemys
from db.mysql import Answer
from db.mysql import Connection as MySQLConnection
from db.prepared import Given, Prepared, Query

Step = tuple[Prepared | Query, Given]


def run_all(connection: Connection, *steps: Step) -> list[Any]:
    """Carry them out in order; of each, the rows of a Query, or how many rows a Prepared changed.

    The first error is raised when all are over; what came after it may have been carried out, so the transaction must
    end with it. COMMIT is never among them.
    """
    pooled = connection.connection
    wire = pooled.driver_connection
    if not isinstance(wire, MySQLConnection):
        return [_alone(connection, *step) for step in steps]
    bound = [statement.bound(connection.dialect, given) for statement, given in steps]
    cursor = wire.cursor()
    try:
        answers = ask_together(wire, bound)
    except pymysql.Error as error:
        said = ";\n".join(text for text, _ in bound)
        raise _as_sqlalchemys(connection, connection.dialect, said, error, pooled, cursor) from error
    except BaseException:  # killed in the middle: answers may still be on their way
        connection.invalidate()
        raise
    return [_result(connection, step[0], answer) for step, answer in zip(steps, answers, strict=True)]


def _alone(connection: Connection, statement: Prepared | Query, given: Given) -> Any:
    if isinstance(statement, Query):
        return statement.run(connection, given)
    return statement.run(connection, given).rowcount


def _result(connection: Connection, statement: Prepared | Query, answer: Answer) -> Any:
    return (
        statement.rows(connection.dialect, answer.rows or ()) if isinstance(statement, Query) else answer.affected_rows
    )


def ask_together(wire: MySQLConnection, bound: Iterable[tuple[str, Any]]) -> list[Answer]:
    """Statements and their parameters all at once; each answer counts its packets anew. Raises the driver's errors."""
    if not wire.open:
        raise pymysql.InterfaceError(0, "")
    cursor = wire.cursor()
    said = [cursor.mogrify(*one).encode(wire.encoding) for one in bound]
    wire._write_bytes(b"".join(pack("<iB", len(one) + 1, COMMAND.COM_QUERY) + one for one in said))
    heard = [_heard(wire) for _ in said]
    for one in heard:
        if isinstance(one, pymysql.Error):
            raise one
    return heard  # type: ignore[return-value]


def _heard(wire: MySQLConnection) -> Answer | pymysql.Error:
    """The next answer; an error is kept for later unless nothing more can be heard."""
    wire._next_seq_id = 1
    try:
        return wire._answer()
    except pymysql.Error as error:
        if not wire.open:
            raise
        return error
