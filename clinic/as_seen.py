"""Steps that are taken only if an appointment is still what somebody saw: that is looked at under lock."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Self, TypeVar

from sqlalchemy import Connection, update

from clinic import appointments
from clinic.appointments import NotYours
from clinic.profile import ChangedMeanwhile
from clinic.registers import APPOINTMENTS, AppointmentLine
from db.session import Database
from db.tables import Appointment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """An appointment, and whether it is what was seen."""

    booking_id: int
    same: Callable[[AppointmentLine], bool]

    def check(self, connection: Connection) -> None:
        """First in a transaction: whoever else changes it waits from here on. Raises NotYours, ChangedMeanwhile.

        The person first, then the appointment, as all who take both go.
        """
        row = appointments.one(connection, self.booking_id)
        if row is None:
            raise NotYours
        appointments.lock_owner(connection, row)
        this = Appointment.id == self.booking_id
        connection.execute(update(Appointment).where(this).values(id=self.booking_id))
        if not self.same(AppointmentLine(*connection.execute(APPOINTMENTS.where(this)).one())):
            raise ChangedMeanwhile


class Changes:
    """What changes appointments, each in one transaction."""

    _database: Database
    _seen: Seen | None = None

    def if_still(self, seen: Seen) -> Self:
        """The same for who decided by what they saw: each change raises ChangedMeanwhile where it is not that now."""
        those = copy(self)
        those._seen = seen
        return those

    def _write(self, work: Callable[[Connection], T]) -> T:
        """One transaction; what was seen is looked at before anything else in it."""
        seen = self._seen
        if seen is None:
            return self._database.write(work)

        def checked(connection: Connection) -> T:
            seen.check(connection)
            return work(connection)

        return self._database.write(checked)
