"""From the outbox to the broker: ids of rows that are due. The rows stay in the database until they are sent.

Where the broker cannot be had, they wait there; after a minute of that this worker sends by itself, until it is back.
The same goes for what belongs into a queue nobody listens to: to it, that is a broker that cannot be had.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol

from clinic.broker.queues import Away, Full
from clinic.broker.unheard import Unheard
from clinic.outbox.claims import Row
from clinic.outbox.handing import Handing
from clinic.outbox.sending import Sending, never

log = logging.getLogger(__name__)
AT_ONCE = 100
TRY_AGAIN = 5.0
"""Seconds between two tries to reach a broker that is away, and after a queue was full."""
PATIENCE = 60.0
"""Seconds: a broker that is restarted is back by then, and a reminder is not yet late."""
LOOK = 10.0
"""Seconds between two looks at who listens."""
AT_MOST = 5.0
"""Seconds of sending what nobody else would, before others are handed over again."""


class Post(Protocol):
    """What takes ids to the consumers; clinic.broker.publisher.Publisher."""

    def publish(self, row_id: int, queue: str) -> None:
        """Hand over the id of a row. Raises Away, Full."""

    def listeners(self) -> dict[str, tuple[int, int]]:
        """How many ids wait in each queue, and how many processes listen to it. Raises Away."""


class Relay:
    """Hands over what is due; any number of them may run at once."""

    def __init__(
        self,
        hands: Handing,
        routes: Callable[[Sequence[Row]], dict[int, str]],
        post: Post,
        otherwise: Sending,
        patience: float = PATIENCE,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`routes` tells the queue of each row; `otherwise` sends where there is no broker for so many seconds."""
        self._hands, self._routes, self._post, self._otherwise = hands, routes, post, otherwise
        self._patience, self._ticks = patience, ticks
        self._away: Away | None = None
        self._since = self._next_try = self._next_look = ticks()
        self._alone = False
        self._quiet_until: dict[str, float] = {}
        self._unheard = Unheard(patience, ticks)

    def drain(self, stop: Callable[[], bool] = never) -> int:
        """Hand over what is due, until nothing is; how many rows."""
        if self._away is None or self._ticks() >= self._next_try:
            try:
                return self._hand_over_all(stop)
            except Away as away:
                self._note(away)
        return self._without(stop)

    def _hand_over_all(self, stop: Callable[[], bool]) -> int:
        self._look()
        done = 0
        while not stop() and (rows := self._hands.hand_over(AT_ONCE)):
            refused = self._hand_over(rows, stop)
            done += len(rows) - refused
            if refused:
                break
            self._look()
        return done

    def _look(self) -> None:
        """Ids that nobody listens for would only lie there."""
        if self._ticks() < self._next_look and self._away is None:
            return
        found = self._post.listeners()
        if not any(processes for _, processes in found.values()):
            raise Away("no-consumers")
        self._unheard.look(found)
        self._next_look = self._ticks() + LOOK
        if self._away is not None:
            log.warning("the broker takes messages again, after %.0f s", self._ticks() - self._since)
        self._away, self._alone = None, False

    def _hand_over(self, rows: Sequence[Row], stop: Callable[[], bool]) -> int:
        """How many were refused."""
        left = {row.id for row in rows}
        full: dict[str, list[int]] = {}
        try:
            routes = self._routes(rows)
            ours = {row_id: None for row_id, queue in routes.items() if self._unheard.long(queue)}
            for row_id, queue in routes.items():
                if row_id not in ours:
                    self._publish(row_id, queue, full)
                    left.discard(row_id)
            for row_id in self._sent(ours, stop):
                left.discard(row_id)
        finally:  # also when the broker, or the database, was gone in the middle
            self._hands.take_back(left)
        refused = [one for ids in full.values() for one in ids]
        self._hands.hand_over_later(refused, timedelta(seconds=TRY_AGAIN))
        for queue, ids in full.items():
            self._tell_full(queue, len(ids))
        return len(refused)

    def _sent(self, ids: Iterable[int], stop: Callable[[], bool]) -> Iterator[int]:
        """Those of these that this worker has dealt with, as a consumer would; the others are for later."""
        until = self._ticks() + AT_MOST
        for row_id in ids:
            if stop() or self._ticks() > until:
                return
            row = self._hands.take_handed(row_id)
            if row is not None:
                self._otherwise.deal_with(row)
            yield row_id

    def _publish(self, row_id: int, queue: str, full: dict[str, list[int]]) -> None:
        if queue in full or queue in self._unheard:
            full.setdefault(queue, []).append(row_id)
            return
        try:
            self._post.publish(row_id, queue)
        except Full:
            full[queue] = [row_id]

    def _tell_full(self, queue: str, count: int) -> None:
        if self._ticks() >= self._quiet_until.get(queue, 0.0):
            self._quiet_until[queue] = self._ticks() + self._patience
            why = "is heard by nobody" if queue in self._unheard else "is full"
            log.warning("queue %s %s: %d messages, and maybe more, wait in the database", queue, why, count)

    def _note(self, away: Away) -> None:
        now = self._ticks()
        self._unheard.forget()
        if self._away is None:
            self._since = now
            log.warning("nothing can be handed to the broker (%s): messages wait in the database", away.why)
        self._away, self._next_try = away, now + TRY_AGAIN

    def _without(self, stop: Callable[[], bool]) -> int:
        if self._ticks() - self._since < self._patience:
            return 0
        if not self._alone:
            self._alone = True
            log.warning("there has been no broker for %.0f s: this worker sends by itself", self._patience)
        return self._otherwise.drain(lambda: stop() or self._ticks() >= self._next_try)
