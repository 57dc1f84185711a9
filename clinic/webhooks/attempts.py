"""How each try to tell a program went, written down; and a program that fails for too long is let alone."""

import logging
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.media.outgoing import Outgoing
from clinic.media.webhooks.medium import Attempt
from clinic.webhooks.parts import deleted
from clinic.webhooks.subscriptions import FAILING, GONE
from db.retry import OutcomeUnknown
from db.session import Database
from db.tables import OutboxRow, WebhookAttempt, WebhookSubscription

log = logging.getLogger(__name__)
MANY, LONG = 20, timedelta(hours=6)
"""So many failures in a row, over so long: nobody is there who will take it."""
KEPT = timedelta(days=30)
LONGEST_ANSWER = 120
PERSONAL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+|\d(?:[ .()/-]*\d){2,}")
"""What may be an address or a number of somebody's."""

_S, _T, _O = WebhookSubscription, WebhookAttempt, OutboxRow
OF_PROGRAMS = _O.audience == "program"


class Attempts:
    """The log of tries."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def note(self, message: Outgoing, attempt: Attempt) -> None:
        """Write one down. What cannot be is no reason to tell the program twice: it is missing here, and logged."""
        try:
            self._database.write(lambda connection: self._noted(connection, message, attempt))
        except (DBAPIError, OutcomeUnknown):
            log.warning("the try to tell a program of %s could not be written down", message.uid)

    def _noted(self, connection: Connection, message: Outgoing, attempt: Attempt) -> None:
        mine = _S.id == int(message.to)
        row: Any = connection.execute(select(_S).where(mine).with_for_update()).first()
        if row is None:  # deleted while it was told
            return
        values = {
            "subscription_id": row.id, "uid": message.uid, "attempt": message.attempt, "at": self._clock(),
            "milliseconds": attempt.milliseconds, "status": attempt.status, "reason": attempt.reason,
            "answer": "" if row.with_patient else excerpt(attempt.answer), "body": message.text,
        }  # fmt: skip
        connection.execute(insert(_T).values(**values))
        changes = self._failed(row, attempt) if attempt.reason else self._taken()
        connection.execute(update(_S).where(mine).values(**changes))
        if "paused_why" in changes:
            connection.execute(
                self._audit.entry("system", "webhook.paused", "webhook", row.id, note=changes["paused_why"])
            )

    def _taken(self) -> dict[str, Any]:
        return {"failures": 0, "failing_since": None, "told_at": self._clock()}

    def _failed(self, row: Any, attempt: Attempt) -> dict[str, Any]:
        now = self._clock()
        since, failures = row.failing_since or now, row.failures + 1
        changes = {"failures": failures, "failing_since": since}
        tired = failures >= MANY and now - since >= LONG
        if row.paused_at is None and (tired or attempt.reason == "gone"):
            log.warning("program %d is told nothing any more: %s", row.id, attempt.reason)
            why = GONE if attempt.reason == "gone" else FAILING
            changes |= {"paused_at": now, "paused_why": why, "version": row.version + 1}
        return changes

    def of(self, uids: list[str]) -> dict[str, Any]:
        """Of each delivery the last try: a row with `status` and `milliseconds`, by uid."""
        newest = select(func.max(_T.id)).where(_T.uid.in_(uids)).group_by(_T.uid)
        rows = self._database.rows(select(_T.uid, _T.status, _T.milliseconds).where(_T.id.in_(newest))) if uids else ()
        return {row.uid: row for row in rows}

    def all_of(self, uid: str) -> list[Any]:
        """Every try of one delivery, the last first: rows with at, attempt, status, reason, milliseconds, answer and
        body."""
        wanted = select(_T.at, _T.attempt, _T.status, _T.reason, _T.milliseconds, _T.answer, _T.body)
        return list(self._database.rows(wanted.where(_T.uid == uid).order_by(_T.id.desc())))

    def forget_old(self) -> int:
        """Every night: what was settled or tried a month ago; how many rows there were."""
        until = self._clock() - KEPT
        over = (OF_PROGRAMS, _O.status != "waiting", _O.settled_at < until)
        return deleted(self._database, _T, _T.at < until) + deleted(self._database, _O, *over)


def excerpt(answer: bytes) -> str:
    """How an answer begins, on one line, without what may be somebody's number or address."""
    text = answer[: 4 * LONGEST_ANSWER].decode("utf-8", "replace")
    plain = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return PERSONAL.sub("…", plain)[:LONGEST_ANSWER]
