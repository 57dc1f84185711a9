"""Holding a slot for somebody who is deciding: claimed by one conditional UPDATE, lost by time or by hanging up.

A token begins with who holds ("<call id>:"): so all of theirs are found. A hold past its time counts as free.
Where more than one slot is held, it ends with the visit's first slot and length, which tell what belongs to it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Update, and_, bindparam, case, or_, select, update

from clinic.chains import long_enough
from clinic.clock import Clock
from clinic.kinds import NO_MARGIN, KindInfo, Margin
from clinic.margins import beside, length
from clinic.own_slots import own_of
from clinic.profile import Profiles
from clinic.slots import SlotInfo
from clinic.turns import Turns
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import Slot

AT_ONCE = 200
SWEPT_EACH = timedelta(seconds=1)


class SlotTaken(Exception):
    """Somebody else has the time, or it is no longer offered."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim until `until`; `slot.ends_at` is the end of the last of the consecutive slots of the visit.

    `slot_ids`: all that are held, those that its margin reaches too. `own`: those the appointment that is to be moved
    there has itself; they are not held, but handed over when it moves.
    """

    token: str
    slot: SlotInfo
    until: datetime
    slot_ids: tuple[int, ...]
    own: tuple[int, ...] = ()

    @property
    def by(self) -> str:
        """Who holds it."""
        return self.token.rpartition(":")[0]


LAPSED = Slot.held_until <= bindparam("now")
OWN = Slot.hold_token.between(bindparam("mine"), bindparam("mine_end"))
CLAIMABLE = or_(Slot.status == "free", and_(Slot.status == "held", or_(and_(LAPSED, Slot.off_plan.is_(False)), OWN)))
FREE = {"status": case((Slot.off_plan, "blocked"), else_="free"), "held_until": None, "hold_token": None}

THIS = Slot.id == bindparam("slot")


def of_this_slot(*more: ColumnElement[bool]) -> Update:
    """An UPDATE of the slot of an id, if it is as it should be.

    Slots are always claimed and freed by their ids, in order of their ids: a search by token or by time would also ask
    for the lock of the row next to the last one, and wait for whoever is booking that. So the id's index is named:
    MariaDB takes that of the tokens now and then.
    """
    return update(Slot).where(THIS, *more).with_hint("FORCE INDEX (PRIMARY)", dialect_name="mysql")


STILL_FREE = (Slot.starts_at > bindparam("now"), CLAIMABLE)
STILL_THERE = Query(select(Slot.id).where(THIS, *STILL_FREE))
HOLD = Prepared(
    of_this_slot(*STILL_FREE).values(status="held", held_until=bindparam("until"), hold_token=bindparam("token"))
)
FOLLOWING = (
    select(Slot.id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at)
    .where(
        Slot.doctor_id == bindparam("doctor"), Slot.starts_at >= bindparam("start"), Slot.starts_at < bindparam("end")
    )
    .order_by(Slot.starts_at)
)
RELEASE = Prepared(of_this_slot(Slot.hold_token == bindparam("token"), Slot.status == "held").values(**FREE))
ALL_OF = Query(select(Slot.id, Slot.hold_token).where(OWN, Slot.status == "held"))
LAPSED_ONES = Query(
    select(Slot.id, Slot.hold_token).where(Slot.hold_token > "", Slot.status == "held", LAPSED).limit(AT_ONCE)
)


class Holds:
    """Claims slots and gives them back."""

    def __init__(self, database: Database, profiles: Profiles, clock: Clock) -> None:
        self._database, self._profiles, self._clock = database, profiles, clock
        self._turns = Turns()
        self._swept: datetime | None = None

    def hold(
        self, slot: SlotInfo, by: str, minutes: int = 0, margin: Margin = NO_MARGIN, moving: int = 0, once: str = ""
    ) -> Hold:
        """Claim a slot, those after it where one is too short, and those that the margin reaches. Raises SlotTaken.

        Who holds it already may hold it again, so a lost answer does no harm. `moving`: the appointment that is to be
        moved there; what it has itself is as free. `once`: names a form; sent twice at one moment it is one hold, and
        takes the time away from itself no more.
        """
        simple = not margin and long_enough(slot, minutes)
        if simple and (hold := self._claimed(slot, by, once)):
            return hold
        if simple and not moving:
            raise SlotTaken
        wish, claim = self._wish(slot, by, once, f"-{slot.id}-{minutes or length(slot)}")
        return self._database.write(lambda connection: _hold_some(connection, wish, claim, minutes, margin, moving))

    def _claimed(self, slot: SlotInfo, by: str, once: str) -> Hold | None:
        """The hold, if it was had. Who comes while another claims it has lost when that one has won; else looks first,
        for a look waits for no lock."""
        with self._turns.going_for(slot.id, by) as (turn, first):
            if turn.won and turn.by != by:
                return None
            hold, claim = self._wish(slot, by, once)
            if not first and not self._database.ask(STILL_THERE, claim):
                return None
            won = self._database.claim(HOLD, claim) == 1
            if first:
                turn.won = won
            return hold if won else None

    def _wish(self, slot: SlotInfo, by: str, once: str, tail: str = "") -> tuple[Hold, dict[str, Any]]:
        """What is to be had, and the parameters of its claim."""
        name = sha256(once.encode()).hexdigest()[:8] if once else secrets.token_hex(4)
        now = self._clock()
        until = now + timedelta(minutes=self._profiles.get().hold_minutes)
        hold = Hold(f"{by}:{name}{tail}", slot, until, (slot.id,))
        return hold, {"slot": slot.id, "now": now, "until": until, "token": hold.token, **_owner(by)}

    def covers(self, hold: Hold, minutes: int, margin: Margin, moving: int = 0) -> bool:
        """Whether all that the margin of such a visit reaches is held with it, or the moved one's own."""
        if not margin:
            return True
        with self._database.read() as connection:
            had = own_of(connection, moving).ids.union(hold.slot_ids)
            return had.issuperset(beside(connection, hold.slot, minutes, margin, self._clock()))

    def release(self, hold: Hold) -> None:
        """Give back what is held; nothing happens when it is lost or booked already."""
        for slot_id in hold.slot_ids:
            self._database.claim(RELEASE, {"slot": slot_id, "token": hold.token})

    def release_all(self, by: str, but: Hold | None = None) -> None:
        """Give back everything somebody holds (`but` this): they hung up, or chose another time."""
        held = self._database.ask(ALL_OF, _owner(by))
        self._release([row for row in held if but is None or row.hold_token != but.token])

    def sweep(self) -> int:
        """Free the holds whose time is over, if that was not done within this second; how many there were."""
        now = self._clock()
        if self._swept and timedelta() <= now - self._swept < SWEPT_EACH:
            return 0
        self._swept = now
        return self._release(self._database.ask(LAPSED_ONES, {"now": now}))

    def _release(self, held: Sequence[Any]) -> int:
        return sum(self._database.claim(RELEASE, {"slot": row.id, "token": row.hold_token}) for row in held)


def hold_within(
    connection: Connection,
    slot: SlotInfo,
    token: str,
    now: datetime,
    until: datetime,
    minutes: int = 0,
    margin: Margin = NO_MARGIN,
) -> Hold:
    """Claim a slot and what else it takes (see `Holds.hold`) as part of a transaction. Raises SlotTaken."""
    hold = Hold(token, slot, until, (slot.id,))
    claim = _claim(hold, now)
    if margin or not long_enough(slot, minutes):
        return _hold_some(connection, hold, claim, minutes, margin)
    if not HOLD.run(connection, claim).rowcount:
        raise SlotTaken
    return hold


def of_visit(token: str, rows: Sequence[Any]) -> Sequence[Any]:
    """Of the slots held under a token, by time, those of the visit itself. Raises SlotTaken when they are not there."""
    if not _many(token):
        return rows
    _, first, minutes = token.rpartition(":")[2].split("-")
    start = next((one.starts_at for one in rows if one.id == int(first)), None)
    if start is None:
        raise SlotTaken
    end, until = start + timedelta(minutes=int(minutes)), start
    its = [one for one in rows if start <= one.starts_at < end]
    for one in its:
        until = one.ends_at if one.starts_at == until else start
    if until < end:
        raise SlotTaken
    return its


def exactly(connection: Connection, hold: Hold, kind: KindInfo, now: datetime) -> Hold:
    """The hold with what the margin of this kind of visit reaches, and no more, whatever it was held for.

    Part of the transaction that books. Raises SlotTaken.
    """
    margin = kind.margin_of(length(hold.slot))
    if hold.own:
        raise SlotTaken  # that was for a visit that moves, and this one does not, or not yet
    if not margin and not _many(hold.token):
        return hold
    wanted = beside(connection, hold.slot, length(hold.slot), margin, now) if margin else []
    apart = or_(Slot.ends_at <= hold.slot.starts_at, Slot.starts_at >= hold.slot.ends_at)
    held = set(connection.scalars(select(Slot.id).where(Slot.id.in_(hold.slot_ids), apart)))
    claim = _claim(hold, now)
    if not all(HOLD.run(connection, {**claim, "slot": one}).rowcount for one in wanted if one not in held):
        raise SlotTaken
    for one in sorted(held.difference(wanted)):
        RELEASE.run(connection, {"slot": one, "token": hold.token})
    return replace(hold, slot_ids=tuple(sorted({*hold.slot_ids, *wanted} - held.difference(wanted))))


def _many(token: str) -> bool:
    """Whether more than one slot may be held."""
    return token.rpartition(":")[2].count("-") == 2


def _claim(hold: Hold, now: datetime) -> dict[str, Any]:
    return {"slot": hold.slot.id, "now": now, "until": hold.until, "token": hold.token, **_owner(hold.by)}


def _owner(by: str) -> dict[str, str]:
    """All tokens that begin with "<by>:" (";" comes right after ":")."""
    return {"mine": f"{by}:", "mine_end": f"{by};"}


def _hold_some(
    connection: Connection, hold: Hold, claim: dict[str, Any], minutes: int, margin: Margin, moving: int = 0
) -> Hold:
    """Claim slots that follow each other until there is time enough, and those beside; all of them or none."""
    slot, own = hold.slot, own_of(connection, moving)
    minutes = minutes or length(slot)
    end = slot.starts_at + timedelta(minutes=minutes)
    row = connection.execute(FOLLOWING, {"doctor": slot.doctor_id, "start": slot.starts_at, "end": end}).all()
    until = slot.starts_at
    for one in row:
        if (one.starts_at, one.unit_id, one.modality) != (until, slot.unit_id, slot.modality):
            raise SlotTaken
        until = one.ends_at
    visit = replace(slot, ends_at=until)
    more = beside(connection, visit, minutes, margin, claim["now"]) if margin else []
    its = {one.id for one in row}
    wanted = sorted((its - own.bookable).union(set(more) - own.ids))
    nowhere = until < end or slot.id == own.start or slot.starts_at <= claim["now"]
    if nowhere or not all(HOLD.run(connection, {**claim, "slot": one}).rowcount for one in wanted):
        raise SlotTaken
    return replace(hold, slot=visit, slot_ids=tuple(wanted), own=tuple(sorted(its.union(more).difference(wanted))))
