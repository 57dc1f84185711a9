"""What was sent, what waits, what failed and why; and sending again what a manager wants sent again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.outbox import returned
from db.prepared import among
from db.session import Database
from db.tables import Appointment, OutboxRow, Patient

A_PAGE = 50
MOST_AT_ONCE = 5000
STATUSES = ("waiting", "sent", "failed", "silenced")
OVER = ("sent", "failed")
A_COPY = "%:" + 32 * "_"
"""So ends what a message may be written once under, where it is one that was sent before (see `_once_more`)."""
REFUSED = ("bounced-", "address-", "content-")
"""Reasons for which an address may be let alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `status`: see STATUSES; `reason`: a code, of the last try where it waits; `due_at`: the next one.

    `version`: the start it speaks of. `patient` is the name to say, "" for a pre-registration; `being_sent`: a worker
    has it in hand. `by`: who did what it tells of, or who had it sent again. `audience`: None where it was given up
    before it was known whom to tell. `uid`: what it is known by to who gets it.
    """

    id: int
    kind: str
    audience: str | None
    medium: str | None
    status: str
    attempts: int
    due_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    reason: str | None
    version: datetime | None
    appointment_id: int | None
    doctor_id: int | None
    patient_id: int | None
    patient: str
    by: str | None
    uid: str | None
    being_sent: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is not given does not matter. `before`: the id of the last line of the page before;
    `since` and `until` bound when it was written."""

    status: str = ""
    kind: str = ""
    audience: str = ""
    medium: str = ""
    patient_id: int | None = None
    appointment_id: int | None = None
    batch: str = ""
    before: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    subscription_id: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """How many are sent once more, how many more there are, and the id of the last of those that were."""

    count: int
    left: int
    last: int


class NotToBeSent(Exception):
    """Only what was sent or given up is sent again; carries the message's `status`."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


_O = OutboxRow
TO_PEOPLE = or_(among(_O.audience, ("patient", "doctor")), and_(_O.audience.is_(None), _O.status == "failed"))
"""A fact that was given up counts too: nobody was told of it."""
TO_PROGRAMS = _O.audience == "program"
_WHOSE = func.coalesce(Appointment.patient_id, _O.patient_id)
"""An offer is of no appointment yet."""
LINES = (
    select(_O.id, _O.kind, _O.audience, _O.medium, _O.status, _O.attempts, _O.due_at, _O.created_at, _O.settled_at)
    .add_columns(_O.reason, _O.version, _O.appointment_id, _O.doctor_id, _WHOSE)
    .add_columns(func.coalesce(Patient.social_name, Patient.name, ""), _O.by, _O.uid, _O.claimed_by)
    .outerjoin(Appointment, Appointment.id == _O.appointment_id)
    .outerjoin(Patient, Patient.id == _WHOSE)
    .order_by(_O.id.desc())
)
AGAIN_FROM = (
    "kind", "audience", "medium", "appointment_id", "change_id", "offer_id", "patient_id", "pre_registration_id",
    "doctor_id", "version", "dedupe", "subscription_id", "lane",
)  # fmt: skip


class OutboxList:
    """The outbox as managers see it: what people are told, or what programs are."""

    def __init__(
        self, database: Database, audit: AuditTrail, clock: Clock, of: ColumnElement[bool] = TO_PEOPLE
    ) -> None:
        """`of`: TO_PEOPLE or TO_PROGRAMS."""
        self._database, self._audit, self._clock, self._of = database, audit, clock, of

    def page(self, wanted: Wanted, size: int = A_PAGE) -> list[Line]:
        """The newest first. The next page begins `before` the last line's id."""
        return [_line(row) for row in self._database.rows(LINES.where(self._of, *_which(wanted)).limit(size))]

    def counts(self) -> dict[str, int]:
        """How many messages there are of each status."""
        counted = select(_O.status, func.count()).where(self._of).group_by(_O.status)
        return dict.fromkeys(STATUSES, 0) | {row[0]: row[1] for row in self._database.rows(counted)}

    def get(self, message_id: int) -> Line:
        """One message. Raises KeyError."""
        row: Any = self._database.first(LINES.where(self._of, _O.id == message_id))
        if row is None:
            raise KeyError(message_id)
        return _line(row)

    def resend(self, message_id: int, by: str) -> int:
        """Send it once more: what was given up under its old id, what was sent as a new message; the row's id.

        What it says must still hold, or it is silenced when it is due. Raises KeyError, NotToBeSent.
        """
        now = self._clock()
        found = self._database.write(lambda connection: self._once_more(connection, message_id, by, now))
        self._audit.add(by, "message.resent", "message", message_id)
        return found

    def resend_failed(self, wanted: Wanted, by: str) -> tuple[str, int]:
        """Send all that were given up, among those that are looked for, once more: a name to follow them by, and how
        many there are."""
        batch, now = token_hex(16), self._clock()
        failed = (self._of, _O.status == "failed", *_which(wanted))

        def work(connection: Connection) -> int:
            ids = select(_O.id).where(*failed).order_by(_O.id).limit(MOST_AT_ONCE)
            return sum(_revived(connection, one, by, batch, now) for one in connection.scalars(ids).all())

        count = self._database.write(work)
        self._audit.add(by, "messages.resent", "messages", note=str(count))
        return batch, count

    def resend_some(self, wanted: Wanted, by: str, after: int, limit: int) -> Again:
        """Send what was sent or given up, among those that are looked for, once more: the oldest first, from the one
        `after` an id on. Of all that was sent each goes once, however often it was sent again before."""
        now = self._clock()
        status = [_O.status == wanted.status] if wanted.status else [among(_O.status, OVER), _O.dedupe.not_like(A_COPY)]
        which = (self._of, _O.id > after, *status, *_which(wanted))

        def work(connection: Connection) -> Again:
            ids = connection.scalars(select(_O.id).where(*which).order_by(_O.id).limit(limit)).all()
            count = sum(self._still_over(connection, one, by, now) for one in ids)
            last = ids[-1] if ids else after
            left = select(func.count()).select_from(_O).where(*which, _O.id > last)
            return Again(count, connection.scalar(left) or 0, last)

        done = self._database.write(work)
        self._audit.add(by, "messages.resent", "webhook", wanted.subscription_id, str(done.count))
        return done

    def progress(self, batch: str) -> tuple[int, int]:
        """Of those that were sent again together: how many are over, and how many there are."""
        counted = select(func.count(), func.count(_O.due_at)).where(_O.batch == batch)
        row = self._database.first(counted)
        return (row[0] - row[1], row[0]) if row else (0, 0)

    def _still_over(self, connection: Connection, message_id: int, by: str, now: datetime) -> bool:
        """Once more, unless somebody else has just had it sent, or has deleted it."""
        try:
            self._once_more(connection, message_id, by, now)
        except (KeyError, NotToBeSent):
            return False
        return True

    def _once_more(self, connection: Connection, message_id: int, by: str, now: datetime) -> int:
        row = connection.execute(select(_O).where(_O.id == message_id, self._of).with_for_update()).first()
        if row is None:
            raise KeyError(message_id)
        if row.status == "failed":
            if (row.reason or "").startswith(REFUSED):
                returned.try_again(connection, message_id)
            _revived(connection, message_id, by, None, now)
            return message_id
        if row.status != "sent":
            raise NotToBeSent(row.status)
        same = {name: getattr(row, name) for name in AGAIN_FROM}
        made = {"uid": token_hex(16), "due_at": now, "created_at": now, "by": by}
        new = {**same, **made, "dedupe": f"{row.dedupe}:{made['uid']}"[-120:]}
        done: Any = connection.execute(insert(_O).values(**new))
        return int(done.inserted_primary_key[0])


def _which(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    same = {
        _O.status: wanted.status, _O.kind: wanted.kind, _O.audience: wanted.audience, _O.medium: wanted.medium,
        _O.batch: wanted.batch, _O.subscription_id: wanted.subscription_id,
        _O.appointment_id: wanted.appointment_id, _O.patient_id: wanted.patient_id,
    }  # fmt: skip
    found = [column == value for column, value in same.items() if value]
    found += [] if wanted.before is None else [_O.id < wanted.before]
    found += [_O.created_at >= wanted.since] if wanted.since else []
    return found + ([_O.created_at < wanted.until] if wanted.until else [])


def _line(row: Any) -> Line:
    *told, claimed_by = row
    fields: dict[str, Any] = dict(zip(Line.__slots__, told, strict=False))  # all but the last one
    return Line(**fields, being_sent=row.status == "waiting" and claimed_by is not None)


def _revived(connection: Connection, message_id: int, by: str, batch: str | None, now: datetime) -> bool:
    """From the start, under the same id: nobody is sure that it never arrived, and who gets it can tell."""
    mine = update(_O).where(_O.id == message_id, _O.status == "failed")
    fresh = {"status": "waiting", "attempts": 0, "due_at": now, "claimed_by": None, "settled_at": None, "reason": None}
    return bool(connection.execute(mine.values(**fresh, by=by, batch=batch)).rowcount)
