"""Ending sessions within a transaction, and telling whoever streams to them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from clinic import live
from db.tables import LoginSession


def end_sessions(connection: Connection, at: datetime, *which: ColumnElement[bool]) -> int:
    """End those that are open; how many there were. The last statements of its transaction (see clinic.live)."""
    wanted = select(LoginSession.id).where(*which, LoginSession.revoked_at.is_(None)).order_by(LoginSession.id)
    found = list(connection.scalars(wanted))
    if found:
        connection.execute(update(LoginSession).where(LoginSession.id.in_(found)).values(revoked_at=at))
    for one in found:
        live.put(connection, live.SESSION, one, at=at)
    return len(found)
