"""A visit that was moved, and moved again before anybody had heard: what it became, and what they know of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from clinic.outbox.claims import HANDED
from db.tables import Appointment, OutboxRow

MOST_MOVES = 50
ENDS = frozenset({"cancelled", "declined", "expired"})
"""After these words they believe that there is none."""
TAKEN_BACK = ("undone", "withdrawn", "with_visit")

_A, _O = Appointment, OutboxRow
VERSION = select(
    _A.id, _A.doctor_id, _A.starts_at, _A.status, _A.cancel_reason, _A.replaced_by, _A.unit_id, _A.specialty_id,
)  # fmt: skip


def after(connection: Connection, appointment_id: int) -> list[Any]:
    """What it was moved to, one after the other, by moves that were not taken back."""
    found: list[Any] = []
    at = connection.scalar(select(_A.replaced_by).where(_A.id == appointment_id))
    while at is not None and len(found) < MOST_MOVES:
        row = connection.execute(VERSION.where(_A.id == at)).one()
        if row.cancel_reason in TAKEN_BACK:
            break
        found.append(row)
        at = row.replaced_by
    return found


def before(connection: Connection, appointment_id: int) -> list[Any]:
    """What it was moved from, the newest first."""
    found: list[Any] = []
    at: int | None = appointment_id
    while at is not None and len(found) < MOST_MOVES:
        row = connection.execute(VERSION.where(_A.replaced_by == at).order_by(_A.id.desc()).limit(1)).first()
        found += [row] if row else []
        at = row.id if row else None
    return found


def said(connection: Connection, ids: Iterable[int], audience: str, token: str) -> Any | None:
    """The last message about these that they got, or are about to get; `token`: of who asks, whose own are not sent
    yet."""
    return connection.execute(_words(ids, audience).where(_went_out(token)).order_by(_O.id.desc()).limit(1)).first()


def believed(connection: Connection, versions: Sequence[Any], audience: str, token: str) -> datetime | None:
    """The start at which they believe a visit to be that had these versions, the newest first; None: they know none.

    Who was to be told nothing of the oldest knows it from elsewhere: it was there before there were messages, or is as
    it was because a move was taken back.
    """
    if not versions:
        return None
    ids = [one.id for one in versions]
    last = said(connection, ids, audience, token)
    if last is None:
        root = versions[-1]
        never = connection.execute(_words([root.id], audience).limit(1)).first() is None
        start: datetime | None = root.starts_at if never else None
        return start
    return None if last.kind in ENDS else last.version


def never_heard_of(connection: Connection, appointment_id: int, audience: str) -> bool:
    """Whether it was cancelled before they were told that it had been moved to here."""
    move = select(_O.id).where(_O.appointment_id == appointment_id, _O.audience == audience, _O.kind == "moved")
    over = move.where(_O.status == "silenced", _O.reason == "cancelled")
    return connection.scalar(over.limit(1)) is not None


def _words(ids: Iterable[int], audience: str) -> Any:
    told = select(_O.id, _O.kind, _O.version)
    return told.where(_O.appointment_id.in_(list(ids)), _O.audience == audience, _O.kind != "reminder")


def _went_out(token: str) -> ColumnElement[bool]:
    in_hand = and_(_O.claimed_by.is_not(None), _O.claimed_by.not_in((token, HANDED)))
    return or_(_O.status == "sent", and_(_O.status == "waiting", or_(_O.kind == "cancelled", in_hand)))
