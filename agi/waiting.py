"""Patience in a gevent server: the clinic's work runs beside the call, and nothing ever kills it."""

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, TypeVar, cast

import gevent
from gevent.pool import Group

from agi.patience import GIVE_UP_SECONDS, MOMENT_SECONDS, ClinicTooSlow

T = TypeVar("T")
Result = tuple[Any, Exception | None]
NOBODY_LISTENS: Callable[..., object] = lambda *_: None  # noqa: E731 - a default, not a function of its own


class GeventPatience:
    """Waits `moment_seconds` in silence, then has the caller told, and gives up after `give_up_seconds` in all.

    A kill in the middle of a COMMIT would leave its outcome unknown, so work that is given up runs to its end.
    """

    def __init__(self, moment_seconds: float = MOMENT_SECONDS, give_up_seconds: float = GIVE_UP_SECONDS) -> None:
        self._moment_seconds = moment_seconds
        self._give_up_seconds = give_up_seconds
        self._on_slow = self._on_too_slow = self._on_error = NOBODY_LISTENS
        self._left = Group()

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
        begun = monotonic()
        job = gevent.spawn(_attempt, work)
        try:
            job.join(self._moment_seconds)
            if not job.dead:
                self._on_slow()
                moment()
                job.join(max(0.0, begun + self._give_up_seconds - monotonic()))
        except BaseException:  # hung up, or the server stops: the work goes on
            self._leave(job, late)
            raise
        if job.dead:
            return cast(T, _outcome(cast(Result, job.value)))
        self._leave(job, late)
        self._on_too_slow()
        raise ClinicTooSlow

    def beside(self, work: Callable[[], object]) -> None:
        """Do something for which nobody waits; `finish` does."""
        self._leave(gevent.spawn(_attempt, work), None)

    def finish(self, seconds: float) -> bool:
        """Wait until what was left to itself has ended; whether it has."""
        return bool(self._left.join(timeout=seconds)) or not self._left

    def _leave(self, job: "gevent.Greenlet[..., Result]", late: Callable[[Any], object] | None) -> None:
        self._left.start(gevent.Greenlet(self._see_to_end, job, late))

    def _see_to_end(self, job: "gevent.Greenlet[..., Result]", late: Callable[[Any], object] | None) -> None:
        job.join()
        result, error = cast(Result, job.value)
        if error is None and late:
            _nothing, error = _attempt(partial(late, result))
        if error:
            self._on_error(error)


def _attempt(work: Callable[[], Any]) -> Result:
    try:
        return work(), None
    except Exception as error:
        return None, error


def _outcome(result: Result) -> Any:
    value, error = result
    if error:
        raise error
    return value
