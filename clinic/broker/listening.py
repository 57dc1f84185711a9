"""What a consumer does with a message that is none of ours: it goes to the dead letters, unseen by the log."""

import logging
from typing import Any

from celery.worker.consumer import Consumer

from clinic.broker.queues import DEAD

log = logging.getLogger(__name__)


class Listening(Consumer):  # type: ignore[misc]
    """Celery's consumer, which would throw some of them away and write their content to the log."""

    def on_unknown_message(self, body: Any, message: Any) -> None:  # noqa: ARG002 - Celery's signature
        """No task at all."""
        self._bury(message)

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """A task of somebody else's."""
        self._bury(message)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """Not as a task has to be."""
        self._bury(message)

    def on_decode_error(self, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """In a language we do not speak."""
        self._bury(message)

    def _bury(self, message: Any) -> None:
        log.error("a message that nobody here understands was put into %s", DEAD)
        message.reject_log_error(log, self.connection_errors)
