"""Booking what was kept for one who waits: the desk's rules, and the end of the wait in the same transaction."""

from collections.abc import Callable

from sqlalchemy import Connection

from clinic import appointments, taking
from clinic.appointments import Act, Booking
from clinic.desk_bookings import DeskBookings
from clinic.holds import Hold
from clinic.people import Person
from clinic.terms import Terms


class WaitingBookings(DeskBookings):
    """The clinic offered the time, so no limit of bookings holds."""

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

        Raises SlotTaken, Overlaps, NotAllowed, and what `before` raises.
        """
        self._check(terms)
        values = self._values(person, hold, terms, act, key)

        def work(connection: Connection) -> Booking:
            appointments.lock(connection, person)
            before(connection)
            others = appointments.live_ones(connection, person, act.at)
            taking.check_overlap(connection, others, values["starts_at"], values["ends_at"])
            booked = self._take(connection, hold, values, act)
            after(connection, booked)
            return booked

        return self._once(person, key, work)
