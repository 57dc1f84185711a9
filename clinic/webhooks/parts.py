"""Many rows deleted a part at a time: nobody waits for a lock of many rows."""

from typing import Any

from sqlalchemy import delete, select

from db.session import Database

AT_ONCE = 5000


def deleted(database: Database, table: Any, *which: Any) -> int:
    """Delete the rows of a table that fit; how many there were."""
    done = 0
    while ids := [row.id for row in database.rows(select(table.id).where(*which).limit(AT_ONCE))]:
        done += database.change(delete(table).where(table.id.in_(ids))).rowcount
        if len(ids) < AT_ONCE:  # what is added meanwhile by a busy program is no reason to go on for ever
            break
    return done
