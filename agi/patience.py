"""A clinic that is slow: the caller hears a word, then a person; the work itself is never killed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar, cast

T = TypeVar("T")
Late = Callable[[Any], object]
"""What is done with the result of work that ended after nobody waited any more."""

MOMENT_SECONDS = 1.5
GIVE_UP_SECONDS = 8.0


class ClinicTooSlow(Exception):
    """The clinic's own system did not answer in time; what it does is not known yet."""


class Patience(Protocol):
    """How the clinic's work is waited for."""

    def wait(self, work: Callable[[], T], moment: Callable[[], None], late: Callable[[T], object] | None) -> T:
        """Run `work` and return its result; `moment` is called once when it takes long.

        Raises what `work` raises; ClinicTooSlow when it takes too long. `work` goes on then, and also when `moment`
        finds that the caller hung up, and `late` gets its result.
        """


class Immediate:
    """Simply runs the work: for tests, and where nothing can be slow."""

    def wait(
        self,
        work: Callable[[], T],
        moment: Callable[[], None],  # noqa: ARG002 - nothing ever takes long
        late: Callable[[T], object] | None,  # noqa: ARG002
    ) -> T:
        """The result of the work."""
        return work()


class HasPatience(Protocol):
    """A call, as far as waiting goes."""

    @property
    def id(self) -> str:
        """Its uniqueid."""

    def patiently(self, work: Callable[[], T], late: Callable[[T], object] | None = None) -> T:
        """Wait for the clinic's work."""


@dataclass(frozen=True, slots=True)
class LateResult:
    """What a service method returned after nobody waited any more, and what it had been called with."""

    call_id: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    result: Any


LateHandler = Callable[[Any, LateResult], object]
"""(clinic, late result): takes back what nobody waited for."""

C = TypeVar("C")


def patient(clinic: C, call: HasPatience, late: Mapping[str, LateHandler] | None = None) -> C:
    """The clinic as one call sees it: every method of its services is waited for with patience.

    `late` says by "service.method" what happens to a result that comes too late; the clinic in it is the plain one.
    """
    return cast(C, _PatientClinic(clinic, call, late or {}))


class _PatientClinic:
    __slots__ = ("_call", "_clinic", "_late", "_services")

    def __init__(self, clinic: object, call: HasPatience, late: Mapping[str, LateHandler]) -> None:
        self._clinic = clinic
        self._call = call
        self._late = late
        self._services: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        service = self._services.get(name)
        if service is None:
            service = self._services[name] = self._wrapped(name)
        return service

    def _wrapped(self, name: str) -> Any:
        service = getattr(self._clinic, name)
        if callable(service):  # the clock, not a service
            return service
        return _PatientService(self._clinic, service, name, self._call, self._late)


class _PatientService:
    __slots__ = ("_call", "_clinic", "_late", "_name", "_service")

    def __init__(
        self, clinic: object, service: object, name: str, call: HasPatience, late: Mapping[str, LateHandler]
    ) -> None:
        self._clinic = clinic
        self._service = service
        self._name = name
        self._call = call
        self._late = late

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._service, name)
        if not callable(method):
            return method
        return partial(self._waited_for, method, self._late.get(f"{self._name}.{name}"))

    def _waited_for(self, method: Callable[..., T], handler: LateHandler | None, *args: Any, **kwargs: Any) -> T:
        late = partial(self._too_late, handler, args, kwargs) if handler else None
        result: T = self._call.patiently(partial(method, *args, **kwargs), late)
        return result

    def _too_late(self, handler: LateHandler, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> None:
        handler(self._clinic, LateResult(self._call.id, args, kwargs, result))
