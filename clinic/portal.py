"""Everything patients do on the portal, as one thing."""

from dataclasses import dataclass

from clinic.agenda import Agenda
from clinic.audit import AuditTrail
from clinic.bookings import Bookings
from clinic.clock import Clock
from clinic.corrections import Corrections
from clinic.data_requests import DataRequests
from clinic.desk import Desk
from clinic.directory import Directory
from clinic.finding import Finder
from clinic.holds import Holds
from clinic.keeping import Keeper
from clinic.letters import Letters
from clinic.moving import OtherTimes
from clinic.offers import Offers
from clinic.own_data import OwnData
from clinic.own_visits import OwnVisits
from clinic.privacy import Privacy
from clinic.profile import Profiles
from clinic.registrations import Registrations
from clinic.roster import Rosters
from clinic.search import Search
from clinic.units import Units
from clinic.users import Users
from db.session import Database


@dataclass(frozen=True)
class Portal:
    """The services of the portal."""

    finder: Finder
    keeper: Keeper
    offers: Offers
    other_times: OtherTimes
    visits: OwnVisits
    privacy: Privacy
    requests: DataRequests
    registrations: Registrations
    own_data: OwnData
    corrections: Corrections


def open_portal(
    database: Database,
    rosters: Rosters,
    profiles: Profiles,
    units: Units,
    agenda: Agenda,
    holds: Holds,
    directory: Directory,
    bookings: Bookings,
    desk: Desk,
    users: Users,
    letters: Letters,
    audit: AuditTrail,
    clock: Clock,
) -> Portal:
    """Build them on the clinic's own parts."""
    requests = DataRequests(database, audit, clock)
    keeper = Keeper(database, desk.bookings)
    offers = Offers(database, rosters, profiles, directory, bookings, clock, who="patient")
    return Portal(
        finder=Finder(Search(database), rosters, profiles, holds, clock),
        keeper=keeper,
        offers=offers,
        other_times=OtherTimes(agenda, units, directory, bookings, offers, keeper, clock),
        visits=OwnVisits(database, clock),
        privacy=Privacy(database, profiles, clock),
        requests=requests,
        registrations=Registrations(database, desk.intake, users, letters, requests, profiles, clock),
        own_data=OwnData(database, desk.cards, desk.intake, users, letters, audit, clock),
        corrections=Corrections(desk.intake, users, letters),
    )
