"""The work nobody waits for: each job in its rhythm, one after the other, in a process of its own."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

log = logging.getLogger(__name__)
LONGEST_SLEEP = 60.0
LONGEST_CALL = timedelta(hours=2)
NAMES_AT_ONCE = 20


@dataclass(frozen=True)
class Job:
    """Something done again and again: `work` returns how many things it did, `every` is the pause after it."""

    name: str
    every: timedelta
    work: Callable[[], int]


class Sleeper(Protocol):
    """What ends a pause early; threading.Event is one."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, and tell whether it is time to stop."""

    def is_set(self) -> bool:
        """Whether it is time to stop."""


def work(jobs: Iterable[Job], stop: Sleeper, now: Callable[[], float] = time.monotonic) -> None:
    """Do every job when it is due, until `stop`. A job that fails is logged and tried again in its next turn."""
    due = [(now(), job) for job in jobs]
    while due and not stop.is_set():
        at, job = min(due, key=lambda pair: pair[0])
        if stop.wait(min(LONGEST_SLEEP, max(0.0, at - now()))):
            return
        if now() >= at:
            due.remove((at, job))
            _do(job)
            due.append((now() + job.every.total_seconds(), job))


def _do(job: Job) -> None:
    try:
        done = job.work()
    except Exception:
        log.exception("job %s failed", job.name)
    else:
        if done:
            log.info("job %s did %d", job.name, done)
