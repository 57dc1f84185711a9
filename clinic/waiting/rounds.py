"""A worker's rounds through the waiting list: what has run out ends, who was met otherwise leaves, what is free is
offered to the first whom it fits.

What is free is looked up anew in every round, so nothing is lost with a worker that is killed, and what becomes free in
whatever way is found. The oldest wish chooses first; what it cannot use, or was offered before, is for the next one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from clinic.agenda import Agenda
from clinic.bookings import Booking, SlotTaken
from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.kinds import KindInfo
from clinic.margins import length
from clinic.offers import Offers, Wanted
from clinic.people import Person
from clinic.profile import Profiles
from clinic.quotas import QuotaFull
from clinic.roster import Rosters
from clinic.slots import SlotInfo
from clinic.waiting.free_times import MOST_SLOTS, FreeTimes
from clinic.waiting.offers import NotOffered, WaitingOffers
from clinic.waiting.patience import Patience
from clinic.waiting.rows import SYSTEM, UNANSWERED, UNHEARD
from clinic.waiting.wishes import Wish
from db.prepared import among
from db.session import Database
from db.tables import Appointment, AppointmentChange, Patient, VisitKind, Waiting, WaitingOffer

BY_PEOPLE = "people"
"""Why the message of an offer is not sent: they book through people alone."""
FREES = ("cancelled", "moved", "declined", "expired", "withdrawn")
"""Events of an appointment's history after which its time is free."""

Free = Callable[[Wish, KindInfo], list[SlotInfo]]
"""What fits a wish and a visit of that kind; by time."""

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
SILENT = select(_W.id).where(_W.live == 1, UNHEARD >= UNANSWERED)
HOLDING = select(_W.patient_id, _W.pre_registration_id).join(_F, _F.waiting_id == _W.id).where(_F.live == 1)
FREED = (
    select(_A.doctor_id, _A.starts_at, _A.ends_at, _C.at)
    .add_columns(VisitKind.minutes, VisitKind.before_minutes, VisitKind.after_minutes)
    .join(_C, _C.appointment_id == _A.id)
    .join(VisitKind, VisitKind.id == _A.kind_id)
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
        profiles: Profiles,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._agenda, self._bookings = database, rosters, agenda, bookings
        self._terms, self._offers, self._patience = terms, offers, patience
        self._profiles, self._clock = profiles, clock

    def round(self) -> int:
        """Everything that is due; how many things were done."""
        return self._offers.lapse() + self.meet() + self.offer()

    def meet(self) -> int:
        """Who waits and has booked what they waited for since, by whatever medium, waits no more."""
        return sum(self._offers.leave(one, "met", SYSTEM) for one in sorted(self._having(_A.status != "pending")))

    def offer(self) -> int:
        """Offer what is free to those whom it fits; how many offers were made.

        Who did not answer, and for whom nobody knows who pays, is the desk's to talk to.
        """
        if not self._patience.minutes:
            return 0
        asked = self._having(_A.status == "pending")
        wishes = [Wish(*row) for row in self._database.rows(WAITING) if row[0] not in asked]
        if not wishes:
            return 0
        now, gone = self._clock(), set[int]()
        before = {tuple(row) for row in self._database.rows(BEFORE)}
        holding = {tuple(row) for row in self._database.rows(HOLDING)}
        silent = {row[0] for row in self._database.rows(SILENT)}
        free = self._free(wishes, now)
        done = 0
        for wish in wishes:
            if wish.id in silent or wish.who in holding or wish.payer_id is None:
                continue
            mine = (one for one, _ in self._suiting(wish, free.of) if one.id not in gone)
            found = self._first(
                wish, [one for one in mine if (wish.id, one.doctor_id, one.starts_at) not in before], now
            )
            if found:
                gone.add(found.id)
                holding.add(wish.who)
                done += 1
        return done

    def times(self, wish: Wish, limit: int) -> list[SlotInfo]:
        """The next free times that fit a wish and its visit, whatever was offered before: for the desk to choose from.

        None at which they are to be elsewhere in the clinic.
        """
        busy = self._bookings.upcoming(self._person(wish))
        fits = (one for one, kind in self._suiting(wish, self._next) if not _overlaps(one, kind, busy))
        return list(islice(fits, limit))

    def _next(self, wish: Wish, kind: KindInfo) -> list[SlotInfo]:
        return self._agenda.next_free(wish.for_a(kind), limit=MOST_SLOTS)

    def wish(self, waiting_id: int) -> Wish | None:
        """A place in the list that has no offer now."""
        row = self._database.first(WAITING.where(_W.id == waiting_id))
        return Wish(*row) if row else None

    def by_hand(self, wish: Wish, slot: SlotInfo, by: str) -> int:
        """The desk offers a time. Raises NotOffered, SlotTaken, QuotaFull (another one was faster)."""
        if wish.payer_id is None:
            raise NotOffered("payer")
        person = self._person(wish)
        if self._terms.over_quota(slot, wish.payer_id, person=person):
            raise NotOffered("quota")
        until = self._patience.by_hand(self._clock(), slot.starts_at, self._rosters.get().unit[slot.unit_id].tz)
        kind = self._kind(person, wish, slot)
        if until is None or kind is None:
            raise NotOffered("near" if until is None else "unfit")
        return self._make(person, wish, slot, kind, until, by)

    def _free(self, wishes: Sequence[Wish], now: datetime) -> FreeTimes:
        ahead = timedelta(days=self._profiles.get().booking_days + 1)
        return FreeTimes(self._agenda, now + self._patience.nearest, self._freed(wishes), ahead)

    def _suiting(self, wish: Wish, free: Free) -> list[tuple[SlotInfo, KindInfo]]:
        """What is as long as the visit would be with each doctor, and what it would be: who has seen one before needs
        less time, or another margin."""
        found = [(kind, free(wish, kind)) for kind in self._terms.lengths(wish.specialty_id)]
        if len(found) == 1 or not any(slots for _, slots in found):
            return [(one, kind) for kind, slots in found for one in slots]
        of = self._terms.unchosen(self._person(wish), wish.specialty_id)
        own = {one.doctor_id: of(one.doctor_id) for _, slots in found for one in slots}
        fits = {
            one.id: (one, own[one.doctor_id])
            for kind, slots in found
            for one in slots
            if kind.covers(own[one.doctor_id])
        }
        return sorted(fits.values(), key=lambda one: (one[0].starts_at, one[0].id))

    def _having(self, what: ColumnElement[bool]) -> set[int]:
        """The places of those who have, in `what` state, the appointment they wait for."""
        return {row[0] for query in _fitting(what) for row in self._database.rows(query)}

    def _freed(self, wishes: Sequence[Wish]) -> list[Any]:
        since = [one.created_at for one in wishes if one.after_slot is not None]
        if not since:
            return []
        lately = FREED.where(_C.at > min(since), _A.starts_at > self._clock())
        return list(self._database.rows(lately))

    def _first(self, wish: Wish, slots: Sequence[SlotInfo], now: datetime) -> SlotInfo | None:
        """The first of these times that was offered."""
        if not slots:
            return None
        person = self._person(wish)
        busy = self._bookings.upcoming(person)
        for slot in slots:
            if any(one.starts_at < slot.ends_at and slot.starts_at < one.ends_at for one in busy):
                continue
            until = self._patience.until(now, slot.starts_at, self._rosters.get().unit[slot.unit_id].tz)
            kind = self._kind(person, wish, slot) if until else None
            if until is None or kind is None:
                continue
            try:
                self._make(person, wish, slot, kind, until, SYSTEM)
            except (SlotTaken, QuotaFull):
                continue
            except NotOffered:
                return None
            return slot
        return None

    def _make(self, person: Person, wish: Wish, slot: SlotInfo, kind: KindInfo, until: datetime, by: str) -> int:
        """Whom only people may book for is sent no link that would refuse them: the desk calls."""
        untold = "" if self._offers.may_alone(person) else BY_PEOPLE
        return self._offers.make(wish.id, slot, kind.minutes, until, by, untold, kind.margin)

    def _kind(self, person: Person, wish: Wish, slot: SlotInfo) -> KindInfo | None:
        """What it would be booked as; None where it cannot be booked so."""
        wanted = Wanted(wish.specialty_id, None, wish.payer_id, wish.modality)
        offer = self._terms.offer(person, slot, wanted)
        possible = offer.possible and not offer.over_quota
        fits = possible and (wish.payer_id is None or offer.terms.payer_id == wish.payer_id)
        return offer.terms.kind if fits else None

    def _person(self, wish: Wish) -> Person:
        kind = "patient" if wish.patient_id is not None else "pre_registration"
        return self._bookings.person(kind, wish.patient_id or wish.pre_registration_id or 0)


def _overlaps(slot: SlotInfo, kind: KindInfo, busy: Sequence[Booking]) -> bool:
    ends_at = slot.starts_at + timedelta(minutes=max(kind.minutes, length(slot)))
    return any(one.starts_at < ends_at and slot.starts_at < one.ends_at for one in busy)


def _fitting(what: ColumnElement[bool]) -> tuple[Any, Any]:
    """Of patients and of pre-registrations: each has its index."""
    waits = select(_W.id).where(_W.live == 1, what).distinct()
    return (
        waits.join(_A, and_(_A.patient_id == _W.patient_id, _FITS)),
        waits.join(_A, and_(_A.pre_registration_id == _W.pre_registration_id, _FITS)),
    )
