"""How often somebody may try to log in. No account is ever locked: guesses made elsewhere slow down nobody else.

Tries are counted per account and source together, and per source over all accounts. A browser that has logged in to
the account before is a source of its own (OWASP's device cookie), so that not even guesses from the same network slow
it down. Each try is written down before it is looked at and struck out when it succeeds: many at once do not slip
through together. The same happens for accounts that do not exist.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, delete, func, insert, select

from clinic.audit import AuditTrail
from clinic.clock import Clock
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import LoginAttempt

WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
FREE_OF_SOURCE = 40
"""A clinic's people share one address; the limit over all accounts is for who tries many of them."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), WINDOW
ALARM_AT = 100
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TooManyTries(Exception):
    """Wait; `seconds` says how long. The password was not looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Try:
    """One try, counted."""

    id: int


_RECENT = (LoginAttempt.at > bindparam("since"), LoginAttempt.id != bindparam("mine"))
_PAIR = (LoginAttempt.account == bindparam("account"), LoginAttempt.source == bindparam("source"), *_RECENT)
_SOURCE = (LoginAttempt.source == bindparam("source"), *_RECENT)


def _count(*which: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.count()).where(*which).select_from(LoginAttempt).scalar_subquery()


def _last(*which: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.max(LoginAttempt.at)).where(*which).scalar_subquery()


COUNTS = Query(
    select(
        _count(*_PAIR).label("pair"),
        _last(*_PAIR).label("pair_at"),
        _count(*_SOURCE).label("source"),
        _last(*_SOURCE).label("source_at"),
        _count(LoginAttempt.account == bindparam("account"), *_RECENT).label("account"),
    )
)
WRITE_DOWN = Prepared(insert(LoginAttempt).values({name: bindparam(name) for name in ("account", "source", "at")}))
STRIKE_OUT = Prepared(delete(LoginAttempt).where(LoginAttempt.id == bindparam("attempt")))


class LoginLimits:
    """Counts tries; shared by every process through the database."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def attempt(self, account: str, source: str) -> Try:
        """Write a try down: `account` as typed and normalised, `source` from `source_of`. Raises TooManyTries."""
        now = self._clock()
        who = {"account": _digest(account), "source": _digest(source)}
        mine = self._database.change(WRITE_DOWN, {**who, "at": now}).lastrowid
        [counts] = self._database.ask(COUNTS, {**who, "since": now - WINDOW, "mine": mine})
        until = max(
            _free_at(counts.pair - FREE_TRIES, counts.pair_at),
            _free_at(counts.source - FREE_OF_SOURCE, counts.source_at),
        )
        if until > now:
            self._database.claim(STRIKE_OUT, {"attempt": mine})  # what was not looked at makes nobody wait longer
            raise TooManyTries(int((until - now).total_seconds()) + 1)
        if counts.account == ALARM_AT:
            self._audit.add("system", "login.alarm", note=f"{ALARM_AT} failures for one account")
        return Try(mine)

    def succeeded(self, attempt: Try) -> None:
        """It was no guess: strike it out."""
        self._database.claim(STRIKE_OUT, {"attempt": attempt.id})

    def forget_old(self) -> int:
        """Every night: what counts no more is deleted; how many there were."""
        return self._database.change(delete(LoginAttempt).where(LoginAttempt.at <= self._clock() - WINDOW)).rowcount


def source_of(address: str, device: str | None = None) -> str:
    """From where somebody tries: a browser known to the account, else the network (an IPv6 one is a /64)."""
    if device:
        return f"device:{device}"
    try:
        found = ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64)
    return f"address:{found}"


def _free_at(too_many: int, last: datetime | None) -> datetime:
    """When the next try is free: after each one too many, twice as long as before."""
    if too_many < 0 or last is None:
        return LONG_AGO
    wait: timedelta = min(FIRST_WAIT * 2 ** min(too_many, 10), LONGEST_WAIT)
    return last + wait


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
