"""Holding a slot for somebody who is deciding: claimed by one conditional UPDATE, lost by time or by hanging up.

A token begins with who holds ("<call id>:"): so all of theirs are found. A hold past its time counts as free.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from clinic.clock import Clock
from clinic.profile import Profiles
from clinic.search import long_enough
from clinic.slots import SlotInfo
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import Slot

AT_ONCE = 200


class SlotTaken(Exception):
    """Somebody else has the time, or it is no longer offered."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A claim until `until`; `slot.ends_at` is the end of the last of its `slots` consecutive ones."""

    token: str
    slot: SlotInfo
    until: datetime
    slots: int = 1

    @property
    def by(self) -> str:
        """Who holds it."""
        return self.token.rpartition(":")[0]


LAPSED = Slot.held_until <= bindparam("now")
OWN = Slot.hold_token.between(bindparam("mine"), bindparam("mine_end"))
CLAIMABLE = or_(Slot.status == "free", and_(Slot.status == "held", or_(LAPSED, OWN)))
FREE = {"status": case((Slot.off_plan, "blocked"), else_="free"), "held_until": None, "hold_token": None}

_HOLDING = update(Slot).values(status="held", held_until=bindparam("until"), hold_token=bindparam("token"))
HOLD_ONE = Prepared(_HOLDING.where(Slot.id == bindparam("slot"), Slot.starts_at > bindparam("now"), CLAIMABLE))
HOLD_SOME = _HOLDING.where(
    Slot.doctor_id == bindparam("doctor"),
    Slot.starts_at >= bindparam("start"),
    Slot.starts_at < bindparam("end"),
    Slot.starts_at > bindparam("now"),
    CLAIMABLE,
)
HELD = select(Slot.id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at).where(
    Slot.hold_token == bindparam("token"), Slot.status == "held"
)
RELEASE = update(Slot).values(**FREE).where(Slot.hold_token == bindparam("token"), Slot.status == "held")
RELEASE_ALL = Prepared(update(Slot).values(**FREE).where(OWN, Slot.status == "held"))
LAPSED_IDS = Query(select(Slot.id).where(Slot.hold_token > "", LAPSED).limit(AT_ONCE))


class Holds:
    """Claims slots and gives them back."""

    def __init__(self, database: Database, profiles: Profiles, clock: Clock) -> None:
        self._database, self._profiles, self._clock = database, profiles, clock

    def hold(self, slot: SlotInfo, by: str, minutes: int = 0) -> Hold:
        """Claim a slot, and those after it where one is too short. Raises SlotTaken.

        Who holds it already may hold it again, so a lost answer does no harm.
        """
        now = self._clock()
        until = now + timedelta(minutes=self._profiles.get().hold_minutes)
        hold = Hold(f"{by}:{secrets.token_hex(4)}", slot, until)
        claim = {"now": now, "until": until, "token": hold.token, **_owner(by)}
        if not long_enough(slot, minutes):
            return self._database.write(lambda connection: _hold_some(connection, hold, claim, minutes))
        if not self._database.claim(HOLD_ONE, {"slot": slot.id, **claim}):
            raise SlotTaken
        return hold

    def release(self, hold: Hold) -> None:
        """Give back what is held; nothing happens when it is lost or booked already."""
        self._database.change(RELEASE, {"token": hold.token})

    def release_all(self, by: str) -> None:
        """Give back everything somebody holds: they hung up."""
        self._database.claim(RELEASE_ALL, _owner(by))

    def sweep(self) -> int:
        """Free the holds whose time is over; how many there were."""
        now = self._clock()
        lapsed = [row.id for row in self._database.ask(LAPSED_IDS, {"now": now})]
        if not lapsed:
            return 0
        freed = update(Slot).values(**FREE).where(Slot.id.in_(lapsed), Slot.status == "held", LAPSED)
        return self._database.change(freed, {"now": now}).rowcount


def _owner(by: str) -> dict[str, str]:
    """All tokens that begin with "<by>:" (";" comes right after ":")."""
    return {"mine": f"{by}:", "mine_end": f"{by};"}


def _hold_some(connection: Connection, hold: Hold, claim: dict[str, Any], minutes: int) -> Hold:
    """Claim slots that follow each other until there is time enough; all of them or none."""
    slot = hold.slot
    end = slot.starts_at + timedelta(minutes=minutes)
    span = {"doctor": slot.doctor_id, "start": slot.starts_at, "end": end}
    connection.execute(HOLD_SOME, {**claim, **span})
    claimed = sorted(connection.execute(HELD, {"token": hold.token}), key=lambda row: row.starts_at)
    until = slot.starts_at
    for row in claimed:
        if (row.starts_at, row.unit_id, row.modality) != (until, slot.unit_id, slot.modality):
            raise SlotTaken
        until = row.ends_at
    if until < end:
        raise SlotTaken
    return replace(hold, slot=replace(slot, ends_at=until), slots=len(claimed))
