"""A patient's account follows the card: what the card says no more lets in no more, and what was sent there opens
nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from clinic.identities import email
from clinic.identity_ends import end_links
from db.tables import Identity, MailedLink, User, UserRole


@dataclass(frozen=True, slots=True)
class Contact:
    """What a card says from now on, and which e-mail it said; e-mails as typed."""

    phones: Sequence[str]
    old_email: str | None
    email: str | None


def follow_card(connection: Connection, at: datetime, patient_id: int, contact: Contact) -> None:
    """After a card was changed. Raises IntegrityError when somebody else takes the new e-mail in this very moment."""
    mine = connection.scalar(select(User.id).where(User.patient_id == patient_id))
    if mine is None:
        return
    _forget_numbers(connection, at, mine, contact.phones)
    old, new = (email(one or "") for one in (contact.old_email, contact.email))
    if new != old and not _works_here(connection, mine):
        _forget_addresses(connection, at, mine, new or "")
        _name(connection, at, mine, new or "")


def _works_here(connection: Connection, user_id: int) -> bool:
    """The card is the desk's to write, and whoever works here may do more: their e-mail is the team's to change."""
    roles = select(UserRole.role).where(UserRole.user_id == user_id, UserRole.role != "patient")
    return connection.scalar(roles.limit(1)) is not None


def _forget_numbers(connection: Connection, at: datetime, user_id: int, kept: Sequence[str]) -> None:
    gone = delete(Identity).where(Identity.user_id == user_id, Identity.kind == "phone", Identity.value.not_in(kept))
    connection.execute(gone)
    end_links(connection, at, user_id, MailedLink.email.not_like("%@%"), MailedLink.email.not_in(kept))


def _forget_addresses(connection: Connection, at: datetime, user_id: int, kept: str) -> None:
    gone = delete(Identity).where(Identity.user_id == user_id, Identity.kind == "email", Identity.value != kept)
    connection.execute(gone)
    end_links(connection, at, user_id, MailedLink.email.like("%@%"), MailedLink.email != kept)


def _name(connection: Connection, at: datetime, user_id: int, address: str) -> None:
    """By an address not shown to be theirs yet; one that is somebody's already names nobody else."""
    held = select(Identity.id).where(Identity.kind == "email", Identity.value == address)
    if address and connection.scalar(held) is None:
        row = {"user_id": user_id, "kind": "email", "value": address, "created_at": at}
        connection.execute(insert(Identity).values(**row))
