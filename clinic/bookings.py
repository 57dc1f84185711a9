"""Booking, moving, cancelling and confirming: each one short transaction, each change told in the history."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from clinic import appointments, no_shows, past_visits, quotas, taking, undoing
from clinic.appointments import Act, Booking, Line, NotYours, booking
from clinic.clock import Clock
from clinic.holds import Hold, Holds, SlotTaken
from clinic.kinds import NO_MARGIN, Margin
from clinic.no_shows import AfterNoShows
from clinic.past_visits import LastDoctor, OpenReturn
from clinic.people import Person
from clinic.profile import ChangedMeanwhile, Profiles
from clinic.roster import Rosters
from clinic.series_rows import columns_of
from clinic.slots import SlotInfo
from clinic.taking import FromNumber, Overlaps, TooMany, TooManyFromNumber
from clinic.terms import NotAllowed, Terms, check, local_day
from clinic.transitions import WrongStatus
from clinic.visits import ExtraQuotaFull, Visits
from db.retry import OutcomeUnknown, taken
from db.session import Database
from db.tables import Appointment, VoiceNote

__all__ = [
    "AfterNoShows", "Booking", "Bookings", "ExtraQuotaFull", "Hold", "LastDoctor", "NotAllowed", "NotYours",
    "OpenReturn", "Overlaps", "SlotTaken", "Terms", "TooMany", "TooManyFromNumber", "WrongStatus",
]  # fmt: skip

ASK_TO_CONFIRM = timedelta(days=7)
TRIES = 5
IN_THE_WAY = (SlotTaken, Overlaps, TooMany, TooManyFromNumber, WrongStatus, NotAllowed, ChangedMeanwhile)
LOST = (*IN_THE_WAY, OutcomeUnknown, IntegrityError)


class Bookings(Visits):
    """What patients do with appointments; what the clinic does with them is in Visits."""

    def __init__(self, database: Database, holds: Holds, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        super().__init__(database, rosters, clock)
        self._holds, self._profiles = holds, profiles

    def hold(
        self, slot: SlotInfo, by: str, minutes: int = 0, margin: Margin = NO_MARGIN, moving: int = 0, once: str = ""
    ) -> Hold:
        """Keep a time for who is deciding (`by`: the call's id; see Holds.hold). Raises SlotTaken."""
        return self._holds.hold(slot, by, minutes, margin, moving, once)

    def release(self, hold: Hold) -> None:
        """Give it back; harmless when it is lost or booked."""
        self._holds.release(hold)

    def release_all(self, by: str) -> None:
        """Give back all that somebody holds."""
        self._holds.release_all(by)

    def book(
        self, person: Person, hold: Hold, terms: Terms, via: str, caller: str | None = None, key: str | None = None
    ) -> Booking:
        """Make the appointment, or the request where the doctor approves. The same `key` gives the same booking.

        Raises SlotTaken (the hold was lost), Overlaps, TooMany, AfterNoShows, TooManyFromNumber, NotAllowed.
        """
        act = Act(person.ref, via, self._clock(), hold.by)
        check(self._rosters.get(), terms, via)
        values = self._values(person, hold, terms, act, key)
        number = self._from_number(caller, hold.slot, act.at)
        profile = self._profiles.get()

        def work(connection: Connection) -> Booking:
            others, from_number = number.lock_and_look(connection, person, act.at)
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            taking.check_count(others, person, profile.max_future_appointments)
            no_shows.check(connection, profile, person, act.at)
            taking.check_return(connection, self._rosters.get(), person, values)
            number.check(from_number)
            quotas.check(connection, self._rosters.get(), values)
            return self._take(connection, hold, {**values, **from_number}, act)

        return self._once(person, key, work)

    def reschedule(
        self,
        person: Person,
        booking_id: int,
        hold: Hold,
        via: str,
        terms: Terms | None = None,
        caller: str | None = None,  # noqa: ARG002 - told by all who book; moving is not counted
        key: str | None = None,
    ) -> Booking:
        """Move an appointment to a held time, both or neither; the new one. Where the doctor approves, the old time is
        kept until the request is accepted. Raises SlotTaken, Overlaps, NotYours, WrongStatus, NotAllowed."""
        act = Act(person.ref, via, self._clock(), hold.by)
        if terms:
            check(self._rosters.get(), terms, via)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            old = appointments.theirs(connection, person, booking_id)
            values = self._values(person, hold, terms or self._terms_of(old), act, key)
            others = appointments.live_ones(connection, person, act.at)
            old = taking.what_moves(connection, old, values["status"])
            asks = values["status"] == "pending" and old.status == "booked"
            same_start = asks and old.starts_at == values["starts_at"]
            others = [one for one in others if same_start or one.id not in (old.id, booking_id)]
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            taking.check_return(connection, self._rosters.get(), person, values, but=taking.visit_of(old))
            quotas.check(connection, self._rosters.get(), values, but=old.id)
            if asks:
                return self._take(connection, hold, {**values, **columns_of(old), "replaces": old.id}, act)
            return self._swap(connection, old, hold, values, act)

        return self._once(person, key, work)

    def cancel(
        self,
        person: Person,
        booking_id: int,
        reason: str,
        via: str,
        note_id: int | None = None,
        call_id: str | None = None,
        note: str = "",
    ) -> Booking:
        """Give the time back; it stays held for ten seconds, for `undo`. Raises NotYours, WrongStatus."""
        act = Act(person.ref, via, self._clock(), call_id, f"voice_note:{note_id}" if note_id else note)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            row = appointments.theirs(connection, person, booking_id)
            appointments.change(connection, row, "cancelled", act, cancel_reason=reason)
            appointments.let_go(connection, row, act.at)
            if note_id:
                note = update(VoiceNote).where(VoiceNote.id == note_id).values(appointment_id=booking_id)
                connection.execute(note)
            return booking(appointments.one(connection, booking_id))

        return self._write(work)

    def undo(self, person: Person, booking_id: int, via: str) -> Booking:
        """Within ten seconds of one's own cancelling or moving: as it was before (a new row, the same code).

        Raises NotYours, WrongStatus, Overlaps, SlotTaken when the ten seconds or the time are gone, and QuotaFull.
        """
        act, roster = Act(person.ref, via, self._clock()), self._rosters.get()
        return self._write(lambda connection: undoing.undo(connection, person, booking_id, act, roster))

    def confirm(self, person: Person, booking_id: int, via: str) -> Booking:
        """The person will come; saying it twice is no harm. Raises NotYours, WrongStatus."""
        act = Act(person.ref, via, self._clock())

        def work(connection: Connection) -> Booking:
            row = appointments.theirs(connection, person, booking_id)
            if row.status != "booked":
                raise WrongStatus(row.status, "confirmed")
            if row.confirmed_at is None:
                mine = update(Appointment).where(Appointment.id == booking_id, Appointment.status == "booked")
                connection.execute(mine.values(confirmed_at=act.at, confirmed_via=via))
                appointments.tell(connection, booking_id, act, "confirmed", "booked", "booked")
            return booking(appointments.one(connection, booking_id))

        return self._write(work)

    def withdraw(self, key: str) -> bool:
        """Undo what was booked or moved under a key after nobody waited for it any more.

        False when there is nothing, or when it stays because somebody has acted on it since, or because a time that
        would come back is gone; then a line "kept" in its history tells the desk.
        """
        now = self._clock()
        try:
            return self._write(lambda connection: undoing.withdraw(connection, key, now))
        except (SlotTaken, Overlaps):
            self._write(lambda connection: undoing.keep(connection, key, now))
            return False

    def upcoming(self, person: Person) -> list[Booking]:
        """Booked ones and requests that are still to come, by time."""
        mine = {"person": person.id, "now": self._clock()}
        return [booking(row) for row in self._database.ask(appointments.UPCOMING[person.kind], mine)]

    def needs_confirmation(self, person: Person) -> Booking | None:
        """The next booked one within a week that is not confirmed."""
        return self.to_confirm(self.upcoming(person))

    def to_confirm(self, upcoming: Sequence[Booking]) -> Booking | None:
        """The same, for who has asked what is upcoming already."""
        until = self._clock() + ASK_TO_CONFIRM
        waiting = (one for one in upcoming if one.status == "booked" and not one.confirmed and one.starts_at <= until)
        return next(waiting, None)

    def late_notice(self, booking: Booking) -> bool:
        """Whether it begins so soon that the clinic wants to be told earlier."""
        return booking.starts_at - self._clock() < timedelta(hours=self._profiles.get().notice_hours)

    def open_return(self, person: Person) -> OpenReturn | None:
        """The retorno this person may still book."""
        now = self._clock()
        rows = self._database.ask(past_visits.RETURNABLE[person.kind], past_visits.returnable(person, now))
        return past_visits.first_open(self._rosters.get(), rows, now)

    def open_returns(self, patients: Sequence[Person]) -> list[tuple[Person, OpenReturn]]:
        """The same of a family, in one question: those who have one, in their order."""
        roster, now = self._rosters.get(), self._clock()
        rows = self._database.rows(past_visits.RETURNABLE_OF_MANY, past_visits.returnable_of_many(patients, now))
        theirs = {one.id: [row for row in rows if row.patient_id == one.id] for one in patients}
        found = ((one, past_visits.first_open(roster, theirs[one.id], now)) for one in patients)
        return [(one, visit) for one, visit in found if visit]

    def return_until(self, booking_id: int) -> date | None:
        """The last day a booked retorno may be moved to; None for what is none."""
        row = self._database.first(past_visits.VISIT_OF_RETURN, {"retorno": booking_id})
        return past_visits.last_day(self._rosters.get(), row) if row else None

    def return_and_last_doctor(self, person: Person) -> tuple[OpenReturn | None, LastDoctor | None]:
        """`open_return`, and with whom the last visit was if that doctor still works here; in one question."""
        now, roster = self._clock(), self._rosters.get()
        returnable, last = self._database.ask_all(*past_visits.returnable_and_last(person, now))
        return past_visits.first_open(roster, returnable, now), past_visits.last_here(roster, last)

    def _values(self, person: Person, hold: Hold, terms: Terms, act: Act, key: str | None) -> dict[str, Any]:
        """The columns of a new appointment; whether it is a request is the doctor's record's to say."""
        slot = hold.slot
        if (slot.doctor_id, slot.unit_id) != (terms.doctor_id, terms.unit_id):
            raise ValueError("the terms are of another doctor or unit than the slot")
        doctor = self._rosters.get().doctors[slot.doctor_id]
        answer_by = min(act.at + timedelta(hours=doctor.approval_hours), slot.starts_at)
        return {
            "doctor_id": slot.doctor_id, "unit_id": slot.unit_id, "specialty_id": terms.specialty_id,
            "kind_id": terms.kind.id, "payer_id": terms.payer_id, "return_of": terms.return_of,
            "modality": terms.modality, "price_cents": terms.price_cents, "slot_id": slot.id,
            "starts_at": slot.starts_at, "ends_at": slot.ends_at, "via": act.via, "idempotency_key": key,
            "status": "pending" if doctor.approves else "booked", "answer_by": answer_by if doctor.approves else None,
            "tell_by_phone": not person.has_contact, **person.columns,
        }  # fmt: skip

    def _terms_of(self, old: Line) -> Terms:
        """What was agreed on already goes on."""
        kind = self._rosters.get().kind[old.kind_id]
        return Terms(
            old.doctor_id, old.unit_id, old.specialty_id, kind, old.payer_id, old.modality, old.price_cents,
            approves=False, return_of=old.return_of,
        )  # fmt: skip

    def _from_number(self, caller: str | None, slot: SlotInfo, now: datetime) -> FromNumber:
        profile = self._profiles.get()
        day = local_day(self._rosters.get(), slot.unit_id, now)
        return FromNumber(None if caller == profile.trunk_number else caller, day, profile.max_bookings_per_number)

    def _take(self, connection: Connection, hold: Hold, values: dict[str, Any], act: Act) -> Booking:
        """Write the appointment and claim its slots, last and briefest."""
        kind = self._rosters.get().kind[values["kind_id"]]
        row = {**values, "code": appointments.new_code()}
        event = "requested" if row["status"] == "pending" else "booked"
        return appointments.made(appointments.take(connection, hold, kind, row, act, event), row)

    def _swap(self, connection: Connection, old: Line, hold: Hold, values: dict[str, Any], act: Act) -> Booking:
        """The old one goes, the new one comes; slots are touched in the order of their ids, as everywhere."""
        taking.goes(connection, old, hold.slot.doctor_id, act)
        hold = taking.hand_over(connection, old, hold, self._rosters.get().kind[values["kind_id"]], act.at)
        old_first = old.slot_id is not None and old.slot_id < hold.slot.id
        if old_first:
            appointments.let_go(connection, old, act.at)
        new = self._take(connection, hold, {**columns_of(old), **values, **taking.still_asks(old, values)}, act)
        if not old_first:
            appointments.let_go(connection, old, act.at)
        connection.execute(update(Appointment).where(Appointment.id == old.id).values(replaced_by=new.id))
        return new

    def _once(self, person: Person, key: str | None, work: Callable[[Connection], Booking]) -> Booking:
        """Run it; if what stands in the way is this very booking, made in an earlier try, that is the answer."""
        for _ in range(TRIES):
            try:
                return self._write(work)
            except LOST as error:
                done = self.made_before(person, key)
                if done is not None:
                    return done
                if not _worth_another_try(error, key):
                    raise
                last = error
        raise SlotTaken from last

    def made_before(self, person: Person, key: str | None) -> Booking | None:
        """What was booked or moved under a key, whatever became of it."""
        mine = appointments.FULL.where(Appointment.idempotency_key == key, past_visits.of(person))
        row = self._database.first(mine) if key else None
        return booking(row) if row else None


def _worth_another_try(error: Exception, key: str | None) -> bool:
    """A clash of codes or of a number's count; or nobody knows whether COMMIT arrived, and the key tells them apart."""
    return (isinstance(error, IntegrityError) and taken(error)) or (isinstance(error, OutcomeUnknown) and bool(key))
