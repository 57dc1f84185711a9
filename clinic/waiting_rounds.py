"""A worker's rounds through the waiting list: what has run out ends, who was met otherwise leaves, what is free is
offered to the first whom it fits.

What is free is looked up anew in every round, so nothing is lost with a worker that is killed, and what becomes free in
whatever way is found. The oldest wish chooses first; what it cannot use, or was offered before, is for the next one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from clinic.agenda import Agenda
from clinic.bookings import SlotTaken
from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.offers import Offers, Wanted
from clinic.people import Person
from clinic.roster import Rosters
from clinic.slots import Criteria, Period, SlotInfo
from clinic.waiting_offers import NotOffered, WaitingOffers
from clinic.waiting_time import Patience
from db.prepared import among
from db.session import Database
from db.tables import Appointment, AppointmentChange, Patient, Waiting, WaitingOffer

SYSTEM = "system"
FREES = ("cancelled", "moved", "declined", "expired", "withdrawn")
"""Events of an appointment's history after which its time is free."""
MOST_SLOTS, MOST_OF_MANY = 40, 400
"""So many times are looked at for a wish; where times were free that did not suit, more, for they are free still."""

_W, _F, _A, _C = Waiting, WaitingOffer, Appointment, AppointmentChange
_OLD, _OTHER = aliased(Appointment), aliased(WaitingOffer)
_UNOFFERED = ~exists(select(_OTHER.id).where(_OTHER.waiting_id == _W.id, _OTHER.live == 1))
WAITING = (
    select(_W.id, _W.patient_id, _W.pre_registration_id, _W.specialty_id, _W.doctor_id, _W.unit_id, _W.period)
    .add_columns(_W.modality, _W.after_slot, _W.created_at, func.coalesce(_W.payer_id, Patient.usual_payer_id))
    .outerjoin(Patient, Patient.id == _W.patient_id)
    .where(_W.live == 1, _UNOFFERED)
    .order_by(_W.created_at, _W.id)
)
BEFORE = (
    select(_F.waiting_id, _F.doctor_id, _F.starts_at)
    .join(_W, _W.id == _F.waiting_id)
    .where(_W.live == 1, _F.starts_at > _W.created_at)
)
FREED = (
    select(_A.doctor_id, _A.starts_at, _A.ends_at, _C.at)
    .join(_C, _C.appointment_id == _A.id)
    .where(among(_C.event, FREES))
)
_FITS = and_(
    _A.live == 1,
    _A.specialty_id == _W.specialty_id,
    func.coalesce(_W.doctor_id, _A.doctor_id) == _A.doctor_id,
    func.coalesce(_W.unit_id, _A.unit_id) == _A.unit_id,
    _A.created_at > _W.created_at,
    ~exists(select(_OLD.id).where(_OLD.replaced_by == _A.id)),
    ~exists(select(_C.id).where(_C.appointment_id == _A.id, _C.event == "restored")),
)
"""What they waited for; while the doctor has not agreed it is but asked for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A place in the list that waits for an offer; `payer_id` is the one they usually use where none was said."""

    id: int
    patient_id: int | None
    pre_registration_id: int | None
    specialty_id: int
    doctor_id: int | None
    unit_id: int | None
    period: str | None
    modality: str | None
    after_slot: int | None
    created_at: datetime
    payer_id: int | None

    @property
    def criteria(self) -> Criteria:
        """What a time must fit."""
        period = cast(Period | None, self.period)
        return Criteria(self.specialty_id, self.doctor_id, self.unit_id, self.payer_id, self.modality, period)


class WaitingRounds:
    """Any number of workers may make their rounds at once."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        agenda: Agenda,
        bookings: DeskBookings,
        terms: Offers,
        offers: WaitingOffers,
        patience: Patience,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._agenda, self._bookings = database, rosters, agenda, bookings
        self._terms, self._offers, self._patience, self._clock = terms, offers, patience, clock

    def round(self) -> int:
        """Everything that is due; how many things were done."""
        return self._offers.lapse() + self.meet() + self.offer()

    def meet(self) -> int:
        """Who waits and has booked what they waited for since, by whatever medium, waits no more."""
        return sum(self._offers.leave(one, "met", SYSTEM) for one in sorted(self._having(_A.status != "pending")))

    def offer(self) -> int:
        """Offer what is free to those whom it fits; how many offers were made."""
        if not self._patience.minutes:
            return 0
        asked = self._having(_A.status == "pending")
        wishes = [Wish(*row) for row in self._database.rows(WAITING) if row[0] not in asked]
        if not wishes:
            return 0
        now, gone = self._clock(), set[int]()
        before = {tuple(row) for row in self._database.rows(BEFORE)}
        freed = self._freed(wishes)
        free: dict[tuple[Criteria, bool], list[SlotInfo]] = {}
        done = 0
        for wish in wishes:
            key = wish.criteria, wish.after_slot is not None
            if key not in free:
                free[key] = self._free(*key)
            new = [one for one in free[key] if _is_news(wish, one, freed)]
            mine = [one for one in new if one.id not in gone and (wish.id, one.doctor_id, one.starts_at) not in before]
            found = self._first(wish, mine, now) if mine else None
            if found:
                gone.add(found.id)
                done += 1
        return done

    def times(self, wish: Wish, limit: int) -> list[SlotInfo]:
        """The next free times that fit a wish, whatever was offered before: for the desk to choose from."""
        return self._agenda.next_free(wish.criteria, limit=limit)

    def wish(self, waiting_id: int) -> Wish | None:
        """A place in the list that has no offer now."""
        row = self._database.first(WAITING.where(_W.id == waiting_id))
        return Wish(*row) if row else None

    def by_hand(self, wish: Wish, slot: SlotInfo, by: str) -> int:
        """The desk offers a time. Raises NotOffered, SlotTaken."""
        until = self._patience.by_hand(self._clock(), slot.starts_at, self._rosters.get().unit[slot.unit_id].tz)
        minutes = self._minutes(self._person(wish), wish, slot)
        if until is None or minutes is None:
            raise NotOffered("near" if until is None else "unfit")
        return self._offers.make(wish.id, slot, minutes, until, by)

    def _free(self, criteria: Criteria, many: bool) -> list[SlotInfo]:
        soonest = self._clock() + self._patience.nearest
        return self._agenda.next_free(criteria, soonest, MOST_OF_MANY if many else MOST_SLOTS)

    def _having(self, what: ColumnElement[bool]) -> set[int]:
        """The places of those who have, in `what` state, the appointment they wait for."""
        return {row[0] for query in _fitting(what) for row in self._database.rows(query)}

    def _freed(self, wishes: Sequence[Wish]) -> list[Any]:
        since = [one.created_at for one in wishes if one.after_slot is not None]
        if not since:
            return []
        lately = FREED.where(_C.at > min(since), _A.starts_at > self._clock())
        return list(self._database.rows(lately))

    def _first(self, wish: Wish, slots: Iterable[SlotInfo], now: datetime) -> SlotInfo | None:
        """The first of these times that was offered."""
        person = self._person(wish)
        busy = self._bookings.upcoming(person)
        for slot in slots:
            if any(one.starts_at < slot.ends_at and slot.starts_at < one.ends_at for one in busy):
                continue
            until = self._patience.until(now, slot.starts_at, self._rosters.get().unit[slot.unit_id].tz)
            minutes = self._minutes(person, wish, slot) if until else None
            if until is None or minutes is None:
                continue
            try:
                self._offers.make(wish.id, slot, minutes, until, SYSTEM)
            except SlotTaken:
                continue
            except NotOffered:
                return None
            return slot
        return None

    def _minutes(self, person: Person, wish: Wish, slot: SlotInfo) -> int | None:
        """How long it would be; None where it cannot be booked so."""
        wanted = Wanted(wish.specialty_id, None, wish.payer_id, wish.modality)
        offer = self._terms.offer(person, slot, wanted)
        possible = offer.possible and not offer.over_quota
        fits = possible and (wish.payer_id is None or offer.terms.payer_id == wish.payer_id)
        return offer.terms.kind.minutes if fits else None

    def _person(self, wish: Wish) -> Person:
        kind = "patient" if wish.patient_id is not None else "pre_registration"
        return self._bookings.person(kind, wish.patient_id or wish.pre_registration_id or 0)


def _is_news(wish: Wish, slot: SlotInfo, freed: Iterable[Any]) -> bool:
    """Whether it was not to be had when they said that nothing suits."""
    if wish.after_slot is None or slot.id > wish.after_slot:
        return True
    return any(
        one.doctor_id == slot.doctor_id and one.starts_at <= slot.starts_at < one.ends_at and one.at > wish.created_at
        for one in freed
    )


def _fitting(what: ColumnElement[bool]) -> tuple[Any, Any]:
    """Of patients and of pre-registrations: each has its index."""
    waits = select(_W.id).where(_W.live == 1, what).distinct()
    return (
        waits.join(_A, and_(_A.patient_id == _W.patient_id, _FITS)),
        waits.join(_A, and_(_A.pre_registration_id == _W.pre_registration_id, _FITS)),
    )
