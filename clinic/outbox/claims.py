"""Who works on which row: taken by one short transaction, left alone by everybody else, and settled by who took it.

`due_at` of a taken row is the end of its lease, and the one index on it answers all questions. But a lease that has run
out by the clock proves nothing, for clocks jump: a row is taken from another worker only after it was seen lying there
for as long as a lease, measured by what never jumps. Then its message may have been sent already, and the log says so.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import DBAPIError

from clinic.clock import Clock
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import OutboxRow

T = TypeVar("T")

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
"""No message of a batch is begun after half of it, and none takes as long as the other half."""
LOOKS = 12
"""How often within a lease somebody looks for what was left behind."""
MOST_LEFT = 200
HANDED = "broker"
"""Who has taken a row whose id is with the broker; until one of its consumers takes it, nothing is done with it."""

_O = OutboxRow
COLUMNS = (
    _O.id, _O.uid, _O.kind, _O.audience, _O.medium, _O.appointment_id, _O.change_id, _O.version, _O.attempts,
    _O.created_at, _O.by, _O.reason, _O.subscription_id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox in the hands of a worker; `attempts` counts this one. `audience` None: to be addressed."""

    id: int
    uid: str
    kind: str
    audience: str | None
    medium: str | None
    appointment_id: int
    change_id: int | None
    version: datetime
    attempts: int
    created_at: datetime
    by: str | None
    reason: str | None
    subscription_id: int | None
    token: str


HERE = (_O.lane == bindparam("lane"), _O.due_at <= bindparam("now"))
_DUE = (*HERE, _O.claimed_by.is_(None))
IS_DUE = Query(select(_O.id).where(*_DUE).limit(1))
WAITING = Query(
    select(*COLUMNS).where(*_DUE).order_by(_O.due_at).limit(bindparam("most")).with_for_update(skip_locked=True)
)
TOGETHER = 20
TAKE = Prepared(
    update(_O)
    .where(_O.id.in_([bindparam(f"row{place}") for place in range(TOGETHER)]))
    .values(claimed_by=bindparam("token"), due_at=bindparam("until"), attempts=_O.attempts + 1)
)
HEAD = Query(select(_O.due_at).where(*_DUE).order_by(_O.due_at).limit(1))
# Of all that is due, only what comes before the first that waits: after it, nobody would be served sooner by it, and a
# million that wait are not looked through.
LEFT = Query(
    select(_O.id, _O.uid, _O.audience, _O.claimed_by)
    .where(_O.lane == bindparam("lane"), _O.due_at < bindparam("until"), _O.claimed_by.is_not(None))
    .order_by(_O.due_at)
    .limit(MOST_LEFT)
)
_MINE = (_O.id == bindparam("row"), _O.claimed_by == bindparam("token"))
# Who took it stays written: carried out twice, this finds the same row twice.
SETTLE = Prepared(
    update(_O)
    .where(*_MINE)
    .values(status=bindparam("status"), due_at=None, settled_at=bindparam("now"), reason=bindparam("why"))
    .values(provider_id=bindparam("provider"), medium=bindparam("medium"))
)
AGAIN = Prepared(
    update(_O)
    .where(*_MINE, _O.status == "waiting")
    .values(due_at=bindparam("due"), claimed_by=None, reason=bindparam("why"), attempts=bindparam("attempts"))
)
FREE = Prepared(update(_O).where(*_MINE, _O.status == "waiting").values(claimed_by=None))


class Claims:
    """One worker's hands, in one lane: 0 has what people are told, 1 what programs are."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lease: timedelta = LEASE,
        ticks: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        lane: int = 0,
    ) -> None:
        self._lane = lane
        self._database, self._clock, self._lease, self._ticks, self._pause = database, clock, lease, ticks, pause
        self._left: dict[tuple[int, str], float] = {}
        self._looked: float | None = None
        self._more = False

    def take(self, most: int) -> tuple[Sequence[Row], Callable[[], bool]]:
        """Up to so many rows that are due, the longest waiting first; and whether there is time to begin another one.

        Where nothing is due, it costs one look into an index.
        """
        self._look_for_left()
        until = self._ticks() + self._lease.total_seconds() / 2
        if not self._more and not self._database.ask(IS_DUE, self._due()):
            return (), lambda: False
        token, now = token_hex(16), self._clock()
        rows = self._database.write(lambda connection: self._taken(connection, token, now, most))
        self._more = len(rows) == most
        return rows, lambda: self._ticks() < until

    def _taken(self, connection: Connection, token: str, now: datetime, most: int) -> list[Row]:
        found = WAITING.run(connection, {"lane": self._lane, "now": now, "most": most})
        for first in range(0, len(found), TOGETHER):
            given = these([row.id for row in found[first : first + TOGETHER]])
            TAKE.run(connection, {**given, "token": token, "until": now + self._lease})
        return [row_of(row, token) for row in found]

    def _due(self) -> dict[str, Any]:
        return {"lane": self._lane, "now": self._clock()}

    def settle(
        self, row: Row, status: str, why: str | None = None, provider: str = "", medium: str | None = None
    ) -> bool:
        """It is over: "sent", "failed" or "silenced". False where somebody else has taken the row meanwhile.

        Tried until the lease is over: what was sent must be written down.
        """
        given = self._settled(row, status, why, provider, medium)
        return bool(self._surely(lambda: self._database.claim(SETTLE, given)))

    def sent(self, row: Row, provider: str, medium: str) -> Callable[[], bool]:
        """It was sent: settled as by `settle`, but the answer is waited for when what is returned is called (once).

        What is still unknown then is tried until the lease is over.
        """
        given = self._settled(row, "sent", None, provider, medium)
        try:
            known = self._database.claim_soon(SETTLE, given)
        except Exception:  # whatever it is, it shows when the answer is wanted
            known = partial(self._database.claim, SETTLE, given)

        def settled() -> bool:
            with contextlib.suppress(DBAPIError):
                return bool(known())
            return bool(self._surely(lambda: self._database.claim(SETTLE, given)))

        return settled

    def _settled(self, row: Row, status: str, why: str | None, provider: str, medium: str | None) -> dict[str, Any]:
        return {
            "row": row.id, "token": row.token, "status": status, "now": self._clock(), "why": why,
            "provider": provider[:255] or None, "medium": medium or row.medium,
        }  # fmt: skip

    def again(self, row: Row, due: datetime, why: str) -> None:
        """It did not work: once more at `due`."""
        self._hand_back(row, due, why, row.attempts)

    def put_off(self, row: Row, due: datetime, why: str | None = None) -> None:
        """It was not tried: as if it had never been taken, but not before `due`."""
        self._hand_back(row, due, why, row.attempts - 1)

    def give_back(self, rows: Iterable[Row]) -> None:
        """There was no time for these: whoever is next may take them."""
        for row in rows:
            self.put_off(row, self._clock())

    def _hand_back(self, row: Row, due: datetime, why: str | None, attempts: int) -> None:
        given = {"row": row.id, "token": row.token, "due": due, "why": why, "attempts": attempts}
        self._surely(lambda: self._database.claim(AGAIN, given))

    def _surely(self, once: Callable[[], T]) -> T:
        until = self._ticks() + self._lease.total_seconds()
        while True:
            try:
                return once()
            except DBAPIError:
                if self._ticks() >= until:
                    raise
                self._pause(0.5)

    def _look_for_left(self) -> None:
        """Free what a worker left behind; a worker that is alive settles its rows long before."""
        now, lease = self._ticks(), self._lease.total_seconds()
        if self._looked is not None and now - self._looked < lease / LOOKS:
            return
        self._looked = now
        found = {(row.id, row.claimed_by): row for row in self._lying_there()}
        self._left = {one: self._left.get(one, now) for one in found}
        for (row_id, token), since in self._left.items():
            if token == HANDED or now - since >= lease:
                self._free(found[row_id, token])

    def _lying_there(self) -> Sequence[Any]:
        at = self._due()
        head = self._database.ask(HEAD, at)
        return self._database.ask(LEFT, {"lane": self._lane, "until": head[0].due_at if head else at["now"]})

    def _free(self, left: Any) -> None:
        freed = self._database.claim(FREE, {"row": left.id, "token": left.claimed_by})
        if freed and left.audience is not None and left.claimed_by != HANDED:
            log.warning(
                "message %s was left by a worker that did not say what came of it: it may be sent twice", left.uid
            )


def these(ids: Sequence[int]) -> dict[str, int]:
    """Up to TOGETHER ids for a statement that takes so many: row0, row1 and so on, the last one over and over."""
    return {f"row{place}": ids[min(place, len(ids) - 1)] for place in range(TOGETHER)}


def row_of(row: Any, token: str) -> Row:
    """A row in the hands of who has this token."""
    known: dict[str, Any] = dict(zip(Row.__slots__, row, strict=False))  # all but the last one
    return Row(**{**known, "attempts": row.attempts + 1}, token=token)
