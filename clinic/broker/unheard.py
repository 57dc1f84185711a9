"""Queues nobody listens to while others are heard: a consumer was started for some of them alone, or has ended."""

import logging
from collections.abc import Callable, Mapping

log = logging.getLogger(__name__)


class Unheard:
    """Which they are, and since when; what is for them waits for so many seconds, and then the relay sends it."""

    def __init__(self, patience: float, ticks: Callable[[], float]) -> None:
        self._patience, self._ticks = patience, ticks
        self._since: dict[str, float] = {}
        self._told: set[str] = set()

    def look(self, found: Mapping[str, tuple[int, int]]) -> None:
        """What was found: how many ids wait in each queue, and how many processes listen to it."""
        now = self._ticks()
        deaf = [name for name, (_, listeners) in found.items() if not listeners]
        for name in self._told.difference(deaf):
            log.warning("somebody listens to queue %s again", name)
        self._told.intersection_update(deaf)
        self._since = {name: self._since.get(name, now) for name in deaf}

    def forget(self) -> None:
        """The broker is away: who listens is found out anew."""
        self._since = {}

    def __contains__(self, queue: str) -> bool:
        """Whether an id put there would only lie there."""
        return queue in self._since

    def long(self, queue: str) -> bool:
        """Whether it has been so for long enough."""
        since = self._since.get(queue)
        if since is None or self._ticks() - since < self._patience:
            return False
        if queue not in self._told:
            self._told.add(queue)
            log.warning("nobody has listened to queue %s for %.0f s: this worker sends it", queue, self._patience)
        return True
