"""Rows on their way through a broker: it is given ids, and who gets one takes the row here, or finds it taken.

A row whose id is with the broker has HANDED for its worker, and a lease. When that is over and nobody took the row, the
id is handed over once more: a second copy of it finds nothing to do.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from secrets import token_hex

from sqlalchemy import Connection, bindparam, or_, select, update

from clinic.outbox.claims import COLUMNS, HANDED, HERE, Claims, Row, row_of
from db.prepared import Prepared, Query
from db.tables import OutboxRow

_O = OutboxRow
HANDED_OVER = Query(select(*COLUMNS).where(_O.id == bindparam("row"), _O.claimed_by == HANDED, _O.status == "waiting"))
# Also what was with the broker for so long that it may be lost there, or was refused by it a while ago.
_DUE = (*HERE, or_(_O.claimed_by.is_(None), _O.claimed_by == HANDED))
IS_DUE = Query(select(_O.id).where(*_DUE).limit(1))
WAITING = Query(
    select(*COLUMNS).where(*_DUE).order_by(_O.due_at).limit(bindparam("most")).with_for_update(skip_locked=True)
)
TAKE = Prepared(
    update(_O)
    .where(_O.id == bindparam("row"), _O.status == "waiting")
    .where(or_(_O.claimed_by == HANDED, _O.claimed_by == bindparam("token")))  # carried out twice, it is still mine
    .values(claimed_by=bindparam("token"), due_at=bindparam("until"), attempts=_O.attempts + 1)
)


class Handing(Claims):
    """The hands of who gives rows to a broker, and of who takes them from it."""

    def hand_over(self, most: int) -> Sequence[Row]:
        """Up to so many rows that are due, the longest waiting first: from now on they are the broker's."""
        self._look_for_left()
        if not self._database.ask(IS_DUE, self._due()):
            return ()
        return self._database.write(partial(self._handed, most=most))

    def _handed(self, connection: Connection, most: int) -> list[Row]:
        found = WAITING.run(connection, {**self._due(), "most": most})
        if found:
            mine = update(_O).where(_O.id.in_([row.id for row in found]))
            connection.execute(mine.values(claimed_by=HANDED, due_at=self._clock() + self._lease))
        return [row_of(row, HANDED) for row in found]

    def take_back(self, ids: Collection[int]) -> None:
        """These could not be handed over: they wait as before."""
        self._change(ids, None, self._clock())

    def hand_over_later(self, ids: Collection[int], pause: timedelta) -> None:
        """There was no room for these. A copy of an id that is with the broker already still holds."""
        self._change(ids, HANDED, self._clock() + pause)

    def _change(self, ids: Collection[int], claimed_by: str | None, due: datetime) -> None:
        if ids:
            theirs = (_O.id.in_(ids), _O.claimed_by == HANDED, _O.status == "waiting")
            self._database.change(update(_O).where(*theirs).values(claimed_by=claimed_by, due_at=due))

    def take_handed(self, row_id: int) -> Row | None:
        """The row of an id that came from the broker; None where somebody has taken it, or nothing is to be done.

        A database that is away is waited for, as long as a lease.
        """
        found = self._surely(lambda: self._database.ask(HANDED_OVER, {"row": row_id}))
        if not found:
            return None
        token = token_hex(16)
        given = {"row": row_id, "token": token, "until": self._clock() + self._lease}
        return row_of(found[0], token) if self._surely(lambda: self._database.claim(TAKE, given)) else None
