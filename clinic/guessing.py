"""Limits on trying CPFs and birth dates: per CPF, per calling number, per anonymous call, and in all.

Each attempt is written down before it is looked at, and struck out when it succeeds; so many at once cannot slip
through together. Counters live in the database: telephone, test page and portal share them. Closed for safety: what
cannot be counted is refused.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.phones import variants
from clinic.profile import Profiles
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import Guess, PatientPhone

WINDOW = timedelta(hours=1)
PER_CPF = 5
PER_CALLER = 5
PER_ANONYMOUS_CALL = 3
IN_ALL = 60


class TooManyGuesses(Exception):
    """Enough was tried; a person goes on. `reason`: "caller", "call" (no number shown) or "all"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, counted. `cpf_blocked`: this CPF was tried too often, whatever is typed now is wrong."""

    id: int
    cpf_blocked: bool
    last: bool
    """It is the last one this caller has."""
    caller: str
    """By what the caller was counted: "caller", or "call" where no number is shown."""


_RECENT = Guess.at > bindparam("since")
COUNTS = Query(
    select(
        select(func.count()).where(Guess.cpf == bindparam("cpf"), _RECENT).scalar_subquery().label("cpf"),
        select(func.count()).where(Guess.caller == bindparam("caller"), _RECENT).scalar_subquery().label("caller"),
        select(func.count()).where(_RECENT).select_from(Guess).scalar_subquery().label("all"),
    )
)
WRITE_DOWN = Prepared(insert(Guess).values({name: bindparam(name) for name in ("cpf", "caller", "at")}))
STRIKE_OUT = Prepared(delete(Guess).where(Guess.id == bindparam("guess")))


class Guessing:
    """Counts attempts."""

    def __init__(self, database: Database, profiles: Profiles, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._profiles, self._audit, self._clock = database, profiles, audit, clock

    def attempt(self, secret: str | None, caller: str | None, call_id: str) -> Attempt:
        """Write an attempt down. `secret` is what is guessed at (a CPF), None where a birth date alone is.

        Raises TooManyGuesses when the caller, or everybody together, has tried enough already.
        """
        now = self._clock()
        known = caller if caller != self._profiles.get().trunk_number else None
        who = _digest(f"number:{known}" if known else f"call:{call_id}")
        cpf = _digest(f"cpf:{secret}") if secret else None
        key = self._database.change(WRITE_DOWN, {"cpf": cpf, "caller": who, "at": now}).lastrowid
        [counts] = self._database.ask(COUNTS, {"cpf": cpf, "caller": who, "since": now - WINDOW})
        limit, counted = (PER_CALLER, "caller") if known else (PER_ANONYMOUS_CALL, "call")
        if counts.caller > limit:
            self._refuse(counted, call_id)
        if counts.all > IN_ALL and not (known and self._on_file(known)):
            self._alarm(now)
            self._refuse("all", call_id)
        if counts.cpf == PER_CPF + 1:
            self._note(call_id, "cpf")
        return Attempt(key, counts.cpf > PER_CPF, counts.caller == limit, counted)

    def succeeded(self, attempt: Attempt) -> None:
        """It was no guess: strike it out."""
        self._database.claim(STRIKE_OUT, {"guess": attempt.id})

    def failed(self, attempt: Attempt, call_id: str) -> None:
        """Raises TooManyGuesses when it was the last one this caller had; else nothing happens."""
        if attempt.last:
            self._refuse(attempt.caller, call_id)

    def forget_old(self) -> int:
        """Every night: what counts no more is deleted; how many there were."""
        old = delete(Guess).where(Guess.at <= self._clock() - WINDOW)
        return self._database.change(old).rowcount

    def _refuse(self, reason: str, call_id: str) -> None:
        self._note(call_id, reason)
        raise TooManyGuesses(reason)

    def _note(self, call_id: str, reason: str) -> None:
        self._audit.add(f"call:{call_id}"[:60], "too_many_guesses", note=reason)

    def _alarm(self, now: datetime) -> None:
        """Once an hour, for whoever watches the audit."""
        latest = self._audit.latest(1, "guessing_alarm")
        if not latest or latest[0].at <= now - WINDOW:
            self._audit.add("system", "guessing_alarm", note=f"more than {IN_ALL} failures in an hour")

    def _on_file(self, number: str) -> bool:
        mine = select(PatientPhone.patient_id).where(PatientPhone.number.in_(variants(number)))
        return self._database.first(mine.limit(1)) is not None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
