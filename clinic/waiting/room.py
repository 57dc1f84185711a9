"""Everything about waiting for a time, as one thing: the list, what is offered from it, and the rounds of a worker."""

from sqlalchemy import ColumnElement

from clinic.agenda import Agenda
from clinic.clock import Clock
from clinic.desk import Desk
from clinic.holds import Holds
from clinic.outbox.quiet import Quiet
from clinic.people import Person
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.settings import Settings
from clinic.waiting.bookings import WaitingBookings
from clinic.waiting.joining import WaitingList
from clinic.waiting.offers import WaitingOffers
from clinic.waiting.patience import Patience
from clinic.waiting.places import WaitingPlaces
from clinic.waiting.rounds import WaitingRounds
from db.session import Database
from db.tables import Waiting


class WaitingRoom(WaitingList):
    """The list with all that belongs to it: `places` to read, `offers`, `rounds`."""

    def __init__(
        self, database: Database, places: WaitingPlaces, offers: WaitingOffers, rounds: WaitingRounds, clock: Clock
    ) -> None:
        super().__init__(database, clock)
        self.places, self.offers, self.rounds = places, offers, rounds

    def leave(self, person: Person, place_id: int) -> bool:
        """They wait no more, and what was offered to them is free; False where there is no such place of theirs."""
        column = Waiting.patient_id if person.kind == "patient" else Waiting.pre_registration_id
        theirs: ColumnElement[bool] = column == person.id
        return self.offers.leave(place_id, "left", person.ref, theirs)


def open_waiting_room(
    settings: Settings,
    database: Database,
    rosters: Rosters,
    profiles: Profiles,
    holds: Holds,
    agenda: Agenda,
    desk: Desk,
    clock: Clock,
) -> WaitingRoom:
    """Build it on the clinic's own parts."""
    bookings = WaitingBookings(database, holds, rosters, profiles, clock)
    offers = WaitingOffers(database, bookings, desk.offers, clock)
    patience = Patience(settings.offer_minutes, Quiet(*settings.quiet_hours))
    rounds = WaitingRounds(database, rosters, agenda, desk.bookings, desk.offers, offers, patience, profiles, clock)
    return WaitingRoom(database, WaitingPlaces(database, clock), offers, rounds, clock)
