"""The media of an installation, as its settings have them. Their only wiring."""

from collections.abc import Mapping

from clinic.clock import Clock
from clinic.media.email.mails import carrier_of
from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Medium
from clinic.profile import Profiles
from clinic.settings import Settings


def open_media(settings: Settings, profiles: Profiles, clock: Clock) -> Mapping[str, Medium]:
    """Each medium that can carry something here, by its name; opens no connection yet."""

    def head() -> Letterhead:
        profile = profiles.get()
        return Letterhead(profile.name, profile.registered)

    email = Email(carrier_of(settings, clock), settings.mail_from, head, clock)
    return {email.name: email}
