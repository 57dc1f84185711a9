"""Links sent by mail or SMS: random, for one purpose, working once and not for long."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from clinic.clock import Clock
from clinic.identities import Identity
from clinic.sessions import digest
from db.session import Database
from db.tables import MailedLink, User

Purpose = Literal["reset", "invite", "confirm"]
LASTS: dict[Purpose, timedelta] = {
    "reset": timedelta(hours=1), "invite": timedelta(hours=72), "confirm": timedelta(hours=48),
}  # fmt: skip
KEPT = timedelta(days=30)
LETTERS, FEW_LETTERS = 32, 16
"""Bytes of a token; in an SMS, where letters cost money, 128 bits do."""
A_DAY = timedelta(days=1)
MOST_BY_SMS = 3
"""Links a day to one telephone: whoever asks does not pay for them."""


class EnoughSent(Exception):
    """This telephone has had its share of today."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that still works: whose, for what, and the address it was sent to: an e-mail, or a telephone number."""

    user_id: int
    name: str
    purpose: Purpose
    email: str

    @property
    def identity(self) -> Identity:
        """What is shown to be theirs by opening it."""
        return Identity("email" if "@" in self.email else "phone", self.email)


class MailedLinks:
    """Makes and takes links. The mail or SMS holds the token, the database its digest."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def make(self, user_id: int, purpose: Purpose, email: str) -> str:
        """A new link's token; older ones of this purpose work no more. `email`: an address, or a telephone number.

        Raises EnoughSent, for telephones alone; what was sent before still works then.
        """
        by_sms = "@" not in email
        token, now = secrets.token_urlsafe(FEW_LETTERS if by_sms else LETTERS), self._clock()
        row = {
            "user_id": user_id, "purpose": purpose, "digest": digest(token), "email": email, "created_at": now,
            "expires_at": now + LASTS[purpose],
        }  # fmt: skip

        def work(connection: Connection) -> None:
            if by_sms:
                _check_share(connection, user_id, email, now)
            older = (MailedLink.user_id == user_id, MailedLink.purpose == purpose, MailedLink.used_at.is_(None))
            connection.execute(update(MailedLink).where(*older).values(used_at=now))
            connection.execute(insert(MailedLink).values(**row))

        self._database.write(work)
        return token

    def look(self, token: str, *purposes: Purpose) -> Link | None:
        """What a link is for, without using it up: mail programs open links before people do."""
        asked = select(MailedLink.user_id, User.name, MailedLink.purpose, MailedLink.email)
        mine = asked.join(User, User.id == MailedLink.user_id).where(
            MailedLink.digest == digest(token),
            MailedLink.purpose.in_(purposes),
            MailedLink.used_at.is_(None),
            MailedLink.expires_at > self._clock(),
            User.active,
        )
        row = self._database.first(mine)
        return Link(row.user_id, row.name, row.purpose, row.email) if row else None

    def use(self, token: str, *purposes: Purpose) -> Link | None:
        """Use a link up; None when it is used, too old or none at all. Of two at once one gets it."""
        found = self.look(token, *purposes)
        claim = update(MailedLink).where(MailedLink.digest == digest(token), MailedLink.used_at.is_(None))
        if found and self._database.change(claim.values(used_at=self._clock())).rowcount == 1:
            return found
        return None

    def forget_old(self) -> int:
        """Every night: those that ended a month ago; how many there were."""
        return self._database.change(delete(MailedLink).where(MailedLink.expires_at < self._clock() - KEPT)).rowcount


def _check_share(connection: Connection, user_id: int, number: str, now: datetime) -> None:
    connection.execute(update(User).where(User.id == user_id).values(id=user_id))  # others wait here
    today = (MailedLink.expires_at > now - A_DAY, MailedLink.created_at > now - A_DAY)
    sent = select(func.count()).where(MailedLink.email == number, *today).select_from(MailedLink)
    if (connection.scalar(sent) or 0) >= MOST_BY_SMS:
        raise EnoughSent
