"""Programs that are told of appointments: who subscribed, to what, with which secret, and whether they are paused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.media.webhooks.medium import Endpoint
from clinic.media.webhooks.reach import BadUrl, Reach
from clinic.profile import ChangedMeanwhile
from clinic.webhooks.fanout import EVENTS
from clinic.webhooks.keys import Box, NoKey, new_secret
from clinic.webhooks.parts import deleted
from db.retry import taken
from db.session import Database
from db.tables import OutboxRow, WebhookAttempt, WebhookSubscription

MOST = 20
OVERLAP = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
BY_HAND, FAILING, GONE = "by_hand", "failing", "gone"

Made = TypeVar("Made")
__all__ = ["BadUrl", "NoKey", "Subscription", "Subscriptions", "Wish"]


class LabelTaken(Exception):
    """Another program has this name."""


class Unknown(KeyError):
    """There is no such program (any more)."""


class TooMany(Exception):
    """There are `MOST` of them already."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What can be chosen of a subscription. `events`: none for all; `with_patient`: name, telephone and e-mail too."""

    label: str
    url: str
    events: frozenset[str] = frozenset()
    with_patient: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A program as managers see it; the secret is not shown again. `version` grows with every change somebody makes.

    `paused_why`: "by_hand", "failing" or "gone" (it said so itself). `failures` in a row, since `failing_since`;
    `told_at`: when it last took something; `old_until`: until when the old secret signs too.
    """

    id: int
    label: str
    url: str
    events: tuple[str, ...]
    with_patient: bool
    paused_at: datetime | None
    paused_why: str | None
    failures: int
    failing_since: datetime | None
    told_at: datetime | None
    old_until: datetime | None
    created_at: datetime
    by: str
    version: int


_S = WebhookSubscription
COLUMNS = select(
    _S.id, _S.label, _S.url, _S.events, _S.with_patient, _S.paused_at, _S.paused_why, _S.failures, _S.failing_since,
    _S.told_at, _S.old_until, _S.created_at, _S.by, _S.version,
)  # fmt: skip
RUNS = {"paused_at": None, "paused_why": None, "failures": 0, "failing_since": None}


class Subscriptions:
    """Kept by managers, read by workers."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock, box: Box, reach: Reach) -> None:
        self._database, self._audit, self._clock, self._box, self._reach = database, audit, clock, box, reach

    @property
    def available(self) -> bool:
        """Whether secrets can be kept here."""
        return self._box.available

    def all(self) -> list[Subscription]:
        """By id."""
        return [_shown(row) for row in self._database.rows(COLUMNS.order_by(_S.id))]

    def get(self, subscription_id: int) -> Subscription:
        """One of them. Raises Unknown."""
        row = self._database.first(COLUMNS.where(_S.id == subscription_id))
        if row is None:
            raise Unknown(subscription_id)
        return _shown(row)

    def create(self, wish: Wish, by: str) -> tuple[int, str]:
        """A new one: its id, and its secret, told this once. Raises BadUrl, LabelTaken, NoKey, TooMany, ValueError."""
        self._check(wish)
        secret, now = new_secret(), self._clock()
        values = _values(wish) | {"secret": self._box.sealed(secret), "created_at": now, "by": by}

        def work(connection: Connection) -> int:
            if (connection.scalar(select(func.count()).select_from(_S)) or 0) >= MOST:
                raise TooMany
            return int(connection.execute(insert(_S).values(**values)).inserted_primary_key[0])  # type: ignore[index]

        made = self._once(lambda: self._database.write(work))
        self._audit.add(by, "webhook.created", "webhook", made)
        return made, secret

    def save(self, subscription_id: int, wish: Wish, version: int, by: str) -> None:
        """Another name, address or choice. Raises BadUrl, ChangedMeanwhile, Unknown, LabelTaken, ValueError."""
        self._check(wish)
        self._once(lambda: self._change(subscription_id, version, lambda _: _values(wish)))
        self._audit.add(by, "webhook.saved", "webhook", subscription_id)

    def rotate(self, subscription_id: int, version: int, by: str) -> str:
        """A new secret, told this once; the old one signs too for a day. Raises ChangedMeanwhile, Unknown, NoKey."""
        secret = new_secret()
        new, until = self._box.sealed(secret), self._clock() + OVERLAP
        self._change(
            subscription_id, version, lambda row: {"secret": new, "old_secret": row.secret, "old_until": until}
        )
        self._audit.add(by, "webhook.rotated", "webhook", subscription_id)
        return secret

    def pause(self, subscription_id: int, by: str) -> None:
        """It is told nothing until it runs again; what happens meanwhile is kept. Harmless twice. Raises Unknown."""
        paused = {"paused_at": self._clock(), "paused_why": BY_HAND}
        self._switch(subscription_id, paused, "webhook.paused", by)

    def resume(self, subscription_id: int, by: str) -> None:
        """It is told again from now on. Harmless twice. Raises Unknown."""
        self._switch(subscription_id, RUNS, "webhook.resumed", by)

    def delete(self, subscription_id: int, by: str) -> None:
        """It is gone, with its log and with what waited for it. Raises Unknown.

        It is paused and emptied part by part before: what is still noted meanwhile goes with the last of it. Should
        that be cut short, the audit tells who paused it.
        """
        self.pause(subscription_id, by)
        for table, which in _belongings(subscription_id):
            deleted(self._database, table, *which)
        if not self._database.write(lambda connection: _removed(connection, subscription_id)):
            raise Unknown(subscription_id)
        self._audit.add(by, "webhook.deleted", "webhook", subscription_id)

    def endpoint(self, name: str) -> Endpoint | None:
        """Where a program is told, and what signs now; None for one that is not there, or whose secret is lost."""
        wanted = select(_S.url, _S.secret, _S.old_secret, _S.old_until).where(_S.id == int(name))
        row = self._database.first(wanted)
        if row is None:
            return None
        old = row.old_secret if row.old_until and row.old_until > self._clock() else None
        keys = tuple(key for key in map(self._box.key, (row.secret, old)) if key is not None)
        return Endpoint(row.url, keys) if keys else None

    def _check(self, wish: Wish) -> None:
        self._reach.check(wish.url)
        if not wish.events <= set(EVENTS):
            raise ValueError("events")

    def _change(self, subscription_id: int, version: int, values: Callable[[Any], dict[str, Any]]) -> None:
        """Change one as it was seen."""

        def work(connection: Connection) -> None:
            row: Any = connection.execute(select(_S).where(_S.id == subscription_id).with_for_update()).first()
            if row is None:
                raise Unknown(subscription_id)
            if row.version != version:
                raise ChangedMeanwhile
            mine = update(_S).where(_S.id == subscription_id)
            connection.execute(mine.values(**values(row), version=version + 1))

        self._database.write(work)

    def _switch(self, subscription_id: int, values: dict[str, Any], action: str, by: str) -> None:
        running = values["paused_at"] is None
        now = _S.paused_at.is_not(None) if running else _S.paused_at.is_(None)
        mine = update(_S).where(_S.id == subscription_id, now)
        if self._database.change(mine.values(**values, version=_S.version + 1)).rowcount:
            self._audit.add(by, action, "webhook", subscription_id)
        else:
            self.get(subscription_id)

    @staticmethod
    def _once(work: Callable[[], Made]) -> Made:
        try:
            return work()
        except IntegrityError as error:
            if not taken(error):
                raise
            raise LabelTaken from None


def _belongings(subscription_id: int) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    """Its log and its deliveries: tables, and which of their rows."""
    deliveries = (OutboxRow.subscription_id == subscription_id, OutboxRow.audience == "program")
    return (WebhookAttempt, (WebhookAttempt.subscription_id == subscription_id,)), (OutboxRow, deliveries)


def _removed(connection: Connection, subscription_id: int) -> bool:
    """Locked first, as by who notes a try: nothing comes in between."""
    mine = _S.id == subscription_id
    if connection.execute(select(_S.id).where(mine).with_for_update()).first() is None:
        return False
    for table, which in _belongings(subscription_id):
        connection.execute(delete(table).where(*which))
    return bool(connection.execute(delete(_S).where(mine)).rowcount)


def _values(wish: Wish) -> dict[str, Any]:
    return {
        "label": wish.label, "url": wish.url, "events": in_order(wish.events), "with_patient": wish.with_patient,
    }  # fmt: skip


def in_order(events: Iterable[str]) -> str:
    """As they are kept."""
    wanted = set(events)
    return " ".join(one for one in EVENTS if one in wanted)


def _shown(row: Any) -> Subscription:
    known = dict(zip(Subscription.__slots__, row, strict=True))
    return Subscription(**{**known, "events": tuple(row.events.split())})
