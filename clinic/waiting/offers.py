"""A freed time is kept for one who waits, until they answer: made, taken, declined, run out, or taken back.

Everything about one offer (its row, the slots it holds, its message, the place in the list) changes in one transaction,
so whoever is killed in the middle leaves nothing behind. The place's row is locked first; two at once take turns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from clinic.appointments import Act, Booking
from clinic.holds import Hold, SlotTaken, hold_within
from clinic.kinds import NO_MARGIN, Margin
from clinic.offers import Offer, Wanted
from clinic.people import Person
from clinic.slot_making import keep_from
from clinic.slots import SlotInfo
from clinic.terms import NotAllowed
from clinic.waiting import rows
from clinic.waiting.leaving import Leaving
from clinic.waiting.outcome import CANCELLED, outcome, visit
from clinic.waiting.rows import Offered
from db.retry import taken
from db.tables import OutboxRow, Slot, Waiting, WaitingOffer


class OfferOver(SlotTaken):
    """The offer was answered, or has run out; carries how it ended."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class NotOffered(Exception):
    """It cannot be offered: `why` is "over" (they wait no more, have an offer, or had this one), "near", "unfit",
    "payer" (nobody knows who pays), or "quota" (the day takes no more of them)."""

    def __init__(self, why: str = "over") -> None:
        super().__init__(why)
        self.why = why


_F, _W = WaitingOffer, Waiting
_HAS, _NEXT = aliased(Slot), aliased(Slot)
_WITH_SLOT = select(_F.id).outerjoin(Slot, Slot.id == _F.slot_id)
_FOLLOWS = (
    select(_NEXT.id)
    .where(_NEXT.hold_token == _F.token, _NEXT.starts_at == _HAS.ends_at, _NEXT.off_plan.is_(False))
    .correlate(_F, _HAS)
)
_GAP = (
    select(_HAS.id)
    .where(_HAS.hold_token == _F.token, _HAS.starts_at >= _F.starts_at, _HAS.ends_at < _F.ends_at)
    .where(~_FOLLOWS.exists())
    .correlate(_F)
)
_GONE = or_(
    Slot.id.is_(None), Slot.off_plan, Slot.hold_token.is_(None), Slot.hold_token != _F.token, _GAP.exists()
)  # fmt: skip
"""The time of an offer is not whole any more: an absence has taken its first slot, or one of those that follow."""


class WaitingOffers(Leaving):
    """Any number of processes may work on the same ones."""

    def make(
        self,
        waiting_id: int,
        slot: SlotInfo,
        minutes: int,
        until: datetime,
        by: str,
        untold: str = "",
        margin: Margin = NO_MARGIN,
    ) -> int:
        """Keep a time for one who waits, and let them know; the offer's id. Raises NotOffered, SlotTaken, QuotaFull.

        `untold`: why no message is sent, so that the desk calls them.
        """
        now = self._clock()
        token = f"offer:{waiting_id}:{token_hex(4)}"

        def work(connection: Connection) -> int:
            entry = rows.locked(connection, waiting_id)
            if entry is None or entry.live != 1:
                raise NotOffered
            self._bookings.check_quota(connection, slot, entry)
            keep_from(connection, slot.doctor_id)
            hold = hold_within(connection, slot, token, now, until, minutes, margin)
            row = {
                "waiting_id": waiting_id, "slot_id": slot.id, "doctor_id": slot.doctor_id, "unit_id": slot.unit_id,
                "modality": slot.modality, "starts_at": slot.starts_at, "ends_at": hold.slot.ends_at, "until": until,
                "token": token, "uid": token_hex(16), "status": "open", "live": 1, "by": by, "created_at": now,
            }  # fmt: skip
            offer_id = rows.INSERT.run(connection, row)
            connection.execute(insert(OutboxRow).values(**rows.message(offer_id, row, entry, now, untold)))
            rows.tell(connection, waiting_id, slot.unit_id, slot.doctor_id, entry.patient_id, now)
            return offer_id

        try:
            return self._database.write(work)
        except IntegrityError as error:
            if not taken(error):
                raise
            raise NotOffered from error

    def get(self, offer_id: int) -> Offered:
        """One offer, open or not; one whose time is over has lapsed. Raises KeyError."""
        found = self._some(_F.id == offer_id)
        if not found:
            raise KeyError(offer_id)
        return found[0]

    def open_for(self, patient_ids: Sequence[int]) -> list[Offered]:
        """What is offered to these patients now."""
        found = self._some(_F.live == 1, _W.patient_id.in_(patient_ids))
        return [one for one in found if one.status == "open"]

    def open_ones(self) -> list[Offered]:
        """All that is offered now, what runs out first in front."""
        return [one for one in self._some(_F.live == 1) if one.status == "open"]

    def terms(self, offered: Offered) -> Offer:
        """On which terms it would be booked, and what stands in the way."""
        return self._offer(offered, self.person(offered))

    def person(self, offered: Offered) -> Person:
        """Who is waiting."""
        kind = "patient" if offered.patient_id is not None else "pre_registration"
        return self._bookings.person(kind, offered.patient_id or offered.pre_registration_id or 0)

    def may_alone(self, person: Person) -> bool:
        """Whether they may say yes without talking to people."""
        return self._bookings.may_alone(person)

    def accept(self, offer_id: int, via: str, by: str | None = None) -> Booking:
        """Book it and end the wait, both or neither; again, and it is the same booking. `by`: the person themselves.

        Raises KeyError, OfferOver, SlotTaken, Overlaps, NotAllowed.
        """
        offered = self.get(offer_id)
        person = self.person(offered)
        act = Act(by or person.ref, via, self._clock())

        def claim(connection: Connection) -> None:
            rows.locked(connection, offered.waiting_id)
            if not rows.settled(connection, offered.id, "accepted", act, _F.until > act.at):
                raise OfferOver(self._status(connection, offered.id, act.at))
            if connection.scalar(_WITH_SLOT.where(_F.id == offered.id, _GONE)):
                raise OfferOver("gone")

        def close(connection: Connection, booked: Booking) -> None:
            connection.execute(update(_F).where(_F.id == offered.id).values(appointment_id=booked.id))
            connection.execute(update(_W).where(_W.id == offered.waiting_id).values(live=None, status="met"))
            self._meet_others(connection, offered, booked, act)
            rows.hush(connection, offered.id, "accepted", act.at)
            rows.tell(connection, offered.waiting_id, offered.unit_id, offered.doctor_id, offered.patient_id, act.at)

        hold = Hold(offered.token, offered.slot, offered.until, self._slots(offered))
        terms = self._offer(offered, person).terms
        if offered.status == "open" and offered.payer_id not in (None, terms.payer_id):
            raise NotAllowed("payer")  # another one would pay than they were told
        return self._still(self._bookings.take_up(person, hold, terms, act, offered.key, claim, close))

    def standing(self, offered: Offered) -> str:
        """Its status; of one that was accepted, what has become of the visit: pending, moved, cancelled."""
        if offered.status != "accepted" or offered.appointment_id is None:
            return offered.status
        return outcome(visit(self._database, offered.appointment_id), offered.starts_at)

    def _still(self, booked: Booking) -> Booking:
        """A second yes to what was cancelled meanwhile books nothing."""
        found = visit(self._database, booked.id) if booked.status == CANCELLED else booked
        if found.status == CANCELLED:
            raise OfferOver(CANCELLED)
        return found

    def end(self, offer_id: int, status: str, via: str, by: str) -> None:
        """It is over without being taken: "declined", "taken" …; the time is free at once. Raises KeyError, OfferOver.

        Saying the same twice is no harm.
        """
        offered, act = self.get(offer_id), Act(by, via, self._clock())

        def work(connection: Connection) -> None:
            rows.locked(connection, offered.waiting_id)
            if not self._ended(connection, offered, status, act):
                found = self._status(connection, offered.id, act.at)
                if found != status:
                    raise OfferOver(found)

        self._database.write(work)

    def hand_over(self, offer_id: int, by: str) -> SlotInfo:
        """Take the time back for whoever needs it more: the desk (`by`) holds it now. Raises KeyError, OfferOver,
        SlotTaken where another one was faster."""
        offered = self.get(offer_id)
        self.end(offer_id, "taken", "desk", by)
        minutes = int((offered.ends_at - offered.starts_at).total_seconds()) // 60
        first = replace(offered.slot, ends_at=offered.starts_at)  # so that all the slots that follow are held too
        self._bookings.hold_one(first, by, minutes)
        return offered.slot

    def lapse(self) -> int:
        """End those that have run out, and those whose time is not what it was; how many."""
        now = self._clock()
        ended = [(one, "lapsed") for one in self._ids(_F.until <= now)]
        ended += [(one, "gone") for one in self._ids(_F.until > now, or_(_GONE, _W.live.is_(None)))]
        return sum(self._over(offer_id, status, now) for offer_id, status in ended)

    def _over(self, offer_id: int, status: str, now: datetime) -> bool:
        offered, act = self.get(offer_id), Act("system", "system", now)
        return self._database.write(lambda connection: self._ended(connection, offered, status, act))

    def _ids(self, *which: ColumnElement[bool]) -> list[int]:
        wanted = _WITH_SLOT.join(_W, _W.id == _F.waiting_id).where(_F.live == 1, *which)
        return [row[0] for row in self._database.rows(wanted)]

    def _ended(self, connection: Connection, offered: Offered, status: str, act: Act) -> bool:
        still = _F.until <= act.at if status == "lapsed" else _F.until > act.at
        if not rows.settled(connection, offered.id, status, act, still):
            return False
        rows.release(connection, offered.token)
        rows.hush(connection, offered.id, status, act.at)
        rows.tell(connection, offered.waiting_id, offered.unit_id, offered.doctor_id, offered.patient_id, act.at)
        return True

    def _meet_others(self, connection: Connection, offered: Offered, booked: Booking, act: Act) -> None:
        """What else the same person waits for, where this visit is that too; a request meets nothing yet."""
        for waiting_id in [] if booked.status == "pending" else rows.also_met(connection, offered):
            rows.locked(connection, waiting_id)
            connection.execute(update(_W).where(_W.id == waiting_id).values(live=None, status="met"))
            self._withdraw(connection, waiting_id, "met", act)
            rows.tell(connection, waiting_id, offered.unit_id, offered.doctor_id, offered.patient_id, act.at)

    @staticmethod
    def _status(connection: Connection, offer_id: int, now: datetime) -> str:
        row: Any = connection.execute(select(_F.status, _F.until).where(_F.id == offer_id)).first()
        return "lapsed" if row.status == "open" and row.until <= now else str(row.status)

    def _offer(self, offered: Offered, person: Person) -> Offer:
        wanted = Wanted(offered.specialty_id, None, offered.payer_id, offered.wanted_modality)
        return self._terms.offer(person, offered.slot, wanted, f"offer:{offered.waiting_id}")

    def _slots(self, offered: Offered) -> tuple[int, ...]:
        held = select(Slot.id).where(Slot.hold_token == offered.token, Slot.status == "held").order_by(Slot.id)
        return tuple(row[0] for row in self._database.rows(held)) or (offered.slot_id,)

    def _some(self, *which: ColumnElement[bool]) -> list[Offered]:
        now = self._clock()
        found: Iterable[Any] = self._database.rows(rows.OFFERS.where(*which).order_by(_F.until, _F.id))
        return [rows.offered(row, now) for row in found]
