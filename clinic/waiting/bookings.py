"""Booking what was kept for one who waits: the desk's rules, and the end of the wait in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from clinic import appointments, no_shows, quotas, taking
from clinic.appointments import Act, Booking, Line
from clinic.desk_bookings import VIA, DeskBookings
from clinic.holds import Hold
from clinic.people import Person
from clinic.slots import SlotInfo
from clinic.taking import TooMany
from clinic.terms import NotAllowed, Terms


class WaitingBookings(DeskBookings):
    """The clinic offered the time: its rules hold as for any other, and who answers there decides as the desk does."""

    def take_up(
        self,
        person: Person,
        hold: Hold,
        terms: Terms,
        act: Act,
        key: str,
        before: Callable[[Connection], None],
        after: Callable[[Connection, Booking], None],
    ) -> Booking:
        """Make the appointment between two steps of the same transaction; the same `key` gives the same booking.

        Whoever is to be booked by people (they missed visits, or have all the visits they may have) is told so.
        Raises SlotTaken, Overlaps, NotAllowed (QuotaFull), and what `before` raises.
        """
        self._check(terms)
        values = self._values(person, hold, terms, act, key)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            before(connection)
            others = appointments.live_ones(connection, person, act.at)
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            if act.via != VIA:
                self._check_alone(connection, person, others, act.at)
            quotas.check(connection, self._rosters.get(), values)
            booked = self._take(connection, hold, values, act)
            after(connection, booked)
            return booked

        return self._once(person, key, work)

    def check_quota(self, connection: Connection, slot: SlotInfo, entry: Any) -> None:
        """Whether the day of a time takes one more of whoever pays for a place in the list. Raises QuotaFull."""
        where = {"doctor_id": slot.doctor_id, "unit_id": slot.unit_id, "starts_at": slot.starts_at}
        whose = {name: getattr(entry, name) for name in ("payer_id", "patient_id", "pre_registration_id")}
        quotas.check(connection, self._rosters.get(), {**where, **whose})

    def may_alone(self, person: Person) -> bool:
        """Whether they may take up an offer without talking to people."""
        now = self._clock()
        with self._database.read() as connection:
            try:
                self._check_alone(connection, person, appointments.live_ones(connection, person, now), now)
            except NotAllowed:
                return False
        return True

    def _check_alone(self, connection: Connection, person: Person, others: list[Line], now: datetime) -> None:
        """Raises NotAllowed."""
        profile = self._profiles.get()
        try:
            taking.check_count(others, person, profile.max_future_appointments)
            no_shows.check(connection, profile, person, now)
        except TooMany as many:
            raise NotAllowed("people") from many
