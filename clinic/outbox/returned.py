"""Letters that came back, or were refused: their messages have failed, their addresses are let alone, somebody calls.

Reports are read from a mailbox, each once: how far it was read is kept, so that a mail nobody can read stands in
nobody's way. What is read twice all the same (two workers, a crash between) changes nothing the second time.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic import live
from clinic.clock import Clock
from clinic.media.email.incoming import Bounced, bounces
from clinic.media.email.mailbox import Mailbox, NoMailbox, Opened
from clinic.outbox import contacts
from clinic.outbox.claims import SETTLE, Row
from db.retry import taken
from db.session import Database
from db.tables import Appointment, MailboxPlace, OutboxRow, Patient, Undeliverable, Waiting, WaitingOffer

log = logging.getLogger(__name__)
AT_ONCE = 200
MOST_TROUBLES = 3
GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
"""The statuses (RFC 3463) of an address nobody has; the others are of what may pass: a full mailbox, a letter that was
too large, a server that did not like it or us."""

_O, _U, _P, _W, _F = OutboxRow, Undeliverable, MailboxPlace, Waiting, WaitingOffer
_ADDRESSES: Any = contacts.joined(select(Appointment.id).outerjoin(Patient, Patient.id == Appointment.patient_id))

_OFFERED: Any = contacts.of_patients(
    select(_F.id).join(_W, _W.id == _F.waiting_id).outerjoin(Patient, Patient.id == _W.patient_id), _W
)


def came_back(connection: Connection, told: Bounced, now: datetime) -> bool:
    """A message that was taken did not arrive; False for one that is not ours, or was not sent.

    An address that is gone is written to no more. Whom it did not reach is called, where somebody must tell them.
    """
    wanted = select(_O.id, _O.audience, _O.appointment_id, _O.offer_id).where(_O.uid == told.uid, _O.status == "sent")
    row = connection.execute(wanted.with_for_update()).first()
    if row is None:
        return False
    mine = update(_O).where(_O.id == row.id, _O.status == "sent")
    connection.execute(mine.values(status="failed", reason=f"bounced-{told.status}"))
    _unreached(connection, row, told.recipient, told.status, now)
    return True


@dataclass(frozen=True, slots=True)
class Failure:
    """A message reached nobody: `why`, as a short code; the `status` (RFC 3463, "" for none) with which the address it
    was sent `to` was refused."""

    why: str
    medium: str | None = None
    status: str = ""
    to: str = ""


def give_up(database: Database, row: Row, failed: Failure, now: datetime) -> bool:
    """It was refused at once, or tried in vain for long: the same follows as of one that came back, and in the same
    transaction. False where somebody else has taken the row."""
    given = {
        "row": row.id, "token": row.token, "status": "failed", "now": now, "why": failed.why, "provider": None,
        "medium": failed.medium or row.medium,
    }  # fmt: skip

    def work(connection: Connection) -> bool:
        mine = bool(SETTLE.run(connection, given).rowcount)
        if mine:
            told = select(_O.audience, _O.appointment_id, _O.offer_id).where(_O.id == row.id)
            _unreached(connection, connection.execute(told).one(), failed.to, failed.status, now)
        return mine

    return _twice(lambda: database.write(work))


def _unreached(connection: Connection, row: Any, address: str, status: str, now: datetime) -> None:
    if status in GONE:
        for one in _whose(connection, row, address):
            _let_alone(connection, one, status, now)
    if row.audience == "patient" and row.appointment_id is not None:
        to_be_called(connection, row.appointment_id, now)
    if row.offer_id is not None:
        _show(connection, row.offer_id, now)


def _twice(work: Callable[[], bool]) -> bool:
    """Once more where the same address was marked in the same moment."""
    try:
        return work()
    except IntegrityError as error:
        if not taken(error):
            raise
        return work()


def to_be_called(connection: Connection, appointment_id: int, now: datetime) -> None:
    """No message reaches them: what happens to this visit is told by telephone."""
    coming = update(Appointment).where(Appointment.id == appointment_id, Appointment.starts_at > now)
    if connection.execute(coming.values(tell_by_phone=True)).rowcount:
        live.put(connection, "notice", appointment_id, at=now)


def try_again(connection: Connection, message_id: int) -> None:
    """Somebody wants it sent once more: its addresses are good again until the next report."""
    row = connection.execute(select(_O.audience, _O.appointment_id, _O.offer_id).where(_O.id == message_id)).first()
    for address in _known(connection, row) if row else ():
        connection.execute(delete(_U).where(_U.address == address.lower()))


def _whose(connection: Connection, row: Any, told: str) -> list[str]:
    """Of the addresses they have now, the one that is told. None where it is none of them: it was handed on elsewhere,
    or has been corrected since, and nothing speaks against the new one."""
    return [one for one in _known(connection, row) if one.lower() == told.lower()]


def _known(connection: Connection, row: Any) -> list[str]:
    offered = row.offer_id is not None
    which = _OFFERED.where(_F.id == row.offer_id) if offered else _ADDRESSES.where(Appointment.id == row.appointment_id)
    found = connection.execute(which).first()
    if found is None:
        return []
    theirs = [found.doctor_email] if row.audience == "doctor" else [found.email, found.guardian_email]
    return [one for one in theirs if one]


def _show(connection: Connection, offer_id: int, now: datetime) -> None:
    """Who looks at the list of those who wait sees that this one is to be called."""
    place = select(_W.id, _W.unit_id, _W.doctor_id, _W.patient_id).join(_F, _F.waiting_id == _W.id)
    if found := connection.execute(place.where(_F.id == offer_id)).first():
        live.put(connection, "waiting", found[0], found[1], at=now, doctor_id=found[2], patient_id=found[3])


def _let_alone(connection: Connection, address: str, status: str, now: datetime) -> None:
    key = address.lower()
    known = update(_U).where(_U.address == key).values(status=status)
    if not connection.execute(known).rowcount:
        connection.execute(insert(_U).values(address=key, status=status, since=now))


class Returned:
    """Reads the reports of a mailbox."""

    def __init__(self, database: Database, mailbox: Mailbox | None, clock: Clock) -> None:
        self._database, self._mailbox, self._clock = database, mailbox, clock
        self._troubles: Counter[int] = Counter()

    def read(self, stop: Callable[[], bool] = lambda: False) -> int:
        """One look; how many messages turned out not to have arrived."""
        if self._mailbox is None:
            return 0
        try:
            with self._mailbox.open() as opened:
                return self._look(self._mailbox.name, opened, stop)
        except NoMailbox as error:
            log.warning("the mailbox of returned mail cannot be read: %s", error.reason)
            return 0

    def _look(self, name: str, opened: Opened, stop: Callable[[], bool]) -> int:
        done = 0
        for uid in opened.after(self._seen(name, opened.validity))[:AT_ONCE]:
            if stop():
                break
            done += self._deal_with(opened, uid)
            self._went_on(name, opened.validity, uid)
        return done

    def _deal_with(self, opened: Opened, uid: int) -> int:
        if self._troubles[uid] >= MOST_TROUBLES:
            log.error("mail %d breaks the connection each time: it is passed over", uid)
            return 0
        try:
            raw = opened.report(uid)
        except NoMailbox:
            self._troubles[uid] += 1
            raise
        told = _understood(raw, uid)
        done = sum(self.note(one) for one in told)
        if told and not opened.put_away(uid):
            log.warning("report %d could not be put away: it stays where it lies", uid)
        return done

    def note(self, told: Bounced) -> bool:
        """What one report says; whether it was news. What is only late is still on its way."""
        if not told.failed:
            return False
        return _twice(lambda: self._database.write(lambda connection: came_back(connection, told, self._clock())))

    def _seen(self, name: str, validity: int) -> int:
        row = self._database.first(select(_P.seen).where(_P.mailbox == name, _P.validity == validity))
        return row.seen if row else 0

    def _went_on(self, name: str, validity: int, uid: int) -> None:
        self._troubles.pop(uid, None)
        place = {"validity": validity, "seen": uid}
        if self._database.change(update(_P).where(_P.mailbox == name).values(**place)).rowcount:
            return
        known = self._database.first(select(_P.mailbox).where(_P.mailbox == name))
        if known is None:
            self._database.change(insert(_P).values(mailbox=name, **place))


def _understood(raw: bytes, uid: int) -> tuple[Bounced, ...]:
    try:
        return bounces(raw) if raw else ()
    except Exception as error:  # whoever writes to the clinic writes what they like
        log.error("mail %d could not be understood: %s", uid, type(error).__name__)
        return ()
