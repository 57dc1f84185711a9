"""The FastAGI server: one greenlet a call, the menu found by agi_network_script, and no call able to harm another."""

import gc
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakSet

import gevent
from gevent.event import Event
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer
from gevent.server import StreamServer

from agi.call import Call, CallerHungUp, CallOver, ClinicTooSlow, Limits, TooLong
from agi.line import Line
from agi.logs import Log, json_log
from agi.metrics import Metrics, page
from agi.patience import LateHandler, patient
from agi.voice import Sounds, Voice
from agi.waiting import GeventPatience
from agi.whereabouts import Whereabouts
from agi.wire import Agi

if TYPE_CHECKING:
    from clinic.services import Clinic
    from clinic.settings import Settings

BACKLOG = 1024
WATCH_SECONDS = 0.25
FINISH_SECONDS = 30.0
WHERE_SECONDS = 1.0
"""How often it is written in which menu callers are."""
GARBAGE = 20_000
"""New objects after which the collector looks for garbage."""
WRITE_SECONDS = 10.0
"""After the last call: for what the clinic's database is still busy with."""

Entry = Callable[[Call, Any], None]


class CallBook(Protocol):
    """Where calls are entered, so that none is forgotten; may be slow, may fail."""

    def started(self, call: Call) -> None:
        """The call was answered."""

    def entered(self, call_id: str, menu: str) -> None:
        """The caller is in this menu now; told now and then, not for every menu."""

    def ended(self, call: Call, outcome: str) -> None:
        """The call is over, however it ended."""


@dataclass(frozen=True)
class Desk:
    """What every call needs: the menus by name, the clinic they ask, the voice they speak with.

    `late` takes back what came too late, by "service.method". Above `max_calls` a caller goes straight to a person;
    above twice as many the connection is closed, and the dialplan apologises.
    """

    entries: Mapping[str, Entry]
    clinic: Any
    sounds: Sounds
    book: CallBook | None = None
    late: Mapping[str, LateHandler] = field(default_factory=dict)
    max_calls: int = 1000
    limits: Limits = field(default_factory=Limits)


class Server:
    """Answers Asterisk on one address. `start`, then `stop` from another greenlet."""

    def __init__(self, desk: Desk, address: tuple[str, int], log: Log, patience: GeventPatience | None = None) -> None:
        self.metrics = Metrics()
        self._desk = desk
        self._log = log
        self._voice = Voice(desk.sounds, self._miss)
        self._patience = patience or GeventPatience()
        self._patience.listen(self._slow, self._too_slow, self._late_error)
        self._where = Whereabouts(desk.book.entered) if desk.book else None
        self._wires: WeakSet[Agi] = WeakSet()
        self._watch: gevent.Greenlet[[], None] | None = None
        self._listener = StreamServer(address, self._answer, backlog=BACKLOG, spawn=Pool())

    @property
    def port(self) -> int:
        """Where it listens; known once started."""
        return self._listener.server_port or 0

    def start(self) -> None:
        """Begin to accept calls; OSError when the address is taken."""
        self._listener.start()
        if self._where:
            gevent.spawn(self._tell_where, self._where)
        self._watch = gevent.spawn(self._watch_deadlines)

    def stop(self, seconds: float = FINISH_SECONDS) -> None:
        """Accept no more; let calls end for so long, then close them, and let the clinic's work end."""
        self._listener.stop(seconds)
        self._patience.finish(WRITE_SECONDS)
        if self._watch:
            self._watch.kill()

    def _watch_deadlines(self) -> None:
        """One clock for all calls: cheaper than a timer for each answer awaited."""
        while True:
            gevent.sleep(WATCH_SECONDS)
            now = monotonic()
            for agi in tuple(self._wires):
                agi.expire(now)

    def _answer(self, wire: socket.socket, _address: object) -> None:
        """One connection, from its first byte to its last."""
        with self._counted() as active, closing(Line(wire)) as line:
            with suppress(OSError):  # gone already
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if active <= 2 * self._desk.max_calls and (call := self._incoming(line)):
                self._go_through(call, active)

    @contextmanager
    def _counted(self) -> Iterator[int]:
        self.metrics.active += 1
        try:
            yield self.metrics.active
        finally:
            self.metrics.active -= 1

    def _incoming(self, wire: Line) -> Call | None:
        """The call, or None for a connection that is none: a port scan, a health check, half a header."""
        agi = Agi(wire, self.metrics.thought, watched=True)
        self._wires.add(agi)
        try:
            header = agi.read_header(self._desk.limits.header_seconds)
        except CallerHungUp:
            header = {}
        if header.get("agi_uniqueid"):
            return Call(agi, header, self._voice, self._patience, self._desk.limits)
        self.metrics.no_calls += 1
        return None

    def _go_through(self, call: Call, active: int) -> None:
        begun = monotonic()
        outcome = "closed"
        try:
            outcome = self._outcome(call, self._refuse if active > self._desk.max_calls else self._talk)
        finally:
            self._note(call, outcome, monotonic() - begun)

    def _outcome(self, call: Call, converse: Callable[[Call], str]) -> str:
        """How the call ended. Without ALO_DONE the dialplan apologises and goes to a person."""
        try:
            return converse(call)
        except CallerHungUp as gone:
            return gone.why
        except Exception as error:
            self._log.error("call failed", call=call.id, exc_info=error)
            return "error"

    def _talk(self, call: Call) -> str:
        entry = self._desk.entries.get(call.entry)
        if entry is None:
            self._log.error("no such menu", call=call.id)
            return "unknown"
        call.start()
        outcome = self._in_menus(call, entry)
        call.no_limit()
        call.flush()
        call.done()
        return outcome

    def _in_menus(self, call: Call, entry: Entry) -> str:
        try:
            if self._desk.book:
                call.patiently(partial(self._desk.book.started, call))
            with self._where.watched(call) if self._where else nullcontext():
                entry(call, patient(self._desk.clinic, call, self._desk.late))
        except CallOver:
            pass
        except ClinicTooSlow:
            return _to_person(call, "common/clinic-slow", "slow")
        except TooLong:
            return _to_person(call, "common/too-long", "too-long")
        return call.continues_at or "done"

    def _refuse(self, call: Call) -> str:
        """All lines are taken: told so, and on to a person."""
        call.start()
        outcome = _to_person(call, "common/all-lines-busy", "busy")
        call.done()
        return outcome

    def _note(self, call: Call, outcome: str, seconds: float) -> None:
        """Count it, log it, and enter it without anybody waiting."""
        self.metrics.calls[outcome] += 1
        self.metrics.menus.update(call.trail)
        self._log.info("call", call=call.id, menus=call.trail, outcome=outcome, seconds=round(seconds, 1))
        if self._desk.book:
            self._patience.beside(partial(self._desk.book.ended, call, outcome))

    def _tell_where(self, where: Whereabouts) -> None:
        """For as long as the process lives; what fails is tried again."""
        while True:
            gevent.sleep(WHERE_SECONDS)
            try:
                where.write()
            except Exception as error:
                self._late_error(error)

    def _miss(self, prompt_id: str) -> None:
        self.metrics.missing_prompts += 1
        self._log.warning("prompt missing", prompt=prompt_id)

    def _slow(self) -> None:
        self.metrics.slow += 1

    def _too_slow(self) -> None:
        self.metrics.too_slow += 1
        self._log.warning("clinic too slow")

    def _late_error(self, error: Exception) -> None:
        self._log.error("work beside a call failed", exc_info=error)


def _to_person(call: Call, prompt_id: str, why: str) -> str:
    """Say why, and go on at the dialplan's reception; the outcome is the reason."""
    call.no_limit()
    call.play(prompt_id)
    call.set_variable("ALO_MENU", call.trail[-1] if call.trail else "")
    call.set_variable("ALO_WHY", why)
    call.continue_at("reception")
    return why


def run(server: Server, ready: Callable[[], object], metrics_address: tuple[str, int] | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then let calls end. `ready` is called once calls are accepted."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stop.set)
    shown = WSGIServer(metrics_address, page(server.metrics), log=None) if metrics_address else None
    server.start()
    if shown:
        shown.start()
    _spare_the_collector()
    ready()
    stop.wait()
    server.stop()
    if shown:
        shown.stop()


def _spare_the_collector() -> None:
    """What has been loaded stays, and a call leaves few cycles: no need to look for them a hundred times a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def serve(clinic: "Clinic", settings: "Settings", *, ready: Callable[[], object] = lambda: None) -> None:
    """The telephone of this installation, until SIGTERM; in a process that gevent has patched."""
    from agi.book import ClinicBook
    from agi.entries import ENTRIES
    from agi.too_late import LATE
    from prompts.shelf import Shelf

    desk = Desk(
        ENTRIES,
        clinic,
        Shelf(settings.prompt_folders),
        ClinicBook(clinic),
        LATE,
        settings.max_calls,
    )
    address = (settings.agi_host, settings.agi_port)
    metrics = (settings.agi_host, settings.metrics_port) if settings.metrics_port else None
    run(Server(desk, address, json_log(settings.log_level)), ready, metrics)
