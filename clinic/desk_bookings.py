"""What the desk does with appointments, in the name of who works there: the telephone's rules, the desk's rights."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from clinic import appointments, no_shows, quotas, series_rows, taking, undoing
from clinic.appointments import Act, Booking, NotYours, booking
from clinic.bookings import Bookings
from clinic.holds import Hold, SlotTaken, of_visit
from clinic.kinds import NO_MARGIN, Margin
from clinic.own_slots import own_of
from clinic.people import Person
from clinic.series_rows import Place, columns_of
from clinic.slots import SlotInfo
from clinic.terms import NotAllowed, Terms, check
from clinic.transitions import WrongStatus
from clinic.visits import Extra, is_extra
from db.tables import Appointment, Patient, PatientPhone, PreRegistration, Slot

VIA = "desk"
_PATIENT = (
    select(Patient.id, Patient.name, Patient.social_name, Patient.birth_date, Patient.slow_mode)
    .add_columns(Patient.usual_payer_id, Patient.usual_unit_id, Patient.email, PatientPhone.number)
    .outerjoin(PatientPhone, PatientPhone.patient_id == Patient.id)
    .where(Patient.id == bindparam("person"))
)
_PRE = select(PreRegistration.id, PreRegistration.birth_date, PreRegistration.phone).where(
    PreRegistration.id == bindparam("person")
)
_SLOT = select(Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at)


class DeskBookings(Bookings):
    """Each change is written with who made it (`by`: "user:12"); no limit of bookings holds here, people decide."""

    def slot(self, slot_id: int) -> SlotInfo:
        """One time of the agenda, free or not. Raises KeyError."""
        row = self._database.first(_SLOT.where(Slot.id == slot_id))
        if row is None:
            raise KeyError(slot_id)
        return SlotInfo(*row)

    def is_free(self, slot: SlotInfo, by: str, moving: int = 0) -> bool:
        """Whether a time can still be had (also when one holds it oneself, or the appointment that moves has it)."""
        state = select(Slot.status, Slot.held_until, Slot.hold_token, Slot.appointment_id).where(Slot.id == slot.id)
        row: Any = self._database.first(state)
        now = self._clock()
        if row is None or slot.starts_at <= now or row.status != "held":
            free = row is not None and (row.status == "free" or (moving and row.appointment_id == moving))
            return bool(free and slot.starts_at > now)
        return bool(row.held_until <= now or row.hold_token.startswith(f"{by}:"))

    def keeper(self, slot: SlotInfo) -> str:
        """Who holds a time now ("user:12", "offer:4"); "" for nobody."""
        row: Any = self._database.first(
            select(Slot.hold_token).where(Slot.id == slot.id, Slot.status == "held", Slot.held_until > self._clock())
        )
        return str(row.hold_token).rpartition(":")[0] if row else ""

    def hold_one(
        self, slot: SlotInfo, by: str, minutes: int = 0, margin: Margin = NO_MARGIN, moving: int = 0, once: str = ""
    ) -> Hold:
        """Keep a time while the drawer is open; whatever the same person kept before is let go. Raises SlotTaken."""
        try:
            hold = self.hold(slot, by, minutes, margin, moving, once)
        except SlotTaken:
            self.release_all(by)
            raise
        self._holds.release_all(by, hold)
        return hold

    def hold_for(self, form: str, slot: SlotInfo, by: str, minutes: int, margin: Margin, moving: int = 0) -> Hold:
        """What a form books or moves to, by the name that is its own (see `Holds.hold`; "" for one without).

        A time that is taken has a hold too, but one that holds nothing: it may be that this very form came before and
        was granted, which the booking's key tells; else SlotTaken comes from there.
        """
        try:
            return self.hold(slot, by, minutes, margin, moving, form)
        except SlotTaken:
            return self.nothing_held(slot, by)

    def nothing_held(self, slot: SlotInfo, by: str) -> Hold:
        """A hold of a time that is not to be had."""
        return Hold(f"{by}:lost", slot, self._clock(), (slot.id,))

    def covers(self, hold: Hold, minutes: int, margin: Margin, moving: int = 0) -> bool:
        """Whether it holds what is beside such a visit too."""
        return self._holds.covers(hold, minutes, margin, moving)

    def held(self, token: str, moving: int = 0) -> Hold:
        """What is kept under a token (`moving`: beside what that appointment has). Raises SlotTaken when nothing is."""
        kept = _SLOT.add_columns(Slot.held_until).where(Slot.hold_token == token, Slot.status == "held")
        rows: Any = self._database.rows(kept.where(Slot.held_until > self._clock()).order_by(Slot.starts_at))
        if not rows or not token:
            raise SlotTaken
        its = of_visit(token, self._with_own(rows, moving))
        first, ids = SlotInfo(*(*its[0][:5], its[-1].ends_at)), {row.id for row in rows}
        own = tuple(sorted({one.id for one in its} - ids))
        return Hold(token, first, min(row.held_until for row in rows), tuple(sorted(ids)), own)

    def _with_own(self, rows: Sequence[Any], moving: int) -> Sequence[Any]:
        if not moving:
            return rows
        with self._database.read() as connection:
            own = own_of(connection, moving)
        bookable = [one for one in own.slots if one.id in own.bookable]
        return sorted([*rows, *bookable], key=lambda one: one.starts_at)

    def book_for(
        self,
        person: Person,
        hold: Hold,
        terms: Terms,
        by: str,
        key: str | None = None,
        reason: str = "",
        over_quota: bool = False,
        place: Place | None = None,
    ) -> Booking:
        """Make the appointment (or the request where the doctor approves); the same `key` gives the same booking.

        `reason`: why it is made all the same for who missed visits; in its history.
        `over_quota`: it is known that the payer has its visits of that day.
        `place`: the day of a series that it is for.
        Raises SlotTaken, Overlaps, NotAllowed (QuotaFull, AuthorisedFull), AfterNoShows.
        """
        act, profile = Act(by, VIA, self._clock(), note=reason), self._profiles.get()
        self._check(terms)
        values = self._values(person, hold, terms, act, key) | (place.columns if place else {})

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            series_rows.check(connection, place)
            others = appointments.live_ones(connection, person, act.at)
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            taking.check_return(connection, self._rosters.get(), person, values)
            if not reason:
                no_shows.check(connection, profile, person, act.at)
            if not over_quota:
                quotas.check(connection, self._rosters.get(), values)
            return self._take(connection, hold, values, act)

        return self._once(person, key, work)

    def move(
        self,
        booking_id: int,
        hold: Hold,
        by: str,
        terms: Terms | None = None,
        key: str | None = None,
        over_quota: bool = False,
        series_day: date | None = None,
        at: datetime | None = None,
    ) -> Booking:
        """To a held time, both or neither; the new one. Where the doctor approves it is a request, and the old time is
        kept until it is accepted. `series_day`: the day of its series that it stands for from now on; `at`: the moment
        that is common to several. Raises SlotTaken, Overlaps, NotYours, WrongStatus, NotAllowed."""
        act, person = Act(by, VIA, at or self._clock()), self.person_of(booking_id)
        if terms:
            self._check(terms)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            old = appointments.theirs(connection, person, booking_id)
            values = self._values(person, hold, terms or self._terms_of(old), act, key)
            if series_day:
                series_rows.check_day(connection, old, series_day)
                values["series_day"] = series_day
            old = taking.what_moves(connection, old, values["status"])
            asks = values["status"] == "pending" and old.status == "booked"
            same_start = asks and old.starts_at == values["starts_at"]
            live = appointments.live_ones(connection, person, act.at)
            others = [one for one in live if same_start or one.id not in (old.id, booking_id)]
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            taking.check_return(connection, self._rosters.get(), person, values, but=taking.visit_of(old))
            if not over_quota:
                quotas.check(connection, self._rosters.get(), values, but=old.id)
            if asks:
                return self._take(connection, hold, {**columns_of(old), **values, "replaces": old.id}, act)
            return self._swap(connection, old, hold, values, act)

        return self._once(person, key, work)

    def move_extra(
        self, booking_id: int, extra: Extra, by: str, key: str | None = None, known: str | None = None
    ) -> Booking:
        """An encaixe to another time beside the slots, both or neither; the new one. On the same day it keeps a place
        of the quota. `known`: as in `book_extra`. Raises NotKnown, ExtraQuotaFull, Overlaps, NotYours, WrongStatus."""
        act, person = Act(by, VIA, self._clock(), note=f"{extra.role}: {extra.reason}"), self.person_of(booking_id)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            old = appointments.theirs(connection, person, booking_id)
            if not is_extra(connection, old.id):
                raise WrongStatus(old.status, "moved")
            taking.goes(connection, old, extra.doctor_id, replace(act, note=""))
            more = {**columns_of(old), "idempotency_key": key}
            new = self._squeeze_in(connection, person, extra, act, known, more)
            connection.execute(update(Appointment).where(Appointment.id == old.id).values(replaced_by=new.id))
            return new

        return self._once(person, key, work)

    def cancel_for(self, booking_id: int, reason: str, by: str, note: str = "") -> Booking:
        """Give the time back, and say why; it is held ten seconds for `take_back`. Raises NotYours, WrongStatus."""
        act, person = Act(by, VIA, self._clock(), note=note), self.person_of(booking_id)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            row = appointments.theirs(connection, person, booking_id)
            appointments.change(connection, row, "cancelled", act, cancel_reason=reason)
            appointments.let_go(connection, row, act.at)
            return booking(appointments.one(connection, booking_id))

        return self._write(work)

    def take_back(self, booking_id: int, by: str) -> Booking:
        """Within ten seconds of one's own cancelling or moving: as it was, with all of its series that was cancelled or
        moved in the same go. Raises as `Bookings.undo` does."""
        act, person = Act(by, VIA, self._clock()), self.person_of(booking_id)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            back = {
                one: undoing.undo(connection, person, one, act)
                for one in series_rows.given_up_with(connection, booking_id)
            }
            return back[booking_id]

        return self._write(work)

    def confirm_for(self, booking_id: int) -> Booking:
        """They told the desk that they will come. Raises NotYours, WrongStatus."""
        return self.confirm(self.person_of(booking_id), booking_id, VIA)

    def forgive(self, booking_id: int, by: str, reason: str) -> Booking:
        """A no-show that counts no more, and why. Raises NotYours, WrongStatus."""
        act = Act(by, VIA, self._clock(), note=reason)
        self._write(lambda connection: no_shows.forgive(connection, booking_id, act))
        return self.get(booking_id)

    def person_of(self, booking_id: int) -> Person:
        """For whom it is. Raises NotYours where there is no such appointment."""
        wanted = select(Appointment.patient_id, Appointment.pre_registration_id).where(Appointment.id == booking_id)
        row = self._database.first(wanted)
        if row is None:
            raise NotYours
        return self.person("patient", row[0]) if row[0] is not None else self.person("pre_registration", row[1] or 0)

    def person(self, kind: str, person_id: int) -> Person:
        """A patient or a pre-registration. Raises KeyError."""
        found: Any = self._database.first(_PATIENT if kind == "patient" else _PRE, {"person": person_id})
        if found is None:
            raise KeyError(person_id)
        if kind == "patient":
            name = found.social_name or found.name
            contact = bool(found.email or found.number)
            return Person("patient", found.id, name, found.birth_date, found.slow_mode, found.usual_payer_id,
                          found.usual_unit_id, contact)  # fmt: skip
        return Person("pre_registration", found.id, "", found.birth_date, has_contact=found.phone is not None)

    def _check(self, terms: Terms) -> None:
        check(self._rosters.get(), terms, VIA)
        if "desk" not in terms.kind.bookable_by:
            raise NotAllowed("kind")
