"""One-time codes of an app on the telephone (TOTP, RFC 6238), and the recovery codes for when it is lost."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.login_limits import LoginLimits
from clinic.sessions import digest
from db.session import Database
from db.tables import RecoveryCode, User

STEP_S = 30
CLOCKS_MAY_DIFFER = (-1, 0, 1)
"""Steps of 30 s a telephone's clock may be early or late."""
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCode(Exception):
    """Not the code of now, or one that was taken already."""


class NoKey(Exception):
    """ALO_SECRET_KEY is not set, so no secret can be kept."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the app needs: the secret to type, and the same as an address for a QR code."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class State:
    """Since when codes are asked for (None: not), and how many recovery codes are left."""

    since: datetime | None
    recovery_left: int


class SecondFactor:
    """Sets codes up and checks them. Secrets are kept encrypted; a code is taken once."""

    def __init__(self, database: Database, audit: AuditTrail, limits: LoginLimits, clock: Clock, key: str) -> None:
        """`key`: what the secrets are encrypted with is derived from it; "" where codes are not used."""
        self._database, self._audit, self._limits, self._clock = database, audit, limits, clock
        self._box = _box(key) if key else None

    @property
    def available(self) -> bool:
        """Whether there is a key, so that codes can be asked for."""
        return self._box is not None

    def begin(self, user_id: int, issuer: str, label: str) -> Setup:
        """Begin to set up, or go on with it: the same secret until it is finished. Raises NoKey."""
        row = self._row(user_id)
        secret = self._open(row.totp_secret) if row and row.totp_at is None else None
        if secret is None:
            secret = pyotp.random_base32()
            fresh = update(User).where(User.id == user_id, User.totp_at.is_(None))
            self._database.change(fresh.values(totp_secret=self._sealed(secret), totp_step=None))
        return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=issuer))

    def finish(self, user_id: int, code: str) -> list[str]:
        """The app shows the right code: from now on one is asked for. The recovery codes, told this once.

        Raises WrongCode, TooManyTries.
        """
        attempt = self._limits.attempt(f"setup:{user_id}", f"setup:{user_id}")
        row = self._row(user_id)
        if row is None or row.totp_at is not None or not self._take(user_id, code):
            self._audit.add("system", "login.failed", "user", user_id, "setup")
            raise WrongCode
        self._limits.succeeded(attempt)
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]

        def work(connection: Connection) -> None:
            connection.execute(update(User).where(User.id == user_id).values(totp_at=self._clock()))
            connection.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
            connection.execute(
                insert(RecoveryCode), [{"user_id": user_id, "digest": _kept(user_id, one)} for one in codes]
            )

        self._database.write(work)
        self._audit.add(f"user:{user_id}", "codes.on", "user", user_id)
        return codes

    def check(self, user_id: int, code: str, device: str | None = None) -> bool:
        """Whether it is the code of now, or a recovery code not used yet. Raises TooManyTries.

        `device`: a browser known to the account, whose tries are counted apart from those made elsewhere.
        """
        source = f"code:{user_id}:{device or 'elsewhere'}"
        attempt = self._limits.attempt(f"code:{user_id}", source)
        right = self._take(user_id, code) or self._take_recovery(user_id, code)
        if right:
            self._limits.succeeded(attempt)
        else:
            self._audit.add("system", "login.failed", "user", user_id, "code")
        return right

    def turn_off(self, user_id: int, *, by: str) -> None:
        """No codes any more; whoever must use them sets them up anew at the next log-in."""

        def work(connection: Connection) -> None:
            off = {"totp_secret": None, "totp_at": None, "totp_step": None}
            connection.execute(update(User).where(User.id == user_id).values(**off))
            connection.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))

        self._database.write(work)
        self._audit.add(by, "codes.off", "user", user_id)

    def state(self, user_id: int) -> State:
        """How it stands."""
        left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        row = self._database.first(
            select(User.totp_at, left.select_from(RecoveryCode).scalar_subquery().label("left")).where(
                User.id == user_id
            )
        )
        return State(row.totp_at, row.left) if row else State(None, 0)

    def _take(self, user_id: int, code: str) -> bool:
        """Take a code of the app: no step twice, none before the last; of two at once one gets it."""
        row = self._row(user_id)
        step = self._step_of(self._open(row.totp_secret), code) if row else None
        if step is None:
            return False
        later = or_(User.totp_step.is_(None), User.totp_step < step)
        return self._database.change(update(User).where(User.id == user_id, later).values(totp_step=step)).rowcount == 1

    def _take_recovery(self, user_id: int, code: str) -> bool:
        plain = code.strip().lower().replace(" ", "")
        its = (RecoveryCode.user_id == user_id, RecoveryCode.digest == _kept(user_id, plain))
        used = update(RecoveryCode).where(*its, RecoveryCode.used_at.is_(None)).values(used_at=self._clock())
        return self._database.change(used).rowcount == 1

    def _step_of(self, secret: str | None, code: str) -> int | None:
        """The step whose code this is; every one is compared, so that the time tells nothing."""
        digits = "".join(code.split())
        if secret is None or not (digits.isascii() and digits.isdigit()):
            return None
        now, app = int(self._clock().timestamp()) // STEP_S, pyotp.TOTP(secret)
        fits = [now + off for off in CLOCKS_MAY_DIFFER if hmac.compare_digest(app.generate_otp(now + off), digits)]
        return fits[0] if fits else None

    def _row(self, user_id: int) -> Row[str | None, datetime | None] | None:
        return self._database.first(select(User.totp_secret, User.totp_at).where(User.id == user_id))

    def _sealed(self, secret: str) -> str:
        if self._box is None:
            raise NoKey
        return self._box.encrypt(secret.encode()).decode()

    def _open(self, sealed: str | None) -> str | None:
        """None where there is none, or the key is another one by now."""
        if self._box is None or sealed is None:
            return None
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def _box(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"alo totp secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _recovery_code() -> str:
    """Two times five letters: 49 bits, easy to copy."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2))


def _kept(user_id: int, code: str) -> str:
    return digest(f"recovery:{user_id}:{code}")
