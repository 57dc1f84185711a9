"""What programs show instead of a cookie: short access tokens (JWT), and refresh tokens that work once.

Behind each pair stands a session like those of browsers: whoever ends it, changes the password or takes the access away
ends the tokens with it, at once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import Connection, bindparam, insert, select, update

from clinic.clock import Clock
from clinic.session_ends import end_sessions
from clinic.sessions import BY_PROGRAM, digest
from clinic.users import VIEWER_COLUMNS, Viewer, viewer_of
from db.prepared import Query
from db.session import Database
from db.tables import LoginSession, RefreshToken, User

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=30)
"""How long a program stays logged in without the password."""
ISSUER, ALGORITHM, KIND = "alo-clinica", "HS256", "at+jwt"
_OPEN = (LoginSession.revoked_at.is_(None), LoginSession.expires_at > bindparam("now"), User.active)
BEHIND = Query(
    select(*VIEWER_COLUMNS)
    .join(LoginSession, LoginSession.user_id == User.id)
    .where(LoginSession.id == bindparam("session"), LoginSession.how == BY_PROGRAM, *_OPEN)
)


class Refused(Exception):
    """This token opens nothing (any more); it is not told why."""


class NoKey(Exception):
    """ALO_SECRET_KEY is not set, so no access token can be signed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token until `expires_at`, and what gives the next one."""

    access: str
    refresh: str
    expires_at: datetime


class Tokens:
    """Gives, renews, reads and ends them."""

    def __init__(self, database: Database, clock: Clock, key: str) -> None:
        """`key`: what tokens are signed with is derived from it; "" where none can be given."""
        self._database, self._clock = database, clock
        self._key = _signing_key(key) if key else None

    @property
    def available(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def of_session(self, session_token: str) -> Pair:
        """A session just opened becomes a program's: its cookie opens nothing any more. Raises NoKey, Refused."""
        self._signing()
        now, refresh = self._clock(), secrets.token_urlsafe(32)
        theirs = LoginSession.digest == digest(session_token)
        turned = {"digest": digest(secrets.token_urlsafe(32)), "how": BY_PROGRAM, "expires_at": now + REFRESH}

        def work(connection: Connection) -> int | None:
            row = connection.execute(select(LoginSession.id).where(theirs, LoginSession.awaits.is_(None))).first()
            if row is not None:
                connection.execute(update(LoginSession).where(LoginSession.id == row.id).values(**turned))
                _keep(connection, row.id, refresh, now)
            return row.id if row else None

        return self._pair(self._database.write(work), refresh, now)

    def renew(self, refresh: str) -> Pair:
        """The next pair; the token is used up. Used a second time, it was stolen: the session ends.

        Raises NoKey, Refused.
        """
        self._signing()
        now, new = self._clock(), secrets.token_urlsafe(32)
        known = select(RefreshToken.id, RefreshToken.session_id).where(RefreshToken.digest == digest(refresh))

        def work(connection: Connection) -> int | None:
            row = connection.execute(known).first()
            if row is None:
                return None
            unused = update(RefreshToken).where(RefreshToken.id == row.id, RefreshToken.used_at.is_(None))
            if not connection.execute(unused.values(used_at=now)).rowcount:
                end_sessions(connection, now, LoginSession.id == row.session_id)
                return None
            _keep(connection, row.session_id, new, now)
            seen = update(LoginSession).where(LoginSession.id == row.session_id)
            connection.execute(seen.values(seen_at=now))
            return int(row.session_id)

        return self._pair(self._database.write(work), new, now)

    def revoke(self, refresh: str) -> None:
        """End the session behind a refresh token; harmless where there is none (RFC 7009)."""
        now = self._clock()
        behind = select(RefreshToken.session_id).where(RefreshToken.digest == digest(refresh))
        row = self._database.first(behind)
        if row is not None:
            self._database.write(lambda connection: end_sessions(connection, now, LoginSession.id == row[0]))

    def viewer(self, access: str) -> Viewer | None:
        """Who asks with an access token; None: forged, too old, or its session has ended."""
        claims = self._claims(access)
        now = self._clock()
        if claims is None or not now.timestamp() < claims.get("exp", 0) or claims.get("iss") != ISSUER:
            return None
        session = claims.get("sid")
        return self._behind(session, now) if isinstance(session, int) else None

    def _behind(self, session: int, now: datetime) -> Viewer | None:
        row = next(iter(self._database.ask(BEHIND, {"session": session, "now": now})), None)
        return viewer_of(row, session) if row else None

    def _pair(self, session: int | None, refresh: str, now: datetime) -> Pair:
        found = self._behind(session, now) if session is not None else None
        if found is None:
            raise Refused
        until = now + ACCESS
        claims = {
            "iss": ISSUER, "sub": str(found.user_id), "sid": session, "iat": int(now.timestamp()),
            "exp": int(until.timestamp()), "jti": secrets.token_urlsafe(8),
        }  # fmt: skip
        return Pair(jwt.encode({"alg": ALGORITHM, "typ": KIND}, claims, self._signing()), refresh, until)

    def _claims(self, access: str) -> dict[str, Any] | None:
        if self._key is None:
            return None
        try:
            token = jwt.decode(access, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        return dict(token.claims) if token.header.get("typ") == KIND else None

    def _signing(self) -> OctKey:
        if self._key is None:
            raise NoKey
        return self._key


def _keep(connection: Connection, session: int, refresh: str, now: datetime) -> None:
    row = {"session_id": session, "digest": digest(refresh), "created_at": now}
    connection.execute(insert(RefreshToken).values(**row))


def _signing_key(key: str) -> OctKey:
    derived = HKDF(SHA256(), 32, salt=None, info=b"alo access tokens").derive(key.encode())
    return OctKey.import_key(derived)
