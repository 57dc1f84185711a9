"""Callers in great number, as Asterisk would bring them: one process, one epoll loop, a few µs a command.

    python -m tests.bench.load < job.json

A job is one line: {"port", "calls": [{"header", "answers"}], "at_once", "pools"}, and the result is one line.
`at_once` calls go on together until all have been made; each answers a command as soon as it comes. Where given:
"pause": answers come that many seconds later; "ramp": the first calls begin one by one over so many seconds;
"skip": the share of the commands that is not counted in the latencies, from the start; "hold_at": every call falls
silent at its question of that number, the result is written when all have, and the calls end with standard input.

Latency is from the moment an answer is sent to the moment the next command is here.
"""

import gc
import heapq
import json
import resource
import select
import socket
import sys
import time
from collections import deque
from typing import Any

from tests.bench.answering import Caller, Pools

STUCK_SECONDS = 60.0
BEGINNING = 200
"""Calls that may be on their way to being held at the same time: a server's backlog has an end."""
TRY_AGAIN_SECONDS = 0.002


class Line:
    """One call's connection."""

    __slots__ = ("buffer", "caller", "number", "sent", "wire")

    def __init__(self, number: int, caller: Caller, port: int, header: bytes) -> None:
        self.number = number
        self.caller = caller
        self.buffer = b""
        # Many source addresses, for one has only so many ports.
        self.wire = socket.create_connection(("127.0.0.1", port), 10, (f"127.0.0.{number % 200 + 1}", 0))
        self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.setblocking(False)
        self.wire.sendall(header)
        self.sent = time.perf_counter()


class Load:
    """All calls of a job."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._port = job["port"]
        self._most = job["at_once"]
        self._pause = job.get("pause", 0.0)
        self._ramp = job.get("ramp", 0.0)
        self._skip = job.get("skip", 0.0)
        self._hold_at = job.get("hold_at", 0)
        self._pools = Pools(job.get("pools", {}))
        self._calls = deque(enumerate(job["calls"]))
        self._lines: dict[int, Line] = {}
        self._later: list[tuple[float, int, bytes]] = []
        self._poll = select.epoll()
        self._latencies: list[float] = []
        self._held = self._finished = 0
        self._wrong: list[str] = []

    def run(self) -> dict[str, Any]:
        """Make all calls; what came of them."""
        begun, cpu = time.perf_counter(), _cpu()
        moved = begun
        while (self._lines or self._calls) and not self._all_held():
            self._begin(time.perf_counter() - begun)
            events = self._poll.poll(self._wait())
            for number, _event in events:
                self._hear(self._lines[number])
            self._say_what_is_due()
            now = time.perf_counter()
            moved = now if events else moved
            if now - moved > STUCK_SECONDS:
                self._wrong.append(f"stuck with {len(self._lines)} calls")
                break
        return self._result(time.perf_counter() - begun, _cpu() - cpu)

    def _all_held(self) -> bool:
        return bool(self._hold_at) and not self._calls and self._held == len(self._lines)

    def _begin(self, since: float) -> None:
        """As many calls as may go on together."""
        most = self._most if since >= self._ramp else int(self._most * since / self._ramp) + 1
        if self._hold_at:
            most = min(most, self._held + BEGINNING)
        while self._calls and len(self._lines) < most:
            number, call = self._calls.popleft()
            caller = Caller(call["answers"], self._pools, self._hold_at)
            line = Line(number, caller, self._port, call["header"].encode())
            self._lines[line.wire.fileno()] = line
            self._poll.register(line.wire.fileno(), select.EPOLLIN)

    def _wait(self) -> float:
        if self._later:
            return max(0.0, self._later[0][0] - time.perf_counter())
        return 0.005 if self._ramp else 1.0

    def _hear(self, line: Line) -> None:
        try:
            data = line.wire.recv(65536)
        except ConnectionError:
            data = b""
        now = time.perf_counter()
        line.buffer += data
        if not data:
            self._end(line)
        elif data[-1:] == b"\n":
            data, line.buffer = line.buffer, b""
            self._latencies.append(now - line.sent)
            self._answer(line, line.caller.reply(data), now + self._pause)

    def _answer(self, line: Line, reply: bytes, at: float) -> None:
        if line.caller.waiting:
            heapq.heappush(self._later, (time.perf_counter() + TRY_AGAIN_SECONDS, line.wire.fileno(), b""))
        elif not reply:
            self._held += 1
        elif self._pause:
            heapq.heappush(self._later, (at, line.wire.fileno(), reply))
        else:
            self._say(line, reply)

    def _say_what_is_due(self) -> None:
        now = time.perf_counter()
        while self._later and self._later[0][0] <= now:
            _at, number, reply = heapq.heappop(self._later)
            line = self._lines.get(number)
            if line and not reply:
                self._answer(line, line.caller.again(), now)
            elif line:
                self._say(line, reply)

    @staticmethod
    def _say(line: Line, reply: bytes) -> None:
        line.sent = time.perf_counter()
        try:
            line.wire.send(reply)
        except OSError as error:
            line.caller.wrong = type(error).__name__

    def _end(self, line: Line) -> None:
        if wrong := line.caller.over():
            self._wrong.append(f"call {line.number}: {wrong}")
        self._finished += 1
        self._poll.unregister(line.wire.fileno())
        del self._lines[line.wire.fileno()]
        line.wire.close()

    def _result(self, seconds: float, cpu: float) -> dict[str, Any]:
        counted = sorted(self._latencies[int(len(self._latencies) * self._skip) :])
        return {
            "calls": self._finished, "held": self._held, "wrong": len(self._wrong), "why": self._wrong[:5],
            "seconds": seconds, "commands": len(self._latencies), "cpu_seconds": cpu,
            **{name: _at(counted, share) for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("p999_ms", 0.999))},
        }  # fmt: skip


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """One job."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    job = json.loads(sys.stdin.readline())
    load = Load(job)
    gc.freeze()
    gc.disable()
    sys.stdout.write(json.dumps(load.run()) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
