"""Tokens that somebody gives to another system: in their name, for some purposes, until a day."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.sessions import digest
from clinic.users import VIEWER_COLUMNS, Viewer, viewer_of
from db.prepared import Query
from db.session import Database
from db.tables import PersonalToken, User

BEGINS = "alo_"
"""How every personal token begins: one that is found somewhere is known for what it is."""
SCOPES = (
    "appointments:read", "appointments:write", "availability:read", "directory:read", "directory:write",
    "patients:read", "patients:write", "schedules:read", "schedules:write", "users:read", "users:write",
    "webhooks:read", "webhooks:write",
)  # fmt: skip
MOST, LONGEST = 50, timedelta(days=366)
USED_EVERY, KEPT = timedelta(minutes=1), timedelta(days=90)


class TooManyTokens(Exception):
    """Somebody has `MOST` of them already."""


class SameName(Exception):
    """They have one of this name already."""


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as its owner sees it; what it looks like is not kept."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who shows a token, and for what it counts."""

    token_id: int
    viewer: Viewer
    scopes: frozenset[str]


_T = PersonalToken
_LIVE = (_T.revoked_at.is_(None), _T.expires_at > bindparam("now"))
BEARER = Query(
    select(*VIEWER_COLUMNS, _T.id.label("token_id"), _T.scopes.label("scopes"), _T.used_at.label("used_at"))
    .join(_T, _T.user_id == User.id)
    .where(_T.digest == bindparam("digest"), User.active, *_LIVE)
)


class PersonalTokens:
    """Makes, lists, reads and ends them."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def create(self, user_id: int, name: str, scopes: Iterable[str], days: int) -> tuple[TokenInfo, str]:
        """A new one, and what it looks like, told this once. Of two clicks one makes it.

        Raises TooManyTokens, SameName; ValueError for unknown scopes.
        """
        wanted, now = tuple(sorted(set(scopes))), self._clock()
        if not wanted or not set(wanted) <= set(SCOPES) or not 1 <= days <= LONGEST.days:
            raise ValueError(wanted)
        token = BEGINS + secrets.token_urlsafe(32)
        row = {
            "user_id": user_id, "name": name, "digest": digest(token), "scopes": " ".join(wanted), "created_at": now,
            "expires_at": now + timedelta(days=days),
        }  # fmt: skip

        def work(connection: Connection) -> int:
            connection.execute(update(User).where(User.id == user_id).values(id=user_id))  # others wait here
            names = list(connection.scalars(select(_T.name).where(*_mine(user_id, now))))
            if name in names:
                raise SameName
            if len(names) >= MOST:
                raise TooManyTokens
            return int(connection.execute(insert(_T).values(**row)).lastrowid)

        made = self._database.write(work)
        self._audit.add(f"user:{user_id}", "token.created", "personal_token", made)
        return TokenInfo(made, name, wanted, now, now + timedelta(days=days), None), token

    def list(self, user_id: int) -> list[TokenInfo]:
        """Those of somebody that still count, the newest first."""
        columns = select(_T.id, _T.name, _T.scopes, _T.created_at, _T.expires_at, _T.used_at)
        rows = self._database.rows(columns.where(*_mine(user_id, self._clock())).order_by(_T.id.desc()))
        return [TokenInfo(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows]

    def revoke(self, user_id: int, token_id: int) -> bool:
        """It opens nothing any more; False when they have no such one."""
        mine = update(_T).where(_T.id == token_id, _T.user_id == user_id, _T.revoked_at.is_(None))
        done = self._database.change(mine.values(revoked_at=self._clock())).rowcount == 1
        if done:
            self._audit.add(f"user:{user_id}", "token.revoked", "personal_token", token_id)
        return done

    def bearer(self, token: str) -> Bearer | None:
        """Who shows it; None for one that is unknown, ended, or of somebody without access."""
        now = self._clock()
        row = next(iter(self._database.ask(BEARER, {"digest": digest(token), "now": now})), None)
        if row is None:
            return None
        if row.used_at is None or row.used_at <= now - USED_EVERY:
            self._database.change(update(_T).where(_T.id == row.token_id).values(used_at=now))
        return Bearer(row.token_id, viewer_of(row), frozenset(row.scopes.split()))

    def forget_old(self) -> int:
        """Every night: those that ended long ago; how many there were."""
        return self._database.change(delete(_T).where(_T.expires_at < self._clock() - KEPT)).rowcount


def _mine(user_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Those of somebody that still count."""
    return _T.user_id == user_id, _T.revoked_at.is_(None), _T.expires_at > now
