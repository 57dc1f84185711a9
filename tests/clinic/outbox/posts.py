"""What the tests of the outbox share: a medium that keeps what it was given, and a worker that uses it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from clinic.bookings import Booking
from clinic.identities import Identity
from clinic.media.outgoing import NotSent, Outgoing
from clinic.outbox.claims import LEASE
from clinic.outbox.opening import open_sending
from clinic.outbox.sending import Sending
from clinic.roster import Rosters
from clinic.settings import Settings
from db.tables import OutboxRow
from tests.clinic.small_clinic import SmallClinic


class Post:
    """A medium that keeps messages; it fails with `fails` as long as that is set, and does `first` before each."""

    def __init__(self, name: str = "email") -> None:
        self.name, self.sent = name, list[Outgoing]()
        self.fails: NotSent | Exception | None = None
        self.first: Callable[[], Any] = lambda: None

    def send(self, message: Outgoing) -> str:
        self.first()
        if self.fails:
            raise self.fails
        self.sent.append(message)
        return f"id-{message.uid}"

    @property
    def subjects(self) -> list[str]:
        return [one.subject for one in self.sent]

    @property
    def to(self) -> list[str]:
        return sorted(one.to for one in self.sent)


def worker(clinic: SmallClinic, *media: Post, lease: timedelta = LEASE, **settings: Any) -> Sending:
    """A worker of its own for this clinic."""
    url = clinic.database.url.render_as_string(hide_password=False)
    given = Settings(database_url=url, **settings)
    texts, variables, links = clinic.messages.texts, clinic.messages.variables, clinic.messages.links
    carried: dict[str, Any] = {one.name: one for one in media}
    return open_sending(
        given, clinic.database, Rosters(clinic.database), texts, variables, links, carried, clinic.clock, lease
    )


def states(clinic: SmallClinic, *kinds: str) -> list[tuple[Any, ...]]:
    """Kind, audience, status and reason of the messages, oldest first; of these kinds only, where some are named."""
    wanted = select(OutboxRow.kind, OutboxRow.audience, OutboxRow.status, OutboxRow.reason)
    rows = clinic.database.rows(wanted.where(OutboxRow.audience.is_not(None)).order_by(OutboxRow.id))
    return [tuple(row) for row in rows if not kinds or row.kind in kinds]


def due(clinic: SmallClinic, kind: str) -> list[Any]:
    """When messages of a kind are due that wait."""
    wanted = select(OutboxRow.due_at).where(OutboxRow.kind == kind, OutboxRow.audience.is_not(None))
    return [row[0] for row in clinic.database.rows(wanted.order_by(OutboxRow.due_at)) if row[0]]


def with_doctor(clinic: SmallClinic) -> SmallClinic:
    """The clinic, and an account of Marina's with an address that was shown to be hers."""
    doctor: dict[str, Any] = {"doctor_id": clinic.at.doctors["marina"], "by": "system", "verified": True}
    clinic.users.create("Marina Corrêa", ["doctor"], [Identity("email", "marina@example.com")], **doctor)
    return clinic


def cancel(clinic: SmallClinic, booked: Booking) -> None:
    """Alice gives her time back."""
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")


def move(clinic: SmallClinic, booked: Booking, place: int = 3) -> Booking:
    """Alice takes a later time instead."""
    hold = clinic.bookings.hold(clinic.slot(place=place), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], booked.id, hold, "telephone")


def settle(clinic: SmallClinic, sending: Sending, **later: float) -> None:
    """What becomes due in that time is sent."""
    clinic.clock.move(**(later or {"seconds": 15}))
    sending.drain()
