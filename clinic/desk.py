"""Everything the desk does, as one thing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinic.agenda import Agenda
from clinic.audit import AuditTrail
from clinic.cards import Cards
from clinic.clock import Clock
from clinic.days import Days
from clinic.delays import Delays
from clinic.desk_bookings import DeskBookings
from clinic.directory import Directory
from clinic.holds import Holds
from clinic.intake import Intake
from clinic.notices import Notices
from clinic.offers import Offers
from clinic.patient_search import PatientSearch
from clinic.profile import Profiles
from clinic.protocols import Protocols
from clinic.repetitions import Repetitions
from clinic.roster import Roster, Rosters
from clinic.series_moves import SeriesMoves
from clinic.stamps import Stamps
from clinic.units import Units
from clinic.weeks import Weeks
from db.session import Database


@dataclass(frozen=True)
class Desk:
    """The services of the reception; `roster` names places, doctors, kinds and payers by their ids."""

    roster: Callable[[], Roster]
    days: Days
    weeks: Weeks
    search: PatientSearch
    cards: Cards
    bookings: DeskBookings
    offers: Offers
    intake: Intake
    delays: Delays
    notices: Notices
    stamps: Stamps
    protocols: Protocols
    repetitions: Repetitions
    series_moves: SeriesMoves


def open_desk(
    database: Database,
    rosters: Rosters,
    profiles: Profiles,
    units: Units,
    directory: Directory,
    agenda: Agenda,
    holds: Holds,
    audit: AuditTrail,
    recordings: Path,
    clock: Clock,
) -> Desk:
    """Build them on the clinic's own parts."""
    protocols = Protocols(database)
    bookings = DeskBookings(database, holds, rosters, profiles, clock)
    offers = Offers(database, rosters, profiles, directory, bookings, clock)
    return Desk(
        roster=rosters.get,
        days=Days(database, rosters, units, clock),
        weeks=Weeks(database, rosters, units, clock),
        search=PatientSearch(database, audit, protocols),
        cards=Cards(database, audit),
        bookings=bookings,
        offers=offers,
        intake=Intake(database, audit, recordings, clock),
        delays=Delays(database, rosters, clock),
        notices=Notices(database, clock),
        stamps=Stamps(database, rosters, profiles, clock, holds.sweep),
        protocols=protocols,
        repetitions=Repetitions(database, rosters, profiles, units, directory, agenda, bookings, offers, clock),
        series_moves=SeriesMoves(database, rosters, units, directory, agenda, bookings, offers, clock),
    )
