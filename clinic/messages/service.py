"""What the clinic writes by itself, as one thing."""

from dataclasses import dataclass

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.media.opening import open_mailbox, open_media
from clinic.messages.answers import Answers
from clinic.messages.links import Links
from clinic.messages.offer_links import OfferLinks
from clinic.messages.preferences import Preferences
from clinic.messages.texts import Texts
from clinic.messages.variables import Variables
from clinic.outbox.list import OutboxList
from clinic.outbox.opening import open_sending
from clinic.outbox.returned import Returned
from clinic.outbox.sending import Sending
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.settings import Settings
from clinic.surveys import Surveys
from clinic.webhooks.service import Programs, open_programs
from db.session import Database


@dataclass(frozen=True)
class Messages:
    """The services of messages."""

    texts: Texts
    variables: Variables
    links: Links
    offer_links: OfferLinks
    preferences: Preferences
    answers: Answers
    outbox: OutboxList
    sending: Sending
    programs: Programs
    returned: Returned
    surveys: Surveys


def open_messages(
    settings: Settings,
    database: Database,
    rosters: Rosters,
    profiles: Profiles,
    bookings: DeskBookings,
    audit: AuditTrail,
    clock: Clock,
) -> Messages:
    """Build them on the clinic's own parts."""
    links, preferences = Links(settings.secrets_key), Preferences(database, clock)
    texts, variables = Texts(database, clock), Variables(rosters, profiles, links, settings.pages_url)
    media = open_media(settings, profiles, clock)
    return Messages(
        texts=texts,
        variables=variables,
        links=links,
        offer_links=OfferLinks(settings.secrets_key),
        preferences=preferences,
        answers=Answers(database, links, bookings, preferences, clock),
        outbox=OutboxList(database, audit, clock),
        sending=open_sending(settings, database, rosters, texts, variables, links, media, clock),
        programs=open_programs(settings, database, audit, clock),
        returned=Returned(database, open_mailbox(settings), clock),
        surveys=Surveys(database, audit, clock),
    )
