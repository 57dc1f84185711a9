"""Whether somebody may book one more appointment: asked before they choose; booking itself looks again, under lock."""

from datetime import date

from clinic import taking
from clinic.clock import Clock
from clinic.people import Person
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.taking import FromNumber, TooMany, TooManyFromNumber
from clinic.terms import local_day
from db.session import Database

__all__ = ["Allowances", "TooMany", "TooManyFromNumber"]


class Allowances:
    """Reads what is booked already."""

    def __init__(self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        self._database, self._rosters, self._profiles, self._clock = database, rosters, profiles, clock

    def check(self, person: Person, caller: str | None) -> None:
        """One more appointment, asked for from this number (None where none is shown).

        Raises TooMany (future appointments of the person) and TooManyFromNumber (bookings of the number today).
        """
        profile, now = self._profiles.get(), self._clock()
        number = FromNumber(self._known(caller), self._today(), profile.max_bookings_per_number)
        with self._database.read() as connection:
            others, from_number = number.look(connection, person, now)
        taking.check_count(others, person, profile.max_future_appointments)
        number.check(from_number)

    def _known(self, caller: str | None) -> str | None:
        """The trunk's own number says nothing about who calls."""
        return None if caller == self._profiles.get().trunk_number else caller

    def _today(self) -> date:
        roster = self._rosters.get()
        return local_day(roster, roster.units[0].id, self._clock())
