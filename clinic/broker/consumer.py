"""`alo worker --consume`: sends what the relay has handed to the broker, in as many processes as wanted."""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from celery import signals
from celery.exceptions import Reject

from clinic.broker.app import dead_letters, make_app
from clinic.broker.queues import DEAD, QUEUES, TASK
from clinic.outbox.handing import Handing
from clinic.processes import end_with_parent
from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from db.session import Database

log = logging.getLogger(__name__)
CHATTY = ("celery.worker.strategy", "celery.app.trace")
"""These say two lines for each message; what came of it is in the outbox."""


class Handed:
    """Deals with rows whose ids came from the broker, as a worker's round does."""

    def __init__(self, clinic: Clinic, database: Database) -> None:
        self._messages, self._hands = clinic.messages, Handing(database, clinic.clock)

    def deal_with(self, row_id: int) -> bool:
        """Send one, or find out whom it is for; False where there is nothing to do."""
        row = self._hands.take_handed(row_id)
        if row is not None:
            to_people, to_programs = self._messages.sending, self._messages.programs.sending
            (to_people if row.subscription_id is None else to_programs).deal_with(row)
        return row is not None


class Hand:
    """One process that sends; its clinic is opened in it, for nothing of a database survives a fork."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._handed: Handed | None = None

    def open(self, **_: Any) -> None:
        """Be ready; called in the new process."""
        end_with_parent()
        database = Database(self._settings.database_url)
        self._handed = Handed(open_clinic(self._settings, database=database), database)

    def send(self, *given: Any) -> None:
        """Deal with one row. Whatever comes of it, the row knows: the broker needs not say it again."""
        if len(given) != 1 or type(given[0]) is not int:
            log.error("a message that carries no id was put into %s", DEAD)
            raise Reject(requeue=False)
        try:
            assert self._handed is not None
            self._handed.deal_with(given[0])
        except Exception:
            log.exception("row %d could not be dealt with: it is published again", given[0])


def consume(settings: Settings, processes: int, queues: Sequence[str], ready: Callable[[], None]) -> int:
    """Listen to these queues (none named: to all) until SIGTERM, which lets each process finish what it has in hand."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    app, hand = make_app(settings.broker_url.get_secret_value()), Hand(settings)
    app.task(name=TASK, typing=False)(_plain(hand))
    signals.setup_logging.connect(_leave_logging_alone)
    signals.worker_process_init.connect(hand.open)

    def tell(**_: Any) -> None:
        _declare_dead(app)
        ready()

    signals.worker_ready.connect(tell)
    name = f"alo-{os.getpid()}@{socket.gethostname()}"
    worker = app.Worker(
        hostname=name, pool_cls="prefork", concurrency=processes, queues=list(queues or QUEUES), without_gossip=True,
        without_mingle=True, without_heartbeat=True, quiet=True, optimization="fair",
    )  # fmt: skip
    worker.start()
    return int(worker.exitcode or 0)


def _plain(hand: Hand) -> Callable[..., None]:
    """Celery names tasks after functions."""

    def send(*given: Any) -> None:
        hand.send(*given)

    return send


def _leave_logging_alone(**_: Any) -> None:
    """It is set up, and without private data."""


def _declare_dead(app: Any) -> None:
    with app.connection_for_write() as connection:
        dead_letters()(connection.default_channel).declare()
