"""What keeps programs in order: how often they may ask, and the same answer for the same request."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from db.prepared import Prepared, Query
from db.retry import pauses, taken
from db.session import Database
from db.tables import KeptAnswer, RequestCount
from db.together import Together

KEPT = timedelta(days=1)
AT_WORK = timedelta(seconds=30)
"""How long a request may be at work before somebody may ask for the same again."""
PATIENCE_S = 3.0
"""How long who asks for the same meanwhile waits for its answer."""
OF_ONE_PERSON = 5
"""How many tokens' worth of requests a person has in all, however often they log in."""
_MINE = (RequestCount.who == bindparam("of"), RequestCount.minute == bindparam("now"))
MORE = Prepared(update(RequestCount).where(*_MINE).values(requests=RequestCount.requests + bindparam("more")))
FIRST = Prepared(insert(RequestCount).values(who=bindparam("of"), minute=bindparam("now"), requests=bindparam("more")))
COUNTED = Query(
    select(RequestCount.who, RequestCount.requests).where(
        RequestCount.minute == bindparam("now"), RequestCount.who.between(bindparam("first"), bindparam("last"))
    )
)


class TooManyRequests(Exception):
    """Wait; `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class OtherRequest(Exception):
    """The key came with another request before."""


class StillAtWork(Exception):
    """The same request is being answered at this moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a status and a body."""

    status: int
    body: str


class Programs:
    """Counts and remembers; shared by every process through the database. `patience_s` may be changed at any time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        patience_s: float = PATIENCE_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database, self._clock, self._sleep, self.patience_s = database, clock, sleep, patience_s
        self._together = Together(self._count)

    def count(self, who: str, limit: int) -> int:
        """One more request within this minute; how many are left. Raises TooManyRequests.

        `who`: "user:12/session:5" has `limit` of its own, and all of user:12 together have OF_ONE_PERSON times as many.
        """
        own, others = self._together.of(who)
        left = min(limit - own, OF_ONE_PERSON * limit - own - sum(min(one, limit) for one in others))
        if left < 0:
            raise TooManyRequests(60 - int(self._clock().timestamp()) % 60)
        return left

    def _count(self, asked: Sequence[str]) -> list[tuple[int, list[int]]]:
        """The requests that came at the same time are written down together; each is told its own number, and those
        that the same person's other tokens have."""
        minute, more = int(self._clock().timestamp()) // 60, Counter(asked)
        found = {who: self._add({"of": who, "now": minute, "more": many}) for who, many in more.items()}
        before = {who: found[who][0] - many for who, many in more.items()}
        numbers = []
        for who in asked:
            before[who] += 1
            numbers.append((before[who], found[who][1]))
        return numbers

    def _add(self, these: dict[str, Any]) -> tuple[int, list[int]]:
        """How many requests there were within the minute, with these; and with each other token of the same person."""
        if not self._database.claim(MORE, these):
            self._first(these)
        who, now = these["of"], these["now"]
        person, slash, _ = who.partition("/")
        first, last = (f"{person}/", f"{person}0") if slash else (who, who)  # "0" comes right after "/"
        found = self._database.ask(COUNTED, {"now": now, "first": first, "last": last})
        rows = {one.who: one.requests for one in found}
        return rows.pop(who, these["more"]), list(rows.values())

    def _first(self, these: dict[str, Any]) -> None:
        try:
            self._database.change(FIRST, these)
        except IntegrityError as error:
            if not taken(error):
                raise
            self._database.claim(MORE, these)  # another was first at the same moment

    def begin(self, owner: str, key: str, asked: bytes) -> Answer | None:
        """Claim a key for a request; its answer where it was made before, awaited where that is being made just now.

        Raises OtherRequest, StillAtWork.
        """
        for _ in pauses(self._sleep, self.patience_s):
            try:
                return self._claimed(owner, key, asked)
            except StillAtWork as error:
                at_work = error
        raise at_work

    def _claimed(self, owner: str, key: str, asked: bytes) -> Answer | None:
        now, name, print_ = self._clock(), _digest(key.encode()), _digest(asked)
        row = {"owner": owner, "name": name, "fingerprint": print_, "at": now}
        self._database.change(delete(KeptAnswer).where(*_named(owner, name), KeptAnswer.at <= now - KEPT))
        try:
            self._database.change(insert(KeptAnswer).values(**row))
        except IntegrityError as error:
            if not taken(error):
                raise
        else:
            return None
        return self._before(owner, name, print_)

    def _before(self, owner: str, name: str, print_: str) -> Answer | None:
        columns = select(KeptAnswer.fingerprint, KeptAnswer.status, KeptAnswer.answer)
        kept = self._database.first(columns.where(*_named(owner, name)))
        if kept is None:
            raise StillAtWork  # let go a moment ago
        if kept.fingerprint != print_:
            raise OtherRequest
        if kept.status is not None:
            return Answer(kept.status, kept.answer or "")
        now = self._clock()
        forgotten = update(KeptAnswer).where(*_named(owner, name), KeptAnswer.at <= now - AT_WORK)
        if not self._database.change(forgotten.where(KeptAnswer.status.is_(None)).values(at=now)).rowcount:
            raise StillAtWork
        return None

    def finish(self, owner: str, key: str, answer: Answer) -> None:
        """Keep the answer for a day."""
        mine = update(KeptAnswer).where(*_named(owner, _digest(key.encode())))
        self._database.change(mine.values(status=answer.status, answer=answer.body))

    def let_go(self, owner: str, key: str) -> None:
        """It came to nothing: the same key may be tried again."""
        self._database.change(delete(KeptAnswer).where(*_named(owner, _digest(key.encode()))))

    def forget_old(self) -> int:
        """Every night: counts and answers that nobody needs any more; how many there were."""
        now = self._clock()
        minutes = int((now - KEPT).timestamp()) // 60
        counts = self._database.change(delete(RequestCount).where(RequestCount.minute < minutes)).rowcount
        return counts + self._database.change(delete(KeptAnswer).where(KeptAnswer.at <= now - KEPT)).rowcount


def _named(owner: str, name: str) -> tuple[Any, Any]:
    return KeptAnswer.owner == owner, KeptAnswer.name == name


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
