"""Sessions: who is logged in where. The browser holds a random token, the database only its digest."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from clinic.clock import Clock
from clinic.session_ends import end_sessions
from clinic.users import VIEWER_COLUMNS, Viewer, viewer_of
from db.prepared import Prepared, Query, inserting
from db.session import Database
from db.tables import LoginSession, User

Awaits = Literal["code", "setup"]
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=14)
HALF_WAY = timedelta(minutes=10)
"""How long there is to type the code after the password."""
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=30)
MOST_AT_ONCE = 100
"""Of how many sessions that are asked for together the statement is remembered."""
BY_PROGRAM = "api"
"""How a session was opened that programs keep up with refresh tokens (clinic.tokens): it is never idle."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it in the list."""

    id: int
    agent: str
    address: str
    how: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right; `awaits` what else is asked for before the session counts."""

    id: int
    user_id: int
    awaits: Awaits
    how: str


_OPEN = (
    LoginSession.revoked_at.is_(None), LoginSession.expires_at > bindparam("now"),
    LoginSession.seen_at > bindparam("idle_since"), User.active,
)  # fmt: skip
_OURS = select(*VIEWER_COLUMNS, LoginSession.id.label("session_id"), LoginSession.seen_at, LoginSession.digest).join(
    LoginSession, LoginSession.user_id == User.id
)
HALF = Query(
    select(LoginSession.id, LoginSession.user_id, LoginSession.awaits, LoginSession.how)
    .join(User, User.id == LoginSession.user_id)
    .where(LoginSession.digest == bindparam("digest"), LoginSession.awaits.is_not(None), *_OPEN)
)
SEEN = Prepared(
    update(LoginSession)
    .where(LoginSession.id == bindparam("session"), LoginSession.seen_at <= bindparam("before"))
    .values(seen_at=bindparam("now"))
)
NEW = inserting(LoginSession)


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def open(
        self, user_id: int, *, how: str = "password", agent: str = "", address: str = "", awaits: Awaits | None = None
    ) -> str:
        """A new session; the token for the cookie, which is not to be had again."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {
            "user_id": user_id, "digest": digest(token), "awaits": awaits, "how": how, "agent": agent[:255],
            "address": address[:45], "created_at": now, "seen_at": now,
            "expires_at": now + (HALF_WAY if awaits else LONGEST),
        }  # fmt: skip
        self._database.change(NEW, row)
        return token

    def viewer(self, token: str) -> Viewer | None:
        """Who looks, or None: unknown, expired, idle too long, revoked, not active, or not complete."""
        asked = [digest(token)]
        return self.seen(next(iter(self.among(asked, self._database.ask(*self.question(asked))))))

    def question(self, digests: Sequence[str]) -> tuple[Query, dict[str, Any]]:
        """What to ask for the sessions of these digests that count."""
        now, names = self._clock(), sorted(set(digests))
        given = {f"digest{place}": one for place, one in enumerate(names)}
        return _these(len(names)), {"now": now, "idle_since": now - IDLE, **given}

    @staticmethod
    def among(digests: Sequence[str], rows: Sequence[Any]) -> tuple[Any, ...]:
        """The answers one by one; None for what is no session, or no more."""
        found = {row.digest: row for row in rows}
        return tuple(found.get(one) for one in digests)

    def seen(self, row: Any) -> Viewer | None:
        """Whose session that is; that they were here is written down once a minute."""
        if row is None:
            return None
        now = self._clock()
        if row.seen_at <= now - SEEN_EVERY:
            self._database.claim(SEEN, {"session": row.session_id, "before": now - SEEN_EVERY, "now": now})
        return viewer_of(row, row.session_id)

    def half_way(self, token: str) -> HalfWay | None:
        """The session of a browser that has still to type a code, or to set codes up."""
        row = next(iter(self._database.ask(HALF, self._asked(token, self._clock()))), None)
        return HalfWay(*row) if row else None

    def list(self, user_id: int) -> list[Session]:
        """The open sessions of a person, the last used first."""
        columns = (
            LoginSession.id, LoginSession.agent, LoginSession.address, LoginSession.how, LoginSession.created_at,
            LoginSession.seen_at,
        )  # fmt: skip
        mine = select(*columns).where(LoginSession.user_id == user_id, *self._still_open())
        return [Session(*row) for row in self._database.rows(mine.order_by(LoginSession.seen_at.desc()))]

    def still_open(self, session_ids: Iterable[int]) -> set[int]:
        """Which of these have not ended: what streams to the others is closed."""
        asked = select(LoginSession.id).join(User, User.id == LoginSession.user_id)
        among = LoginSession.id.in_(list(session_ids))
        return {row.id for row in self._database.rows(asked.where(among, User.active, *self._still_open()))}

    def leave(self, token: str) -> None:
        """Its owner logs out."""
        self._end(LoginSession.digest == digest(token))

    def revoke(self, user_id: int, session_id: int) -> bool:
        """End one session of this person; False when they have no such one."""
        return self._end(LoginSession.user_id == user_id, LoginSession.id == session_id) == 1

    def revoke_all(self, user_id: int, but: int | None = None) -> int:
        """End every session of this person, except the one that asks; how many there were."""
        return self._end(LoginSession.user_id == user_id, LoginSession.id != (but or 0))

    def forget_old(self) -> int:
        """Every night: those that ended a month ago; how many there were."""
        return self._database.change(
            delete(LoginSession).where(LoginSession.expires_at < self._clock() - KEPT)
        ).rowcount

    def _end(self, *which: ColumnElement[bool]) -> int:
        now = self._clock()
        return self._database.write(lambda connection: end_sessions(connection, now, *which))

    def _still_open(self) -> tuple[ColumnElement[bool], ...]:
        now = self._clock()
        return (
            LoginSession.revoked_at.is_(None), LoginSession.awaits.is_(None), LoginSession.expires_at > now,
            or_(LoginSession.how == BY_PROGRAM, LoginSession.seen_at > now - IDLE),
        )  # fmt: skip

    def _asked(self, token: str, now: datetime) -> dict[str, object]:
        return {"digest": digest(token), "now": now, "idle_since": now - IDLE}


@lru_cache(MOST_AT_ONCE)
def _these(count: int) -> Query:
    """The sessions of so many digests that count."""
    among = LoginSession.digest.in_([bindparam(f"digest{place}") for place in range(count)])
    return Query(_OURS.where(among, LoginSession.awaits.is_(None), *_OPEN))


def digest(token: str) -> str:
    """What is stored of a token: it is random, so a plain hash tells nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
