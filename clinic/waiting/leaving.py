"""Leaving the waiting list, and coming back to it: the place in it, and the time that was kept for who has it."""

from datetime import datetime
from functools import partial
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.exc import IntegrityError

from clinic.appointments import Act
from clinic.clock import Clock
from clinic.holds import SlotTaken, hold_within
from clinic.kinds import NO_MARGIN, KindInfo
from clinic.offers import Offers
from clinic.quotas import QuotaFull
from clinic.slots import SlotInfo
from clinic.waiting import rows
from clinic.waiting.bookings import WaitingBookings
from db.retry import taken
from db.session import Database
from db.tables import Waiting, WaitingOffer

Back = Literal["place", "time", "time_lost"]
"""What came back with who came back: their place alone, for they had no offer; the time too; or somebody has that."""
_F, _W = WaitingOffer, Waiting


class Leaving:
    """Each in one transaction, the place's row first."""

    def __init__(self, database: Database, bookings: WaitingBookings, terms: Offers, clock: Clock) -> None:
        self._database, self._bookings, self._terms, self._clock = database, bookings, terms, clock

    def leave(self, waiting_id: int, status: str, by: str, *mine: ColumnElement[bool]) -> bool:
        """They wait no more ("left", "met"); what was offered to them is free. False where they did not wait."""
        act = Act(by, by, self._clock())

        def work(connection: Connection) -> bool:
            entry = rows.locked(connection, waiting_id, *mine)
            if entry is None or entry.live != 1:
                return False
            connection.execute(update(_W).where(_W.id == waiting_id).values(live=None, status=status))
            self._withdraw(connection, waiting_id, status, act)
            rows.tell(connection, waiting_id, entry.unit_id, entry.doctor_id, entry.patient_id, act.at)
            return True

        return self._database.write(work)

    def come_back(self, waiting_id: int) -> Back | None:
        """Who was taken off the list a moment ago has their old place again, and what was kept for them while nobody
        else has it. None where there is no such place, or a new one."""
        now, kind = self._clock(), self._kind(waiting_id)

        def work(connection: Connection, all_of_it: bool) -> Back | None:
            entry = rows.locked(connection, waiting_id, _W.status == "left", _W.live.is_(None))
            if entry is None:
                return None
            connection.execute(update(_W).where(_W.id == waiting_id).values(live=1, status="waiting"))
            rows.tell(connection, waiting_id, entry.unit_id, entry.doctor_id, entry.patient_id, now)
            kept = rows.left_with(connection, waiting_id, now)
            if kept and all_of_it:
                self._keep_again(connection, kept, entry, kind, now)
            return "place" if not kept else "time" if all_of_it else "time_lost"

        for all_of_it in (True, False):
            try:
                return self._database.write(partial(work, all_of_it=all_of_it))
            except (SlotTaken, QuotaFull):
                continue
            except IntegrityError as error:
                if not taken(error):
                    raise
        return None

    def _keep_again(self, connection: Connection, kept: Any, entry: Any, kind: KindInfo | None, now: datetime) -> None:
        """As it was: the same offer, so that a link that was sent leads to it. Raises SlotTaken, QuotaFull."""
        slot = SlotInfo(kept.slot_id, kept.doctor_id, kept.unit_id, kept.modality, kept.starts_at, kept.starts_at)
        self._bookings.check_quota(connection, slot, entry)
        minutes = int((kept.ends_at - kept.starts_at).total_seconds()) // 60
        margin = kind.margin_of(minutes) if kind else NO_MARGIN
        hold_within(connection, slot, kept.token, now, kept.until, minutes, margin)
        rows.reopen(connection, kept.id, now)

    def _kind(self, waiting_id: int) -> KindInfo | None:
        """What they would be booked as with the doctor whose time was kept; None where no time was."""
        mine = select(_F.doctor_id, _W.specialty_id, _W.patient_id, _W.pre_registration_id)
        mine = mine.join(_W, _W.id == _F.waiting_id).where(_F.waiting_id == waiting_id, _F.status == "left")
        row = self._database.first(mine.order_by(_F.id.desc()))
        if row is None:
            return None
        whose = "patient" if row.patient_id is not None else "pre_registration"
        person = self._bookings.person(whose, row.patient_id or row.pre_registration_id or 0)
        return self._terms.kind(person, row.doctor_id, row.specialty_id)

    def resume(self, waiting_id: int, by: str) -> bool:
        """The desk has spoken with who answered no offer: they are offered times again. False where nothing kept them
        from it, or they wait no more."""
        now = self._clock()

        def work(connection: Connection) -> bool:
            entry = rows.locked(connection, waiting_id, _W.live == 1)
            if entry is None or not rows.heard(connection, waiting_id, by, "desk"):
                return False
            rows.tell(connection, waiting_id, entry.unit_id, entry.doctor_id, entry.patient_id, now)
            return True

        return self._database.write(work)

    def _withdraw(self, connection: Connection, waiting_id: int, status: str, act: Act) -> None:
        open_one = select(_F.id, _F.token).where(_F.waiting_id == waiting_id, _F.live == 1)
        for row in connection.execute(open_one).all():
            if rows.settled(connection, row.id, status, act):
                rows.release(connection, row.token)
                rows.hush(connection, row.id, status, act.at)
