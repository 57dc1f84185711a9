"""What is known of the visits that messages speak of: a whole batch in one question, no older than half a second.

A round trip and the planning of this statement cost more than a message does.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased, join

from clinic.clock import Clock
from clinic.messages.variables import facts_in
from clinic.outbox import calendars, contacts
from clinic.outbox.claims import TOGETHER, Row, these
from db.prepared import Query, among
from db.session import Database
from db.tables import Appointment, AppointmentChange, OutboxRow

TOO_SOON = timedelta(minutes=50)
"""After one reminder for another: as planned, there is an hour between two, but not when a worker was away for long."""
FRESH_S = 0.5

_A, _O, _TOLD = Appointment, OutboxRow, aliased(OutboxRow)
_LATER = aliased(AppointmentChange)
_OF_DELAY = among(_LATER.event, ("delayed", "on_time"))
_NEWER = and_(_LATER.appointment_id == _A.id, _OF_DELAY, _LATER.id > func.coalesce(_O.change_id, 0))
_OF_THIS = and_(_TOLD.appointment_id == _A.id, _TOLD.version == _A.starts_at, _TOLD.kind == "reminder")
_REMINDED = and_(_OF_THIS, _TOLD.status == "sent", _TOLD.settled_at > bindparam("since"))
WANTED = Query(
    contacts.joined(
        facts_in(join(_O, _A, _A.id == _O.appointment_id), _O.change_id)
        .add_columns(_A.status, _A.ends_at, _A.confirmed_at, _A.patient_id, _O.id.label("row"))
        .add_columns(
            exists(select(_LATER.id).where(_NEWER)).label("newer"),
            exists(select(_TOLD.id).where(_REMINDED)).label("reminded"),
            *calendars.COLUMNS,
        )
    ).where(_O.id.in_([bindparam(f"row{place}") for place in range(TOGETHER)]))
)


class Visits:
    """Looks them up; `ticks` never jump."""

    def __init__(self, database: Database, clock: Clock, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock, self._ticks = database, clock, ticks
        self._ahead: dict[int, Row] = {}
        self._seen: dict[int, Any] = {}
        self._at = 0.0

    def foresee(self, rows: Iterable[Row]) -> None:
        """These are wanted soon, in this order. Of several messages of one visit only the first: whether that one was
        sent counts for the next.
        """
        first = {row.appointment_id: row for row in reversed(list(rows))}
        self._ahead, self._seen = {row.id: row for row in reversed(first.values())}, {}

    def of(self, row: Row) -> Any | None:
        """The visit of a row, as it is now; None where there is none any more."""
        if row.id not in self._seen or self._ticks() - self._at > FRESH_S:
            self._look([row.id, *(one for one in self._ahead if one != row.id)][:TOGETHER])
        self._ahead.pop(row.id, None)
        return self._seen.pop(row.id, None)

    def _look(self, ids: Sequence[int]) -> None:
        self._at = self._ticks()
        found = self._database.ask(WANTED, {**these(ids), "since": self._clock() - TOO_SOON})
        self._seen = {one.row: one for one in found}
