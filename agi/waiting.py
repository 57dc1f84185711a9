"""Patience in a gevent server: the clinic's work runs beside the call, and nothing ever kills it."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import gevent
from gevent import get_hub, getcurrent
from greenlet import greenlet

from agi.patience import GIVE_UP_SECONDS, MOMENT_SECONDS, ClinicTooSlow

T = TypeVar("T")
FINISH_STEP_SECONDS = 0.02
MOST_IDLE = 64
"""Workers kept for the work to come."""


def nobody_listens(*_told: object) -> None:
    """Takes note of nothing."""


class _Worker(greenlet):
    """Does one piece of work after the other, each begun by the call that waits for it.

    Its parent is the greenlet that runs on when a piece is done: the call while it waits, the hub when it does not.
    To begin a greenlet is dear, for memory is asked of the system and given back; to wake one that is there is not.
    """

    def __init__(self, idle: list["_Worker"]) -> None:
        super().__init__()
        self._idle = idle

    def run(self, work: "_Work") -> None:
        while True:
            work.do()
            if len(self._idle) >= MOST_IDLE:
                return
            self._idle.append(self)
            del work  # and what came of it
            work = self.parent.switch()  # type: ignore[union-attr]


class _Work:
    """A piece of the clinic's work, and what came of it."""

    def __init__(self, work: Callable[[], Any], worker: _Worker) -> None:
        self._work = work
        self._worker = worker
        self.result: Any = None
        self.failure: Exception | None = None
        self.over = False
        self.afterwards: Callable[[], object] = nobody_listens

    def do(self) -> None:
        """Run it, in the worker."""
        try:
            self.result = self._work()
        except Exception as error:
            self.failure = error
        self.over = True
        self.afterwards()

    def begin(self, seconds: float) -> bool:
        """Have it run from the call's greenlet, for so long at most; whether it is over then."""
        return self._until(partial(self._worker.switch, self), seconds)

    def go_on(self, seconds: float) -> bool:
        """Wait on, for so long at most; whether it is over then."""
        if self.over or seconds <= 0:
            return self.over
        return self._until(get_hub().switch, seconds)

    def _until(self, switch: Callable[[], object], seconds: float) -> bool:
        waiting = self._worker.parent = getcurrent()
        timer = get_hub().loop.timer(seconds)
        timer.start(waiting.switch)
        try:
            switch()
        finally:
            timer.close()
            self._worker.parent = get_hub()
        return self.over


class GeventPatience:
    """Waits `moment_seconds` in silence, then has the caller told, and gives up after `give_up_seconds` in all.

    A kill in the middle of a COMMIT would leave its outcome unknown, so work that is given up runs to its end.
    """

    def __init__(self, moment_seconds: float = MOMENT_SECONDS, give_up_seconds: float = GIVE_UP_SECONDS) -> None:
        self._moment_seconds = moment_seconds
        self._give_up_seconds = give_up_seconds
        self._on_slow: Callable[[], object] = nobody_listens
        self._on_too_slow: Callable[[], object] = nobody_listens
        self._on_error: Callable[[Exception], object] = nobody_listens
        self._left: set[object] = set()
        self._idle: list[_Worker] = []

    def listen(
        self,
        on_slow: Callable[[], object],
        on_too_slow: Callable[[], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        """Be told when a caller is asked for a moment, or not kept waiting any longer, and what late work raised."""
        self._on_slow, self._on_too_slow, self._on_error = on_slow, on_too_slow, on_error

    def wait(self, work: Callable[[], T], moment: Callable[[], None], late: Callable[[T], object] | None) -> T:
        """As `Patience.wait`."""
        job = _Work(work, self._idle.pop() if self._idle else _Worker(self._idle))
        try:
            if not job.begin(self._moment_seconds) and not self._waited_for(job, moment):
                self._on_too_slow()
                raise ClinicTooSlow
        except BaseException:  # given up, hung up, or the server stops: the work goes on
            self._leave(job, late)
            raise
        if job.failure:
            raise job.failure
        result: T = job.result
        return result

    def beside(self, work: Callable[[], object]) -> None:
        """Do something for which nobody waits; `finish` does."""
        job = gevent.spawn(self._attempt, work)
        self._left.add(job)
        job.rawlink(self._left.discard)

    def finish(self, seconds: float) -> bool:
        """Wait until what was left to itself has ended; whether it has."""
        until = monotonic() + seconds
        while self._left and monotonic() < until:
            gevent.sleep(FINISH_STEP_SECONDS)
        return not self._left

    def _waited_for(self, job: _Work, moment: Callable[[], None]) -> bool:
        """Tell the caller, and wait for the rest of the time; whether the work is over."""
        begun = monotonic()
        self._on_slow()
        moment()
        told = monotonic() - begun
        return job.go_on(self._give_up_seconds - self._moment_seconds - told)

    def _leave(self, job: _Work, late: Callable[[Any], object] | None) -> None:
        """Nobody waits any more: when the work is over, its result is taken back."""

        def afterwards() -> None:
            if job.failure:
                self._on_error(job.failure)
            elif late:
                self._attempt(lambda: late(job.result))
            self._left.discard(job)

        self._left.add(job)
        if job.over:
            gevent.spawn(afterwards)
        else:
            job.afterwards = afterwards

    def _attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:
            self._on_error(error)
