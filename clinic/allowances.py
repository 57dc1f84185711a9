"""Whether somebody may book one more appointment: asked before they choose; booking itself looks again, under lock."""

from datetime import date

from clinic import appointments, no_shows, taking
from clinic.appointments import Line
from clinic.clock import Clock
from clinic.no_shows import AfterNoShows
from clinic.people import Person
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.taking import TooMany, TooManyFromNumber
from clinic.terms import local_day
from db.session import Database

__all__ = ["AfterNoShows", "Allowances", "TooMany", "TooManyFromNumber"]


class Allowances:
    """Reads what is booked already."""

    def __init__(self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        self._database, self._rosters, self._profiles, self._clock = database, rosters, profiles, clock

    def check(self, person: Person, caller: str | None) -> None:
        """One more appointment, asked for from this number (None where none is shown).

        Raises TooMany (future appointments of the person), AfterNoShows (which is one, so it is to be caught first)
        and TooManyFromNumber (bookings of the number today).
        """
        profile = self._profiles.get()
        others, count = self._look(person, self._known(caller))
        taking.check_count(others, person, profile.max_future_appointments)
        if count >= profile.max_bookings_per_number:
            raise TooManyFromNumber(profile.max_bookings_per_number)
        if no_shows.applies(profile, person):
            no_shows.judge(profile, self.missed(person))

    def missed(self, person: Person) -> int:
        """How many visits this patient missed of late, as the clinic counts; those that were forgiven left out."""
        counted = no_shows.counted(self._profiles.get(), person, self._clock())
        return int(self._database.ask(no_shows.COUNT, counted)[0].missed)

    def _look(self, person: Person, number: str | None) -> tuple[list[Line], int]:
        """What takes the person's time, and how many bookings were made from the number today."""
        given = {"person": person.id, "now": self._clock()}
        if number is None:
            return list(self._database.ask(appointments.LIVE[person.kind], given)), 0
        theirs = {**given, "caller": number, "day": self._today()}
        *others, last = self._database.ask(appointments.LIVE_AND_CALLER[person.kind], theirs)
        return others, last.replaces or 0

    def _known(self, caller: str | None) -> str | None:
        """The trunk's own number says nothing about who calls."""
        return None if caller == self._profiles.get().trunk_number else caller

    def _today(self) -> date:
        roster = self._rosters.get()
        return local_day(roster, roster.units[0].id, self._clock())
