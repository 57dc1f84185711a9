"""What the tests of webhooks share: services with a key, a program that listens on loopback, and what it heard."""

import json
from datetime import timedelta

from clinic.media.webhooks.signature import key_of, verified
from clinic.outbox.claims import LEASE
from clinic.settings import Settings
from clinic.webhooks.service import Programs, open_programs
from clinic.webhooks.subscriptions import Wish
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.small_clinic import SmallClinic

BY = "user:1"


def of(clinic: SmallClinic, lease: timedelta = LEASE, **more) -> Programs:
    """The services on this clinic, as the demo has them: a program on this machine may be told."""
    url = clinic.database.url.render_as_string(hide_password=False)
    given = Settings(database_url=url, demo=True, **more)
    return open_programs(given, clinic.database, clinic.audit, clinic.clock, lease)


def subscribed(programs: Programs, url: str, label: str = "Painel", **wish) -> tuple[int, str]:
    """A program that wants to be told there; its id and secret."""
    return programs.subscriptions.create(Wish(label, url, **wish), BY)


def told(clinic: SmallClinic, programs: Programs) -> None:
    """What happened is addressed, and who subscribed is told."""
    worker(clinic, Post()).drain()
    programs.sending.drain()


def heard(server) -> list[dict]:
    """The events a program was sent, in the order they came."""
    return [json.loads(one.body) for one in server.asked]


def types(server) -> list[str]:
    """Their types, without what all begin with."""
    return [one["type"].removeprefix("appointment.") for one in heard(server)]


def is_signed(secret: str, asked, now) -> bool:
    """Whether a request was signed with this secret; raises NotOurs otherwise."""
    return bool(verified(key_of(secret), asked.headers, asked.body, now))
