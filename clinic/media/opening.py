"""The media of an installation, as its settings have them. Their only wiring."""

from collections.abc import Mapping

from clinic.clock import Clock
from clinic.media.email.mailbox import Mailbox
from clinic.media.email.mails import carrier_of
from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Medium
from clinic.media.sms.medium import Sms
from clinic.profile import Profiles
from clinic.settings import Settings


def open_media(settings: Settings, profiles: Profiles, clock: Clock) -> Mapping[str, Medium]:
    """Each medium that can carry something here, by its name; opens no connection yet.

    A folder carries nothing to anybody: it is a medium only where everybody is made up.
    """

    def head() -> Letterhead:
        profile = profiles.get()
        return Letterhead(profile.name, profile.registered)

    media: list[Medium] = []
    if settings.smtp_url.get_secret_value() or settings.demo:
        media.append(Email(carrier_of(settings, clock), settings.mail_from, head, clock))
    if sms := sms_of(settings):
        media.append(sms)
    return {one.name: one for one in media}


def sms_of(settings: Settings) -> Sms | None:
    """What carries SMS here; None where nothing does."""
    if not settings.sms_url.get_secret_value():
        return None
    secrets = settings.sms_url.get_secret_value(), settings.sms_headers.get_secret_value()
    return Sms(*secrets, settings.sms_body, most_parts=settings.sms_parts, accents=settings.sms_accents)


def open_mailbox(settings: Settings) -> Mailbox | None:
    """Where letters come back to; None where nobody told."""
    url = settings.imap_url.get_secret_value()
    return Mailbox(url, settings.imap_done) if url else None
