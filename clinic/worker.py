"""The work nobody waits for: each job in its rhythm, one after the other, in a process of its own."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from clinic.names import Names
from clinic.services import Clinic

log = logging.getLogger(__name__)
LONGEST_SLEEP = 60.0
LONGEST_CALL = timedelta(hours=2)
NAMES_AT_ONCE = 20
ROUNDS_OF_REST = 60
MESSAGES_EVERY = timedelta(seconds=0.2)
"""Where nothing is due, it is one look into an index; what is, is sent within a second."""
OFFERS_EVERY = timedelta(seconds=5)
"""What becomes free is kept for who waits before many others see it."""
AFTER_A_FAILURE = timedelta(seconds=5)
ZONE = ZoneInfo("America/Sao_Paulo")


@dataclass(frozen=True)
class Job:
    """Something done again and again: `work` returns how many things it did, `every` is the pause after it.

    Jobs of one `lane` wait for each other; lanes do not.
    """

    name: str
    every: timedelta
    work: Callable[[], int]
    lane: str = ""


class Sleeper(Protocol):
    """What ends a pause early; clinic.processes.Told is one."""

    def wait(self, timeout: float) -> bool:
        """Wait, and tell whether it is time to stop."""

    def is_set(self) -> bool:
        """Whether it is time to stop."""


class Drain(Protocol):
    """Empties a lane of the outbox of what is due: sends it, or hands it over."""

    def drain(self, stop: Callable[[], bool]) -> int:
        """Until nothing is due; how many rows there were."""


@dataclass(frozen=True)
class Carriers:
    """What is told to people, and what to programs."""

    messages: Drain
    programs: Drain


def jobs(clinic: Clinic, record: Callable[[str], bool], stop: Sleeper, carriers: Carriers | None = None) -> list[Job]:
    """What this clinic needs done; `record` makes the recording of a name and tells whether it could."""
    programs, agenda = clinic.messages.programs, clinic.agenda
    carry = carriers or Carriers(clinic.messages.sending, programs.sending)
    return [
        Job("names", timedelta(seconds=5), NameRecording(clinic.names, record, stop)),
        Job("imports", timedelta(seconds=2), clinic.csv_imports.go_on),
        Job("slots", timedelta(seconds=1), agenda.catch_up, lane="agendas"),
        Job("requests", timedelta(minutes=1), clinic.bookings.expire_requests),
        Job("offers", OFFERS_EVERY, clinic.waiting_list.rounds.round),
        Job("open calls", timedelta(minutes=5), lambda: clinic.calls.close_left_open(LONGEST_CALL)),
        Job("live events", timedelta(minutes=10), clinic.live.sweep),
        Job("booking window", timedelta(minutes=5), Nightly(lambda: _today(clinic), agenda.extend), lane="agendas"),
        Job("guesses", timedelta(minutes=5), Nightly(lambda: _today(clinic), clinic.guessing.forget_old)),
        Job("log-ins", timedelta(minutes=5), Nightly(lambda: _today(clinic), lambda: _forget_log_ins(clinic))),
        Job("old imports", timedelta(minutes=5), Nightly(lambda: _today(clinic), clinic.csv_imports.forget_old)),
        Job("retention", timedelta(minutes=5), Nightly(lambda: _today(clinic), clinic.retention.clean)),
        Job("messages", MESSAGES_EVERY, lambda: carry.messages.drain(stop.is_set), lane="messages"),
        Job("events", MESSAGES_EVERY, lambda: carry.programs.drain(stop.is_set), lane="programs"),
        Job("old events", timedelta(minutes=5), Nightly(lambda: _today(clinic), programs.attempts.forget_old)),
        Job("returned mail", timedelta(minutes=1), lambda: clinic.messages.returned.read(stop.is_set), lane="mailbox"),
    ]


class NameRecording:
    """Records the names that wait for it; after a round in which none could be, it rests for a while."""

    def __init__(self, names: Names, record: Callable[[str], bool], stop: Sleeper) -> None:
        self._names, self._record, self._stop = names, record, stop
        self._rounds_to_rest = 0

    def __call__(self) -> int:
        """How many were recorded; it ends early when it is time to stop."""
        if self._rounds_to_rest:
            self._rounds_to_rest -= 1
            return 0
        waiting = self._names.pending(NAMES_AT_ONCE)
        done = sum(self._recorded(name) for name in waiting if not self._stop.is_set())
        if waiting and not done:
            self._rounds_to_rest = ROUNDS_OF_REST
        return done

    def _recorded(self, name: str) -> bool:
        done = self._record(name)
        (self._names.rendered if done else self._names.failed)(name)
        return done


class Nightly:
    """Does its work once a day: at the first call, and at the first of each new day; again when it failed."""

    def __init__(self, today: Callable[[], date], work: Callable[[], int]) -> None:
        self._today, self._work = today, work
        self._done: date | None = None

    def __call__(self) -> int:
        """The work's number, or 0 where it has been done today."""
        today = self._today()
        if today == self._done:
            return 0
        done = self._work()
        self._done = today
        return done


def _forget_log_ins(clinic: Clinic) -> int:
    """Traces of log-ins that count no more."""
    old = (
        clinic.sessions, clinic.mailed_links, clinic.login_limits, clinic.devices, clinic.personal_tokens,
        clinic.programs, clinic.portal.registrations,
    )  # fmt: skip
    return sum(one.forget_old() for one in old)


def _today(clinic: Clinic) -> date:
    """The day at the first unit; before there is one, in Brasília."""
    zone = next((unit.tz for unit in clinic.units.all()), ZONE)
    return clinic.clock().astimezone(zone).date()


def work(jobs: Iterable[Job], stop: Sleeper, now: Callable[[], float] = time.monotonic) -> None:
    """Do every job when it is due, until `stop`. A job that fails is logged and tried again in its next turn.

    The first job's lane is worked on here, each other one in a thread of its own.
    """
    lanes: dict[str, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(job.lane, []).append(job)
    here, *others = lanes.values()
    threads = [threading.Thread(target=_work, args=(lane, stop, now)) for lane in others]
    for one in threads:
        one.start()
    _work(here, stop, now)
    for one in threads:
        one.join()


def _work(jobs: Iterable[Job], stop: Sleeper, now: Callable[[], float]) -> None:
    due = [(now(), job) for job in jobs]
    while due and not stop.is_set():
        at, job = min(due, key=lambda pair: pair[0])
        if stop.wait(min(LONGEST_SLEEP, max(0.0, at - now()))):
            return
        if now() >= at:
            due.remove((at, job))
            pause = job.every if _done(job) else max(job.every, AFTER_A_FAILURE)
            due.append((now() + pause.total_seconds(), job))


def _done(job: Job) -> bool:
    try:
        done = job.work()
    except Exception:
        log.exception("job %s failed", job.name)
        return False
    if done:
        log.info("job %s did %d", job.name, done)
    return True
