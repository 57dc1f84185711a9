"""What programs were told, what waits and what failed: the same rows and deeds as for messages to people."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.outbox.list import A_PAGE, TO_PROGRAMS, Again, Line, OutboxList, Wanted
from clinic.webhooks.attempts import Attempts
from clinic.webhooks.fanout import LANE, PING, PROGRAM
from db.retry import taken
from db.session import Database
from db.tables import OutboxRow

PING_EVERY_S = 10
MOST_RESENT = 500
"""So many are sent again at once: who wants more asks again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one program; `line` as in the outbox. `answered`, `milliseconds`: of the last try, None before."""

    line: Line
    answered: int | None
    milliseconds: int | None

    @property
    def event(self) -> str:
        """Its type, as it is sent."""
        return self.line.kind if self.line.kind == PING else f"appointment.{self.line.kind}"


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a delivery: `status` of the answer (None: there was none), `reason` where it was not taken."""

    at: datetime
    attempt: int
    status: int | None
    reason: str | None
    milliseconds: int
    answer: str
    body: str


@dataclass(frozen=True, slots=True)
class Since:
    """What is told again: what was written from a `moment` on (None: ever) and no later than the `newest` one; what
    `failed` alone, or what was taken too."""

    moment: datetime | None
    failed: bool
    newest: int


class Deliveries:
    """The log of one program."""

    def __init__(self, database: Database, attempts: Attempts, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._attempts, self._clock = database, attempts, clock
        self._outbox = OutboxList(database, audit, clock, TO_PROGRAMS)

    def page(
        self, subscription_id: int, status: str = "", kind: str = "", before: int | None = None, size: int = A_PAGE
    ) -> list[Delivery]:
        """The newest first; those of one status or event. The next page begins `before` the last one's id."""
        wanted = Wanted(status=status, kind=kind, before=before, subscription_id=subscription_id)
        lines = self._outbox.page(wanted, size)
        tried = self._attempts.of([line.uid for line in lines if line.uid])
        return [_delivery(line, tried.get(line.uid or "")) for line in lines]

    def get(self, subscription_id: int, delivery_id: int) -> tuple[Delivery, list[Try]]:
        """One of this program's, and its tries, the last first. Raises KeyError."""
        line = self._mine(subscription_id, delivery_id)
        tries = [Try(*row) for row in self._attempts.all_of(line.uid or "")]
        return _delivery(line, tries[0] if tries else None), tries

    def ping(self, subscription_id: int, by: str) -> None:
        """Send an event that means nothing, to see whether it arrives; also while paused. A second one within ten
        seconds is the same one."""
        now, uid = self._clock(), token_hex(16)
        values = {
            "uid": uid, "kind": PING, "audience": PROGRAM, "lane": LANE, "subscription_id": subscription_id, "by": by,
            "status": "waiting", "due_at": now, "created_at": now,
            "dedupe": f"{PROGRAM}:{subscription_id}:{PING}:{int(now.timestamp()) // PING_EVERY_S}",
        }  # fmt: skip
        try:
            self._database.change(insert(OutboxRow).values(**values))
        except IntegrityError as error:
            if not taken(error):
                raise

    def resend(self, subscription_id: int, delivery_id: int, by: str) -> int:
        """Send one once more; its id. Raises KeyError, NotToBeSent."""
        self._mine(subscription_id, delivery_id)
        return self._outbox.resend(delivery_id, by)

    def resend_failed(self, subscription_id: int, by: str, since: datetime | None = None) -> int:
        """Send all that failed (since a moment) once more; how many."""
        wanted = Wanted(subscription_id=subscription_id, since=since)
        return self._outbox.resend_failed(wanted, by)[1]

    def newest(self, subscription_id: int) -> int:
        """The id of the last one there is; 0 for none."""
        found = self._outbox.page(Wanted(subscription_id=subscription_id), 1)
        return found[0].id if found else 0

    def resend_since(self, subscription_id: int, by: str, wanted: Since, after: int, limit: int = MOST_RESENT) -> Again:
        """Send some once more, the oldest first, from the one `after` an id on."""
        status, before = "failed" if wanted.failed else "", wanted.newest + 1
        asked = Wanted(status=status, subscription_id=subscription_id, since=wanted.moment, before=before)
        return self._outbox.resend_some(asked, by, after, min(limit, MOST_RESENT))

    def _mine(self, subscription_id: int, delivery_id: int) -> Line:
        found = self._outbox.page(Wanted(subscription_id=subscription_id, before=delivery_id + 1), 1)
        if not found or found[0].id != delivery_id:
            raise KeyError(delivery_id)
        return found[0]


def _delivery(line: Line, tried: Any) -> Delivery:
    return Delivery(line, tried.status if tried else None, tried.milliseconds if tried else None)
