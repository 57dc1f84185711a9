"""Webhooks as one thing. Their only wiring."""

from dataclasses import dataclass
from datetime import timedelta

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.media import http
from clinic.media.webhooks.medium import Webhooks
from clinic.media.webhooks.reach import Reach
from clinic.outbox.claims import LEASE, Claims
from clinic.outbox.sending import Sending
from clinic.settings import Settings
from clinic.webhooks.attempts import Attempts
from clinic.webhooks.deliveries import Deliveries
from clinic.webhooks.events import Events
from clinic.webhooks.fanout import LANE
from clinic.webhooks.keys import Box
from clinic.webhooks.subscriptions import Subscriptions
from db.session import Database


@dataclass(frozen=True)
class Programs:
    """The services of webhooks."""

    subscriptions: Subscriptions
    deliveries: Deliveries
    attempts: Attempts
    sending: Sending


def open_programs(
    settings: Settings,
    database: Database,
    audit: AuditTrail,
    clock: Clock,
    lease: timedelta = LEASE,
    resolve: http.Resolve = http.resolved,
) -> Programs:
    """Build them. Their worker is as that of messages, in another lane: a program that hangs delays no e-mail."""
    reach = Reach(settings.webhook_hosts, loopback=settings.demo)
    subscriptions = Subscriptions(database, audit, clock, Box(settings.secrets_key), reach)
    attempts = Attempts(database, audit, clock)
    medium = Webhooks(subscriptions.endpoint, clock, reach=reach, note=attempts.note, resolve=resolve)
    claims = Claims(database, clock, lease, lane=LANE)
    return Programs(
        subscriptions=subscriptions,
        deliveries=Deliveries(database, attempts, audit, clock),
        attempts=attempts,
        sending=Sending(claims, None, Events(database), {medium.name: medium}, clock),
    )
