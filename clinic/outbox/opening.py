"""What sends the messages of an installation, built from its parts. Their only wiring."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from clinic.clock import Clock
from clinic.media.outgoing import Medium
from clinic.messages.links import Links
from clinic.messages.offer_links import OfferLinks
from clinic.messages.texts import Texts
from clinic.messages.variables import Variables
from clinic.outbox.calendars import Calendars
from clinic.outbox.claims import LEASE, Claims, Row
from clinic.outbox.due_returns import DueReturns
from clinic.outbox.handfuls import Handfuls
from clinic.outbox.offering import AllWriter, OfferWriter
from clinic.outbox.quiet import Quiet
from clinic.outbox.reminders import Reminders
from clinic.outbox.returned import Failure, give_up
from clinic.outbox.sending import Sending
from clinic.profile import Profiles
from clinic.roster import Rosters
from clinic.settings import Settings
from db.session import Database


def open_sending(
    settings: Settings,
    database: Database,
    rosters: Rosters,
    texts: Texts,
    variables: Variables,
    links: Links,
    media: Mapping[str, Medium],
    clock: Clock,
    lease: timedelta = LEASE,
) -> Sending:
    """One worker; any number of them may run at once."""
    quiet = Quiet(*settings.quiet_hours)
    reminders = Reminders(settings.reminder_hours, quiet)
    profiles = Profiles(database, clock)
    returns = DueReturns(rosters, lambda: profiles.get().return_notice_days, quiet)
    offers = OfferWriter(
        database, rosters, texts, variables, OfferLinks(settings.secrets_key), media, quiet, settings.pages_url, clock
    )
    writer = AllWriter(
        offers, database, rosters, texts, variables, links, Calendars(database, settings.mail_from), media, quiet,
        returns, settings.pages_url, clock,
    )  # fmt: skip
    addressing = Handfuls(database, rosters, texts.enabled, reminders, returns, clock)
    claims = Claims(database, clock, lease)

    def foresee(rows: Sequence[Row]) -> None:
        writer.foresee(rows)
        addressing.foresee(rows)

    def unreached(row: Row, failed: Failure) -> bool:
        return give_up(database, row, failed, clock())

    return Sending(claims, addressing, writer, media, clock, foresee=foresee, give_up=unreached)
