"""What the tests of the broker share: the clinic of today, consumers in processes of their own, and a relay here."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import func, insert, select

from clinic.broker.publisher import Publisher
from clinic.broker.queues import DEAD, QUEUES
from clinic.broker.relay import Relay
from clinic.broker.routes import Routes
from clinic.clock import utc_now
from clinic.outbox.handing import Handing
from clinic.outbox.sending import Sending
from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from db.session import Database
from db.tables import OutboxRow
from tests.clinic.outbox.posts import Post
from tests.clinic.small_clinic import SmallClinic
from tests.live.session import REPO, eventually

LEASE = timedelta(seconds=5)
TWICE = "it may be sent twice"


@dataclass
class Today:
    """A small clinic on the clock of the world, which a test may put forward; and what its processes are told."""

    small: SmallClinic
    clinic: Clinic
    database: Database
    broker: str
    smtp: int
    ahead: timedelta = timedelta()

    def now(self):
        return utc_now() + self.ahead

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "ALO_DATABASE_URL": self.database.url.render_as_string(hide_password=False),
            "ALO_BROKER_URL": self.broker, "ALO_SMTP_URL": f"smtp://127.0.0.1:{self.smtp}",
        }  # fmt: skip

    def book(self, place: int = 20):
        """A visit of Alice's next week."""
        slot = self.clinic.agenda.next_free(self.small.criteria(doctor="marina"), limit=60)[place]
        hold = self.clinic.bookings.hold(slot, by="call")
        return self.clinic.bookings.book(self.small.people["alice"], hold, self.small.terms(slot), "telephone")

    def messages(self, count: int) -> list[str]:
        """So many that are due, all of one visit; their uids. What else would be told of it is not."""
        booked, now = self.book(), self.now()
        row = {
            "kind": "booked", "audience": "patient", "appointment_id": booked.id, "version": booked.starts_at,
            "due_at": now, "created_at": now,
        }  # fmt: skip
        uids = [token_hex(16) for _ in range(count)]
        self.database.write(lambda c: c.execute(OutboxRow.__table__.delete()))
        self.database.write(lambda c: c.execute(insert(OutboxRow), [{**row, "uid": one} for one in uids]))
        return uids

    def waiting(self) -> int:
        return int(self.database.rows(select(func.count()).where(OutboxRow.status == "waiting"))[0][0])

    def relay(self, otherwise: Any = None, **more: Any) -> Relay:
        """One with a short lease."""
        database = Database(self.database.url.render_as_string(hide_password=False))
        routes = Routes(database, {"email": Post()})
        hands = Handing(database, self.now, LEASE)
        return Relay(hands, routes.of, more.pop("post", Publisher(self.broker)), otherwise, **more)

    def embedded(self) -> Sending:
        """What this worker would do without a broker."""
        url = self.database.url.render_as_string(hide_password=False)
        settings = Settings(database_url=url, smtp_url=f"smtp://127.0.0.1:{self.smtp}")
        return open_clinic(settings, utc_now, self.database).messages.sending

    def relayed(self, *relays: Relay, within: float = 120) -> bool:
        """Whether nothing waits any more, in time."""

        def over():
            for one in relays:
                one.drain()
            return not self.waiting()

        return eventually(over, within)


def empty(url: str) -> None:
    """Nothing lies in the queues of a part of the broker."""
    post = Publisher(url)
    post.connect()
    for name in (*QUEUES, DEAD):
        post._connection.default_channel.queue_purge(name)
    post.close()


@contextmanager
def today_of(small: SmallClinic, broker: str, smtp: int) -> Iterator[Today]:
    """The same clinic, with times to book from now on."""
    url = small.database.url.render_as_string(hide_password=False)
    database = Database(url)
    clinic = open_clinic(Settings(database_url=url), utc_now, database)
    clinic.agenda.extend()
    yield Today(small, clinic, database, broker, smtp)
    database.close()


@contextmanager
def running(today: Today, *words: str, log: Path = Path("/dev/null")) -> Iterator[subprocess.Popen[bytes]]:
    """`alo` with these words, once it works; told to end, it must end well."""
    ready, tell = os.pipe()
    command = [sys.executable, str(REPO / "alo.py"), *words, f"--ready={tell}"]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=today.environment, pass_fds=[tell], stderr=output)
    os.close(tell)
    assert os.read(ready, 1) == b"1"
    try:
        yield process
    finally:
        os.close(ready)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        ended = process.wait(60)
    assert ended == 0


def consumer(today: Today, log: Path = Path("/dev/null")):
    """`alo worker --consume`, with one process."""
    return running(today, "worker", "--consume", "--processes=1", log=log)


def children(pid: int) -> list[int]:
    """The processes that one has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
