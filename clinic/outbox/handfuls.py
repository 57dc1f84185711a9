"""Facts that follow one another are addressed together: in one transaction, with a few round trips for all of them.

That is for what happens most and looks at nothing but its own visit. A fact that needs more than that (of a visit that
was moved here, of a retorno), was tried before, or has another one of its visit before it, is addressed alone; so are
all, one by one, where it did not work together: a bad one keeps none of the others waiting, and what was carried out
already is not there any more.
"""

import logging
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from clinic.outbox.addressing import VISITS, Addressing, Fact, add
from clinic.outbox.claims import TOGETHER, Row, these
from clinic.outbox.facts import TAKEN_BACK
from clinic.webhooks import fanout
from db.batch import run_all
from db.prepared import Prepared, Query
from db.tables import Appointment, AppointmentChange, OutboxRow

log = logging.getLogger(__name__)
SIMPLE = frozenset({"booked", "requested", "accepted", "imported"})
"""They silence nothing and ask nobody what was said before."""

_A, _C, _O = Appointment, AppointmentChange, OutboxRow
_PLACES: list[Any] = [bindparam(f"row{place}") for place in range(TOGETHER)]
_HERE = _O.id.in_(_PLACES)
MINE = Query(select(_O.id).where(_HERE, _O.claimed_by == bindparam("token")).with_for_update())
SEEN = Query(VISITS.where(_A.id.in_(_PLACES)))
CHANGES = Query(
    select(_C.appointment_id, _C.event, _C.at, func.max(_C.id).label("id"))
    .where(_C.appointment_id.in_(_PLACES))
    .group_by(_C.appointment_id, _C.event, _C.at)
)
GONE = Prepared(delete(_O).where(_HERE))


class Handfuls(Addressing):
    """Addresses facts as `Addressing` does, and with each those that are known to come next."""

    _ahead: Sequence[Row] = ()
    _done: frozenset[int] = frozenset()

    def foresee(self, rows: Iterable[Row]) -> None:
        """These are dealt with next, in this order."""
        self._ahead, self._done = list(rows), frozenset()

    def address(self, row: Row) -> int:
        """Write the messages that follow from a fact this worker has taken; how many, with those that follow from
        the facts after it. None of what was addressed already.
        """
        if row.id in self._done:
            return 0
        some = self._with(row)
        written = self._written(some) if len(some) > 1 else 0
        return written if row.id in self._done else super().address(row)

    def _with(self, row: Row) -> list[Row]:
        """A fact and those right behind it that can go with it."""
        place = next((at for at, one in enumerate(self._ahead) if one.id == row.id), len(self._ahead))
        return list(takewhile(_Fits(row.token), self._ahead[place : place + TOGETHER]))

    def _written(self, rows: Sequence[Row]) -> int:
        try:
            done, written = self._database.write(lambda connection: self._together(connection, rows))
        except Exception as error:  # whatever it is, it shows again where it came from
            log.warning("%d facts are addressed one by one: %s", len(rows), type(error).__name__)
            self._ahead = ()
            return 0
        self._done |= done
        return written

    def _together(self, connection: Connection, rows: Sequence[Row]) -> tuple[frozenset[int], int]:
        """Which of them were addressed, and how many messages there were; the others are left as they are."""
        ids, visits = these([row.id for row in rows]), these([row.appointment_id for row in rows])
        mine, seen, changes, programs = run_all(
            connection, (MINE, {**ids, "token": rows[0].token}), (SEEN, visits), (CHANGES, visits), (fanout.ALL, {})
        )
        ours, visit_of = {one.id for one in mine}, {one.id: one for one in reversed(seen)}
        change_of = {(one.appointment_id, one.event, one.at): one.id for one in changes}
        done: list[int] = []
        new: dict[str, dict[str, Any]] = {}
        for row in rows:
            visit = visit_of.get(row.appointment_id)
            if row.id in ours and visit is not None and visit.return_of is None and visit.from_doctor is None:
                change = change_of.get((row.appointment_id, row.kind, row.created_at))
                new |= self._messages(connection, row, visit, change, programs)
                done.append(row.id)
        if done:
            GONE.run(connection, these(done))
        return frozenset(done), add(connection, [{**values, "dedupe": key} for key, values in new.items()])

    def _messages(
        self, connection: Connection, row: Row, visit: Any, change: int | None, programs: Iterable[Any]
    ) -> dict[str, dict[str, Any]]:
        fact = Fact(row, visit, change, self._rosters.get().unit[visit.unit_id].tz, connection)
        subscribed = [one for one in programs if one.created_at <= row.created_at]
        return self.told(fact) | fanout.of_line(subscribed, row, visit, change, self._clock())


class _Fits:
    """Whether one more may go with those before it: each visit once, so that none looks at what another one writes."""

    def __init__(self, token: str) -> None:
        self._token, self._visits = token, set[int]()

    def __call__(self, row: Row) -> bool:
        """Asked of one after the other."""
        alone = row.audience is not None or row.attempts > 1 or row.kind not in SIMPLE or row.reason in TAKEN_BACK
        if alone or row.token != self._token or row.appointment_id in self._visits:
            return False
        self._visits.add(row.appointment_id)
        return True
