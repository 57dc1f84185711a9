"""Browsers somebody has logged in with before; each holds a random token, the database its digest."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from clinic.clock import Clock
from clinic.sessions import digest
from db.session import Database
from db.tables import KnownDevice

KEPT = timedelta(days=365)


class Devices:
    """Remembers and recognises browsers. Knowing one lets nobody in; it only keeps others' guesses apart."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def known(self, token: str | None, user_id: int | None) -> str | None:
        """The name of a browser this account was used with, for counting its tries; None when it is a new one.

        Asks the database either way, so that an account takes as long as none.
        """
        its = select(KnownDevice.id).where(
            KnownDevice.digest == digest(token or ""),
            KnownDevice.user_id == (user_id or 0),
            KnownDevice.seen_at > self._clock() - KEPT,
        )
        row = self._database.first(its)
        return str(row.id) if row else None

    def remember(self, user_id: int, token: str | None) -> str:
        """This browser logged in: its token, a new one unless it has one for this account."""
        now = self._clock()
        if known := self.known(token, user_id):
            self._database.change(update(KnownDevice).where(KnownDevice.id == int(known)).values(seen_at=now))
            return token or ""
        fresh = secrets.token_urlsafe(24)
        row = {"user_id": user_id, "digest": digest(fresh), "created_at": now, "seen_at": now}
        self._database.change(insert(KnownDevice).values(**row))
        return fresh

    def forget_all(self, user_id: int) -> None:
        """A new password: no browser is known any more."""
        self._database.change(delete(KnownDevice).where(KnownDevice.user_id == user_id))

    def forget_old(self) -> int:
        """Every night: those not seen for a year; how many there were."""
        return self._database.change(delete(KnownDevice).where(KnownDevice.seen_at <= self._clock() - KEPT)).rowcount
