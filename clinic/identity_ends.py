"""What names an account no more, within a transaction: it lets in no more, and what was mailed there opens nothing."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, update

from clinic.identities import Identity
from db.tables import Identity as IdentityRow
from db.tables import MailedLink


def forget_identity(connection: Connection, at: datetime, user_id: int, identity: Identity) -> bool:
    """They are not known by this any more; False where they were not."""
    end_links(connection, at, user_id, MailedLink.email == identity.value)
    its = (IdentityRow.kind == identity.kind, IdentityRow.value == identity.value)
    return bool(connection.execute(delete(IdentityRow).where(IdentityRow.user_id == user_id, *its)).rowcount)


def end_links(connection: Connection, at: datetime, user_id: int, *which: ColumnElement[bool]) -> None:
    """Use up the mailed links of an account that are open still."""
    mine = (MailedLink.user_id == user_id, MailedLink.used_at.is_(None))
    connection.execute(update(MailedLink).where(*mine, *which).values(used_at=at))
