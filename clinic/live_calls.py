"""Calls that go on now, as the AMI watcher tells them and a page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from clinic.clock import Clock
from clinic.phones import masked, normalise
from clinic.testphone import UNIQUEID
from db.calls import AsteriskLink, CallRecord, LiveChannel
from db.session import Database

LONGEST_CALL = timedelta(hours=2)
"""A record that nobody closed is not a call for ever."""
FORGOTTEN = timedelta(days=1)
"""An Asterisk nobody watches any more is not missed for ever."""
EXTENSION_DIGITS = 6
LEFT = "left"
TEST_PHONE = "Telefone de teste"


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A channel as Asterisk has it now; the whole of it, so that the last word about a channel is enough."""

    uniqueid: str
    linkedid: str
    channel: str
    caller: str
    exten: str
    context: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ChannelGone:
    """A channel that was hung up."""

    uniqueid: str


Change = ChannelSeen | ChannelGone


@dataclass(frozen=True, slots=True)
class Link:
    """How the connection to an Asterisk stands, since when, and when its watcher last gave a sign of life."""

    asterisk: str
    up: bool
    since: datetime
    seen_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call: all channels of one linkedid.

    `caller_masked` is "" for a withheld number; `asterisk` is "" for a call that none carries (the test telephone);
    `menu` is "left" once the menus are done with it; `context` is the dialplan's, where Asterisk last told.
    """

    asterisk: str
    linkedid: str
    caller_masked: str
    menu: str
    context: str
    since: datetime
    patient_known: bool


class LiveCalls:
    """Written by the watcher in batches, read by the page. `asterisk` names the one watched ("127.0.0.1:5038")."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # The watcher's side

    def apply(self, asterisk: str, changes: Sequence[Change]) -> None:
        """Changes in the order they happened; the last word about each channel counts."""
        last = {change.uniqueid: change for change in changes}
        seen = [change for change in last.values() if isinstance(change, ChannelSeen)]

        def work(connection: Connection) -> None:
            ours = LiveChannel.asterisk == asterisk
            connection.execute(delete(LiveChannel).where(ours, LiveChannel.uniqueid.in_(list(last))))
            self._insert(connection, asterisk, seen)

        self._database.write(work)

    def snapshot(self, asterisk: str, channels: Iterable[ChannelSeen]) -> None:
        """All channels there are: what is not among them is over."""
        seen = list({channel.uniqueid: channel for channel in channels}.values())

        def work(connection: Connection) -> None:
            connection.execute(delete(LiveChannel).where(LiveChannel.asterisk == asterisk))
            self._insert(connection, asterisk, seen)

        self._database.write(work)

    def mark(self, asterisk: str, up: bool, note: str = "") -> None:
        """The connection stands so, now; called again and again it is the watcher's sign of life."""
        now = self._clock()
        told = {"up": up, "seen_at": now, "note": note[:255]}

        def work(connection: Connection) -> None:
            this = update(AsteriskLink).where(AsteriskLink.asterisk == asterisk)
            same = this.where(AsteriskLink.up == up)
            if connection.execute(same.values(told)).rowcount:
                return
            if not connection.execute(this.values(since=now, **told)).rowcount:
                connection.execute(insert(AsteriskLink).values(asterisk=asterisk, since=now, **told))

        self._database.write(work)

    def _insert(self, connection: Connection, asterisk: str, seen: Sequence[ChannelSeen]) -> None:
        if seen:
            more = {"asterisk": asterisk, "seen_at": self._clock()}
            connection.execute(insert(LiveChannel), [asdict(channel) | more for channel in seen])

    # The page's side

    def links(self) -> Sequence[Link]:
        """Each Asterisk that was watched within a day."""
        columns = (AsteriskLink.up, AsteriskLink.since, AsteriskLink.seen_at, AsteriskLink.note)
        recent = AsteriskLink.seen_at > self._clock() - FORGOTTEN
        query = select(AsteriskLink.asterisk, *columns).where(recent).order_by(AsteriskLink.asterisk)
        return [Link(*row) for row in self._database.rows(query)]

    def list(self) -> Sequence[LiveCall]:
        """The calls of now, those that began first on top."""
        watched = {link.asterisk for link in self.links()}
        legs: dict[tuple[str, str], list[Any]] = {}
        for row in self._database.rows(_CHANNELS):
            if row.asterisk in watched:
                legs.setdefault((row.asterisk, row.linkedid), []).append(row)
        calls = [*(_call(rows) for rows in legs.values()), *self._unwatched(bool(watched))]
        return sorted(calls, key=lambda call: (call.since, call.linkedid))

    def _unwatched(self, some_are_watched: bool) -> Iterable[LiveCall]:
        """Calls the menus know of and no Asterisk tells: the test telephone's; all of them where none is watched."""
        rows = self._database.rows(_OPEN.where(CallRecord.started_at > self._clock() - LONGEST_CALL))
        return (_record(row) for row in rows if not some_are_watched or row.uniqueid.startswith(UNIQUEID))


_RECORD = (
    CallRecord.menu,
    CallRecord.ended_at,
    or_(CallRecord.patient_id.is_not(None), CallRecord.pre_registration_id.is_not(None)).label("known"),
)
_CHANNELS = (
    select(
        LiveChannel.asterisk, LiveChannel.linkedid, LiveChannel.uniqueid, LiveChannel.caller, LiveChannel.context,
        LiveChannel.since, *_RECORD,
    )
    .outerjoin(CallRecord, CallRecord.uniqueid == LiveChannel.uniqueid)
    .order_by(LiveChannel.since, LiveChannel.id)
)  # fmt: skip
_OPEN = select(
    CallRecord.uniqueid, CallRecord.linkedid, CallRecord.caller, CallRecord.started_at, *_RECORD
).where(CallRecord.ended_at.is_(None))  # fmt: skip


def _call(legs: Sequence[Any]) -> LiveCall:
    """One call of its channels, oldest first: who called is the first leg; where they are, the leg in the menus."""
    first = next((leg for leg in legs if leg.uniqueid == leg.linkedid), legs[0])
    told = next((leg for leg in legs if leg.menu is not None), first)
    menu = LEFT if told.ended_at else told.menu or ""
    known = any(leg.known for leg in legs)
    return LiveCall(first.asterisk, first.linkedid, who(first.caller or ""), menu, told.context, first.since, known)


def _record(row: Any) -> LiveCall:
    caller = TEST_PHONE if row.uniqueid.startswith(UNIQUEID) else who(row.caller or "")
    return LiveCall("", row.linkedid, caller, row.menu, "", row.started_at, bool(row.known))


def who(caller: str) -> str:
    """What a page may show of a caller id: a masked number, an extension of the house, or "" when withheld."""
    if number := normalise(caller):
        return masked(number)
    return f"Ramal {caller}" if caller.isdecimal() and len(caller) <= EXTENSION_DIGITS else ""
