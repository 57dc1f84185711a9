"""Hands ids to RabbitMQ; every one is confirmed, or it counts as not handed over.

They are not written to the broker's disk, which takes five times as long: what it loses is handed over again.
"""

import contextlib
from typing import Any

from clinic.broker.queues import DEAD, QUEUES, TASK, Away, Full

LONGEST_WAIT = 5.0
"""Seconds for an answer: a broker without memory or disk takes what is published first, and then answers nothing."""
MANNERS = {"confirm_publish": True, "read_timeout": LONGEST_WAIT, "write_timeout": LONGEST_WAIT}


class Publisher:
    """One connection to the broker, made when it is needed and dropped when anything is wrong with it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._app: Any = None
        self._connection: Any = None
        self._producer: Any = None

    def connect(self) -> None:
        """Be ready to publish, all queues there. Raises Away."""
        if self._connection is None:
            self._carefully(self._connect)

    def listeners(self) -> dict[str, tuple[int, int]]:
        """How many ids wait in each queue, and how many processes listen to it. Raises Away."""
        self.connect()
        return {name: self._carefully(lambda name=name: self._counts(name)) for name in QUEUES}

    def dead(self) -> int:
        """How many dead letters there are. Raises Away."""
        self.connect()
        return int(self._carefully(lambda: self._counts(DEAD))[0])

    def knock(self) -> None:
        """Publish for nobody: a broker that is out of memory answers nothing afterwards. Raises Away."""
        self.connect()
        wait = {"routing_key": "alo.nobody", "delivery_mode": 1, "confirm_timeout": LONGEST_WAIT}
        self._carefully(lambda: self._producer.publish("", **wait))

    def publish(self, row_id: int, queue: str) -> None:
        """Hand over the id of a row. Raises Away, Full."""
        self.connect()
        self._carefully(lambda: self._publish(row_id, queue))

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it is gone already, or does not answer
                connection.collect(socket_timeout=1)

    def _carefully(self, work: Any) -> Any:
        try:
            from amqp.exceptions import AMQPError, MessageNacked
            from kombu.exceptions import KombuError
        except ImportError:
            raise Away("no-celery") from None
        try:
            return work()
        except (OSError, AMQPError, KombuError) as error:
            if isinstance(error.__cause__, MessageNacked):
                raise Full from None
            self.close()
            raise Away(type(error.__cause__ or error).__name__) from None  # its words may name the password

    def _connect(self) -> None:
        from clinic.broker.app import dead_letters, make_app

        self._app = self._app or make_app(self._url)
        connection = self._app.connection_for_write(transport_options=MANNERS)
        connection.connect()
        self._connection = connection
        self._producer = self._app.amqp.Producer(connection, auto_declare=False)
        for one in (dead_letters(), *self._app.conf.task_queues):
            one(connection.default_channel).declare()

    def _counts(self, name: str) -> tuple[int, int]:
        found = self._connection.default_channel.queue_declare(name, passive=True)
        return found.message_count, found.consumer_count

    def _publish(self, row_id: int, queue: str) -> None:
        self._app.send_task(
            TASK, (row_id,), queue=queue, producer=self._producer, retry=False, ignore_result=True,
            delivery_mode="transient", confirm_timeout=LONGEST_WAIT,
        )  # fmt: skip
