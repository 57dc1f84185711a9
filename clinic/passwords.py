"""Passwords: Argon2id, at most two at once in a process, never inside a transaction, never told from no account."""

import base64
import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.demo_accounts import PUBLISHED
from db.session import Database
from db.tables import User
from db.types import folded

Reason = Literal["short", "long", "common", "own"]
SHORTEST, LONGEST = 8, 128
AT_ONCE = 2
PATIENCE_S = 10.0
_TRIED_FIRST = (
    "12345678 123456789 1234567890 87654321 11111111 00000000 01020304 10203040 102030405060 123123123 12341234 "
    "abcd1234 abc12345 a1b2c3d4 qwertyui qwerty123 asdfghjk 1q2w3e4r 1qaz2wsx password password1 password123 senha123 "
    "senha1234 senha12345 minhasenha mudar123 trocar123 brasil123 flamengo corinthians palmeiras saopaulo vascodagama "
    "gremio123 iloveyou teamo123 jesus123 deusefiel familia123 clinica123 medico123 recepcao123 admin123 admin1234 "
    "administrador hospital123 bemvindo123 brasil2026 brasil2025 clinica2026"
)
COMMON = frozenset(_TRIED_FIRST.split())


class WeakPassword(Exception):
    """Not to be taken; `reason`: shorter than 8 or longer than 128 characters, a common one, or their own data."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class TooBusy(Exception):
    """So many passwords are being checked that this one would wait too long."""


class Passwords:
    """Hashes, compares and changes passwords."""

    def __init__(
        self,
        database: Database,
        audit: AuditTrail,
        clock: Clock,
        hasher: Callable[[Callable[[], Any]], Any],
        argon2: PasswordHasher | None = None,
        patience: float = PATIENCE_S,
    ) -> None:
        """`hasher` runs slow computing; a gevent process hands in its thread pool's `apply`.

        `patience`: seconds to wait for one's turn.
        """
        self._database, self._audit, self._clock, self._hasher = database, audit, clock, hasher
        self._argon2 = argon2 or PasswordHasher()
        self._patience = patience
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = _nobodys(self._argon2)

    def hash(self, password: str) -> str:
        """What is stored of a password. Raises TooBusy."""
        with self._turn():
            return str(self._hasher(lambda: self._argon2.hash(password)))

    def fits(self, password: str, stored: str | None) -> bool:
        """Whether it is the one that was stored; without a stored one False, after the same time. Raises TooBusy."""
        with self._turn():
            return bool(self._hasher(lambda: self._verify(password[: LONGEST + 1], stored or self._nobodys)))

    def grown_old(self, stored: str) -> bool:
        """Whether it was hashed with less than is asked for today, and should be hashed anew."""
        return self._argon2.check_needs_rehash(stored)

    def set(self, user_id: int, password: str, *, by: str, own: tuple[str, ...] = ()) -> None:
        """Change a password. Raises WeakPassword, TooBusy. `own`: the person's data, that it must not be."""
        check(password, own)
        self.store(user_id, self.hash(password))
        self._audit.add(by, "password.changed", "user", user_id)

    def store(self, user_id: int, hashed: str) -> None:
        """Write a hash down."""
        values = {"password_hash": hashed, "password_at": self._clock()}
        self._database.change(update(User).where(User.id == user_id).values(**values))

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience):
            raise TooBusy
        try:
            yield
        finally:
            self._turns.release()


def check(password: str, own: tuple[str, ...] = ()) -> None:
    """Raises WeakPassword. No rules of which characters: length, and that it is not among the first to be tried."""
    if len(password) < SHORTEST:
        raise WeakPassword("short")
    if len(password) > LONGEST:
        raise WeakPassword("long")
    plain = folded(password)
    if plain in COMMON or plain == PUBLISHED or len(set(plain)) < 3:
        raise WeakPassword("common")
    if any(plain == folded(part) for text in own for part in (text, *text.replace("@", " ").split())):
        raise WeakPassword("own")


def _nobodys(argon2: PasswordHasher) -> str:
    """A hash that no password has, with the cost of a real one: for who has no account, or no password yet."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (argon2.salt_len, argon2.hash_len)
    )
    cost = f"m={argon2.memory_cost},t={argon2.time_cost},p={argon2.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
