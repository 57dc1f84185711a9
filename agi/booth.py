"""Telephone lines for a page (clinic/testphone.py): each one dials the FastAGI server and tells what happens on it."""

import secrets
import socket
from collections.abc import Iterator
from threading import Condition, Lock, Thread
from time import monotonic

from agi.callers import LivePerson
from agi.channel import BEEP, Told
from agi.dialling import header, header_text, talk
from agi.disc import Disc
from agi.handset import Handset
from clinic.testphone import Kind, NoSuchLine, PhoneEvent, TooManyLines, Unreachable

MAX_LINES = 20
LINE_SECONDS = 600.0
UNHEARD_SECONDS = 30.0
KEPT_SECONDS = 60.0
"""How long the events of an ended call can still be read."""
HEARTBEAT_SECONDS = 10.0
DIAL_SECONDS = 3.0
QUIET_SECONDS = 60.0
KEYS = "0123456789*#"


class _Line:
    """One call: the person at the page, the handset, and the events so far."""

    def __init__(self, files: Disc, unheard_seconds: float, heartbeat_seconds: float) -> None:
        self._unheard_seconds = unheard_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self.id = secrets.token_urlsafe(16)
        self.ended_at: float | None = None
        self._person = LivePerson(self._look_after)
        self._handset = Handset(self._person, files, tell=self._told)
        self._events: list[PhoneEvent] = []
        self._changed = Condition()
        self._listeners = 0
        self._listened_at = monotonic()

    def press(self, key: str) -> None:
        self._person.press(key)

    def hang_up(self) -> None:
        self._person.hang_up()
        self._handset.hang_up()

    def go_on(self, wire: socket.socket) -> None:
        """The call, from its header to its end."""
        by = "lost"
        try:
            with wire:
                talk(wire, self, QUIET_SECONDS)
            by = self._ended_by()
        except OSError:
            pass
        finally:
            if by == "clinic" and (context := self._handset.record.continues_at.get("context")):
                self._happens("transferred", detail=context)
            self.ended_at = monotonic()
            self._happens("ended", detail=by)

    def execute(self, line: str) -> str:
        """The reply to a command; the first one is the answer to the call."""
        if not self._handset.record.commands:
            self._happens("answered")
        return self._handset.execute(line)

    def notice(self) -> str:
        """HANGUP, where it is due; also looks after the line while the server thinks."""
        self._look_after()
        return self._handset.notice()

    def listen(self, after: int) -> Iterator[PhoneEvent | None]:
        """The events above `after`, as they come, to the last one; None now and then."""
        self._listeners += 1
        try:
            while not self._is_over(after):
                events = self._since(after)
                yield from events
                if not events:
                    yield None
                after += len(events)
        finally:
            self._listeners -= 1
            self._listened_at = monotonic()

    def ring(self) -> None:
        self._happens("ringing")

    def _is_over(self, after: int) -> bool:
        return bool(self._events) and self._events[-1].kind == "ended" and after >= len(self._events)

    def _since(self, after: int) -> list[PhoneEvent]:
        with self._changed:
            self._changed.wait_for(lambda: len(self._events) > after, self._heartbeat_seconds)
            return self._events[after:]

    def _told(self, told: Told) -> None:
        if told.prompt_id != BEEP:  # the page makes its own when recording begins
            self._happens(told.kind, told.prompt_id, told.slow, told.seconds)

    def _happens(
        self, kind: Kind, prompt: str = "", slow: bool = False, seconds: float = 0.0, detail: str = ""
    ) -> None:
        with self._changed:
            number, at = len(self._events) + 1, round(self._person.now(), 3)
            self._events.append(PhoneEvent(number, kind, at, prompt, slow, round(seconds, 3), detail))
            self._changed.notify_all()

    def _look_after(self) -> None:
        """A call nobody listens to, or that lasts too long, ends."""
        unheard = not self._listeners and monotonic() - self._listened_at > self._unheard_seconds
        if unheard or self._person.now() > LINE_SECONDS:
            self.hang_up()

    def _ended_by(self) -> str:
        if self._person.gone:
            return "caller"
        return "clinic" if self._handset.record.variables.get("ALO_DONE") == "1" else "lost"


class PhoneBooth:
    """Fulfils `clinic.testphone.Phone`; works with threads and, in a patched process, with greenlets."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        entry: str = "greeting",
        max_lines: int = MAX_LINES,
        unheard_seconds: float = UNHEARD_SECONDS,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        self._address = (host, port)
        self._entry = entry
        self._max_lines = max_lines
        self._unheard_seconds = unheard_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._files = Disc()
        self._lines: dict[str, _Line] = {}
        self._lock = Lock()

    def open(self, caller: str = "") -> str:
        """Dial the clinic and return the line's id. Raises Unreachable, TooManyLines."""
        line = _Line(self._files, self._unheard_seconds, self._heartbeat_seconds)
        with self._lock:
            self._forget()
            if sum(one.ended_at is None for one in self._lines.values()) >= self._max_lines:
                raise TooManyLines
            self._lines[line.id] = line
        try:
            wire = self._dialled(caller)
        except OSError as error:
            self._lines.pop(line.id, None)
            raise Unreachable("{}:{}".format(*self._address)) from error
        line.ring()
        Thread(target=line.go_on, args=(wire,), daemon=True).start()
        return line.id

    def press(self, line: str, key: str) -> None:
        """Press one of ``0123456789*#``. Raises NoSuchLine, ValueError."""
        if len(key) != 1 or key not in KEYS:
            raise ValueError("not a key of a telephone")
        self._line(line).press(key)

    def hang_up(self, line: str) -> None:
        """The caller hangs up. Raises NoSuchLine."""
        self._line(line).hang_up()

    def events(self, line: str, after: int = 0) -> Iterator[PhoneEvent | None]:
        """The events with an id above `after`, each as it happens, None as a heartbeat. Raises NoSuchLine."""
        return self._line(line).listen(max(0, after))

    def _dialled(self, caller: str) -> socket.socket:
        wire = socket.create_connection(self._address, DIAL_SECONDS)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.sendall(header_text(header(self._entry, caller=caller, uniqueid=f"telefone.{secrets.token_hex(8)}")))
        return wire

    def _line(self, line: str) -> _Line:
        found = self._lines.get(line)
        if found is None:
            raise NoSuchLine
        return found

    def _forget(self) -> None:
        """Let go of calls that ended a while ago."""
        now = monotonic()
        old = [one.id for one in self._lines.values() if one.ended_at is not None and now - one.ended_at > KEPT_SECONDS]
        for line in old:
            del self._lines[line]
