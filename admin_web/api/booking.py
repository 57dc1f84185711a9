"""Booking by program: patients by the portal's rules, staff by the desk's."""

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from admin_web.access import STAFF
from admin_web.api.answering import version_of
from admin_web.api.availability import hold_of, holder, lasts, slot_of
from admin_web.api.faults import NOT_ALLOWED, Fault, unknown
from admin_web.api.operations import Asked
from admin_web.api.visits import Appointment, NewAppointment, Rescheduling, Time
from clinic.as_seen import Seen
from clinic.bookings import Booking, Bookings, Hold, SlotTaken
from clinic.kinds import KindInfo
from clinic.offers import Offer, Wanted
from clinic.people import Person
from clinic.slots import SlotInfo
from clinic.terms import Terms

if TYPE_CHECKING:
    from clinic.services import Clinic

B = TypeVar("B", bound=Bookings)
WEB = "web"


class Booker:
    """Chooses the rules by who asks."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def book(self, asked: Asked) -> Booking:
        """For a patient, at a held or a free time. Raises what Bookings.book does, and Fault."""
        given: NewAppointment = asked.body
        person = self._person(asked, given.patient_id)
        if done := self._clinic.bookings.made_before(person, asked.own_key):
            return done
        slot, kept = self._time(asked, given)
        by = kept.by if kept else holder(asked.viewer)
        wanted = Wanted(given.specialty_id, given.kind_id, given.payer_id, given.modality)
        offer = self._clinic.desk.offers.offer(person, slot, wanted, by)
        _check(wanted, offer)
        hold = self._held(slot, kept, by, offer.terms.kind)
        try:
            booked = self._book(asked, person, hold, offer.terms)
        finally:
            if hold is not kept:
                self._clinic.desk.bookings.release(hold)
        self._note(asked, booked, offer.over_quota)
        return booked

    def move(self, asked: Asked) -> Booking:
        """To a held or a free time. Raises what Bookings.reschedule does, and Fault."""
        desk, booking_id = self._clinic.desk, asked.path["appointment_id"]
        if done := desk.bookings.made_before(desk.bookings.person_of(booking_id), asked.own_key):
            return done
        slot, kept = self._time(asked, asked.body)
        old = desk.bookings.get(booking_id)
        try:
            terms = desk.offers.moved(old, slot, desk.offers.return_of(booking_id))
        except LookupError as wrong:
            said = NOT_ALLOWED.get(str(wrong.args[0]), "")
            raise Fault(422, "not-allowed", "Isto não pode ser marcado assim", said) from None
        minutes = int((old.ends_at - old.starts_at).total_seconds()) // 60
        over = desk.offers.over_quota(slot, old.payer_id, old.id) if asked.body.over_quota else 0
        kind = self._clinic.directory.kind(old.kind_id)
        hold = self._held(slot, kept, kept.by if kept else holder(asked.viewer), kind, minutes, old.id)
        try:
            moved = self._move(asked, booking_id, hold, terms)
        finally:
            if hold is not kept:
                desk.bookings.release(hold)
        self._note(asked, moved, over)
        return moved

    def cancel(self, asked: Asked, reason: str, note: str) -> None:
        """In the name of who asks."""
        booking_id, desk = asked.path["appointment_id"], as_read(asked, self._clinic.desk.bookings)
        if _is_staff(asked):
            desk.cancel_for(booking_id, reason, asked.viewer.ref, note)
        else:
            as_read(asked, self._clinic.bookings).cancel(desk.person_of(booking_id), booking_id, reason, WEB)

    def confirm(self, asked: Asked) -> None:
        """In the name of who asks."""
        booking_id, desk = asked.path["appointment_id"], as_read(asked, self._clinic.desk.bookings)
        if _is_staff(asked):
            desk.confirm_for(booking_id)
        else:
            as_read(asked, self._clinic.bookings).confirm(desk.person_of(booking_id), booking_id, WEB)

    def _book(self, asked: Asked, person: Person, hold: Hold, terms: Terms) -> Booking:
        given: NewAppointment = asked.body
        if _is_staff(asked):
            return self._clinic.desk.bookings.book_for(
                person, hold, terms, asked.viewer.ref, asked.own_key, given.reason, given.over_quota
            )
        return self._clinic.bookings.book(person, hold, terms, WEB, key=asked.own_key)

    def _move(self, asked: Asked, booking_id: int, hold: Hold, terms: Terms | None) -> Booking:
        desk = as_read(asked, self._clinic.desk.bookings)
        given: Rescheduling = asked.body
        if _is_staff(asked):
            return desk.move(booking_id, hold, asked.viewer.ref, terms, asked.own_key, given.over_quota)
        person, bookings = desk.person_of(booking_id), as_read(asked, self._clinic.bookings)
        return bookings.reschedule(person, booking_id, hold, WEB, terms, key=asked.own_key)

    def _note(self, asked: Asked, booked: Booking, over: int) -> None:
        """Who goes over a payer's quota, knowing it, is in the audit, as at the desk."""
        if over and asked.body.over_quota and _is_staff(asked):
            self._clinic.audit.add_once(asked.viewer.ref, "quota.knowing", "appointment", booked.id)

    def _person(self, asked: Asked, patient_id: int) -> Person:
        """A patient for whom this person may book: staff for all, patients for themselves and their dependants."""
        if not _is_staff(asked) and patient_id not in self._clinic.access.acts_for(asked.viewer):
            raise unknown("patient_id")
        try:
            return self._clinic.desk.bookings.person("patient", patient_id)
        except KeyError:
            raise unknown("patient_id") from None

    def _time(self, asked: Asked, given: Time) -> tuple[SlotInfo, Hold | None]:
        """The time that was named, and its hold where it is held already."""
        if (given.hold_id is None) is (given.slot_id is None):
            errors = [{"field": "slot_id", "message": "Mande hold_id ou slot_id, um dos dois."}]
            raise Fault(422, "invalid", "Falta o horário", "", errors)
        if given.hold_id is None:
            return slot_of(self._clinic, asked.viewer, given.slot_id or 0), None
        hold = hold_of(self._clinic, asked.viewer, given.hold_id)
        if hold is None:
            raise SlotTaken
        return self._clinic.desk.bookings.slot(hold.slot.id), hold

    def _held(
        self, slot: SlotInfo, kept: Hold | None, by: str, kind: KindInfo, minutes: int = 0, moving: int = 0
    ) -> Hold:
        """Held long enough: what was held before, where that suffices. `minutes`: not as long as its kind says."""
        minutes, bookings = minutes or kind.minutes, self._clinic.desk.bookings
        margin = kind.margin_of(minutes)
        long = kept is not None and lasts(kept) >= timedelta(minutes=minutes)
        if kept is not None and long and bookings.covers(kept, minutes, margin, moving):
            return kept
        return bookings.hold(slot, by, minutes, margin, moving)


def as_read(asked: Asked, bookings: B) -> B:
    """The same; where an If-Match came, for the appointment as it was read then alone."""
    if asked.version is None:
        return bookings
    seen = Seen(asked.path["appointment_id"], lambda now: version_of(Appointment.model_validate(now)) == asked.version)
    return bookings.if_still(seen)


def _is_staff(asked: Asked) -> bool:
    return bool(asked.viewer.roles & STAFF)


def _check(wanted: Wanted, offer: Offer) -> None:
    """What was asked for is what will be booked; nothing else is chosen in its place."""
    terms = offer.terms
    got = {
        "specialty_id": (wanted.specialty_id, terms.specialty_id), "kind_id": (wanted.kind_id, terms.kind.id),
        "payer_id": (wanted.payer_id, terms.payer_id), "modality": (wanted.modality, terms.modality),
    }  # fmt: skip
    wrong = [name for name, (asked, given) in got.items() if asked is not None and asked != given]
    if wrong:
        errors = [{"field": name, "message": "Este médico não atende assim neste horário."} for name in wrong]
        raise Fault(422, "not-allowed", "Isto não pode ser marcado assim", "", errors)
