"""What the clinic writes by itself, as one thing."""

from dataclasses import dataclass

from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.messages.answers import Answers
from clinic.messages.links import Links
from clinic.messages.preferences import Preferences
from clinic.messages.texts import Texts
from clinic.messages.variables import Variables
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.settings import Settings
from db.session import Database


@dataclass(frozen=True)
class Messages:
    """The services of messages."""

    texts: Texts
    variables: Variables
    links: Links
    preferences: Preferences
    answers: Answers


def open_messages(
    settings: Settings, database: Database, rosters: Rosters, profiles: Profiles, bookings: DeskBookings, clock: Clock
) -> Messages:
    """Build them on the clinic's own parts."""
    links, preferences = Links(settings.secrets_key), Preferences(database, clock)
    return Messages(
        texts=Texts(database, clock),
        variables=Variables(rosters, profiles, links, settings.pages_url),
        links=links,
        preferences=preferences,
        answers=Answers(database, links, bookings, preferences, clock),
    )
