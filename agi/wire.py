"""The wire to Asterisk: AGI lines out, replies in, and every way a call can be lost told as one exception."""

import math
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import NamedTuple, NoReturn, Protocol

from asterisk import agi

LINE_LIMIT = 2000
"""Bytes of a command line, its newline included: Asterisk reads 2,048 and cuts the rest off."""
HEADER_BYTES = 8192
HEADER_LINES = 100
HEADER_SECONDS = 10.0
REPLY_BYTES = 65536
ANSWER_SECONDS = 15.0
"""How long Asterisk may take for a command that neither plays nor waits."""
LAST_WORDS_SECONDS = 5.0
"""After HANGUP the answer to the command under way still comes, but soon."""
VALUE_BYTES = 800
RECEIVE_BYTES = 2048
_UNSAFE = dict.fromkeys([*range(32), 127], " ")
_HUNG_UP = b"(hangup)"


class CallerHungUp(Exception):
    """The call is gone: `why` is "hangup", or "closed", "timeout", "dead", "garbled" where the connection told so."""

    def __init__(self, why: str = "hangup") -> None:
        super().__init__(why)
        self.why = why


class PromptMissing(Exception):
    """Asterisk could not play a file although the channel lives."""


class Refused(Exception):
    """Asterisk does not know the command (510) or not like this (520): a mistake of ours."""


class Wire(Protocol):
    """What a connected socket can do, as far as a call needs it."""

    def send(self, data: bytes, /) -> int:
        """Send as much as there is room for; how many bytes that was."""

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes, b"" at the end; TimeoutError after the time-out."""

    def settimeout(self, seconds: float | None, /) -> None:
        """How long `recv` and `send` may take."""

    def shutdown(self, how: int, /) -> None:
        """End it: whoever waits in `recv` gets b""."""


class Reply(NamedTuple):
    """A "200 result=…": the result, what stands in parentheses, and the whole line."""

    result: str
    data: str
    line: bytes

    @property
    def timed_out(self) -> bool:
        """Whether the entry was left rather than ended."""
        return self.data == "timeout"


def quoted(text: str) -> str:
    """One argument of a command, whatever is in it: without control characters, escaped, cut to fit a line."""
    plain = text.translate(_UNSAFE).encode(errors="replace")[:VALUE_BYTES].decode(errors="ignore")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Agi(agi.AGI):  # type: ignore[misc]
    """pyst2's vocabulary on a wire of our own.

    pyst2 reads text without deadlines, sets a signal handler, copies all traffic, digits included, to stderr, and
    mistakes a hang-up for four other things; so what sends and what reads is replaced here.

    `on_think` is told the seconds between an answer and our next command. Deadlines are those of the wire, one timer a
    read; when `watched`, somebody calls `expire` now and then instead, which is cheaper for many calls.
    """

    def __init__(self, wire: Wire, on_think: Callable[[float], None] | None = None, watched: bool = False) -> None:
        self._wire = wire
        self._buffer = b""
        self._hung_up = False
        self._watched = watched
        self._expired = False
        self._deadline = math.inf
        self._replied = 0.0
        self._on_think = on_think

    def read_header(self, seconds: float = HEADER_SECONDS) -> dict[str, str]:
        """The agi_… lines up to the empty one; CallerHungUp when they do not come whole, in time and in bounds."""
        self._deadline = monotonic() + seconds
        header: dict[str, str] = {}
        room = HEADER_BYTES
        for _ in range(HEADER_LINES):
            line = self._line(room)
            room -= len(line) + 1
            if not line.strip():
                self._deadline = math.inf
                return header
            name, _colon, value = line.decode(errors="replace").partition(":")
            header[name.strip()] = value.strip()
        return self._lost("garbled")

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """pyst2's way to send: every argument becomes exactly one, and the reply has pyst2's shape."""
        words = [arg if isinstance(arg, _Quoted) else _argument(str(arg)) for arg in args]
        reply = self.send(" ".join([command, *words]))
        return {"result": (reply.result, reply.data)}

    def send(self, line: str, seconds: float = 0.0) -> Reply:
        """Send a command that takes up to `seconds` by itself, and return what came of it.

        `line` has gone through `quoted` where it holds anything from outside. Raises CallerHungUp; Refused; ValueError
        for a line that is no single line of less than LINE_LIMIT bytes.
        """
        data = line.encode()
        if len(data) >= LINE_LIMIT - 1 or b"\n" in data or b"\r" in data or b"\0" in data:
            raise ValueError("not one line of AGI")
        now = monotonic()
        if self._replied and self._on_think:
            self._on_think(now - self._replied)
        self._deadline = now + seconds + ANSWER_SECONDS
        try:
            if not self._watched:
                self._wire.settimeout(ANSWER_SECONDS)
            rest = data + b"\n"
            while left := len(rest) - self._wire.send(rest):
                rest = rest[-left:]
        except OSError as error:
            self._lost("timeout" if isinstance(error, TimeoutError) else "closed")
        reply = self._reply()
        self._deadline = math.inf
        self._replied = monotonic()
        return reply

    def expire(self, now: float) -> None:
        """Break the connection when Asterisk should have answered by `now`; for whoever watches many calls."""
        if now > self._deadline:
            self._expired = True
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)

    def play(self, line: str, seconds: float) -> Reply:
        """Send a command that plays; PromptMissing when it could not, which Asterisk tells as it tells a hang-up."""
        reply = self.send(line, seconds)
        if reply.result == "-1":
            self._alive()
            raise PromptMissing
        return reply

    def test_hangup(self) -> None:
        """CallerHungUp when Asterisk has said so already."""
        if self._hung_up:
            raise CallerHungUp

    def _alive(self) -> None:
        """A dead channel refuses to be asked."""
        try:
            status = self.send("CHANNEL STATUS").result
        except Refused:
            status = "-1"
        if status == "-1":
            self._lost("hangup")

    def _quote(self, text: object) -> str:
        return _Quoted(quoted(str(text)))

    def _reply(self) -> Reply:
        while True:
            line = self._line(REPLY_BYTES)
            code = line[:4]
            if code == b"200 ":
                return self._result(line)
            if code == b"HANG" and line.rstrip() == b"HANGUP":
                self._hung_up = True
                self._deadline = min(self._deadline, monotonic() + LAST_WORDS_SECONDS)
            elif code != b"100 ":
                self._refusal(code, line)

    def _result(self, line: bytes) -> Reply:
        value, _space, rest = line[11:].rstrip(b"\r").partition(b" ")
        if rest[:1] == b"(":
            while not _is_closed(rest):  # a variable with line breaks in it
                rest += b"\n" + self._line(REPLY_BYTES - len(rest))
        elif line[4:11] != b"result=":
            self._lost("garbled")
        if self._hung_up or rest[:8] == _HUNG_UP:
            self._hung_up = True
            raise CallerHungUp
        data = rest[1 : rest.rfind(b")")] if rest[:1] == b"(" else b""
        return Reply(value.decode(errors="replace"), data.decode(errors="replace"), rest)

    def _refusal(self, code: bytes, line: bytes) -> NoReturn:
        if code == b"520-":
            while not self._line(REPLY_BYTES).startswith(b"520 "):
                pass
        if self._hung_up or code == b"511 ":
            self._lost("dead" if code == b"511 " else "hangup")
        if code in (b"510 ", b"520-", b"520 "):
            raise Refused(line[:3].decode())
        self._lost("garbled")

    def _line(self, limit: int) -> bytes:
        """The next line without its newline; at most `limit` bytes, before the deadline."""
        buffer = self._buffer
        while (end := buffer.find(b"\n")) < 0:
            if len(buffer) > limit:
                self._lost("garbled")
            buffer += self._receive()
        if end > limit:
            self._lost("garbled")
        self._buffer = buffer[end + 1 :]
        return buffer[:end]

    def _receive(self) -> bytes:
        try:
            if not self._watched:
                self._wire.settimeout(max(0.001, self._deadline - monotonic()))
            data = self._wire.recv(RECEIVE_BYTES)
        except TimeoutError:
            self._lost("timeout")
        except OSError:
            data = b""
        return data or self._lost("timeout" if self._expired else "closed")

    def _lost(self, why: str) -> NoReturn:
        """Nothing more is read from here: what came later could answer the wrong command."""
        gone = self._hung_up
        self._hung_up = True
        raise CallerHungUp("hangup" if gone else why)


def _is_closed(rest: bytes) -> bool:
    return rest.rstrip(b"\r").endswith(b")") or b") endpos=" in rest


class _Quoted(str):
    """An argument that is quoted already."""

    __slots__ = ()


def _argument(text: str) -> str:
    """A bare word where it is one, else quoted."""
    return text if text.isascii() and text.replace("_", "").replace("/", "").isalnum() else quoted(text)
