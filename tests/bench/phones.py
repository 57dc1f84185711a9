"""Many callers at once through a real Asterisk, each with keys to type; as little work for each as that takes.

    python -m tests.bench.phones < job.json

A job is one line: {"server": [host, port], "calls": [{"caller", "answers"}], "over", "pause"}; the result is one line:
{"calls": [{"first", "ended", "why"}], "at_once", "late_ms"}. Calls begin evenly `over` so many seconds. Each listens
until it hears a question begin, types its answer as RFC 4733 after a pause, listens for the next, and in the end waits
until it is hung up. `at_once` is the most that were on the line together, `late_ms` how much too late a packet of a key
was sent (p99): the callers' own fault, for they have nothing to wait for then.

Nothing takes longer than it may: whoever waits in vain for an answer, a word or the end says so in `why` and hangs up.
"""

import asyncio
import contextlib
import itertools
import json
import random
import socket
import sys
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.bench.machine import percentile
from tests.live import sip
from tests.live.dialog import HOST, Dialog, Refused
from tests.live.rtp import Mouth
from tests.live.telephone import LEVEL, SPEECH, urgent

T = TypeVar("T")

ANSWERED_WITHIN = 20.0
SAID_WITHIN = 20.0
ENDED_WITHIN = 20.0
KEY_GAP = 0.08
PACKET_SECONDS = 0.02
FALLS_SILENT_WITHIN = 0.25
"""After a key what was being said is cut off; what is said after this is the next question."""
GREETINGS = 10
"""Packets of silence from which Asterisk learns where a caller is."""


class Exchange(asyncio.DatagramProtocol):
    """The signalling of all calls, on one socket."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.port = 0
        self.dialogs: dict[str, Dialog] = {}
        self._transport: Any = None

    @property
    def contact(self) -> str:
        """Where requests reach us."""
        return f"<sip:alo@{HOST}:{self.port}>"

    def connection_made(self, transport: Any) -> None:
        """The socket is open."""
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def send(self, data: bytes) -> None:
        """One message to the server."""
        self._transport.sendto(data, self.server)

    def datagram_received(self, data: bytes, _addr: Any) -> None:
        """One message from it."""
        # Whatever is no message of a call of ours: ports of this machine are used again.
        with contextlib.suppress(ValueError, KeyError):
            message = sip.parse(data)
            if dialog := self.dialogs.get(message.call):
                dialog.received(message)


class Ear:
    """The audio socket of a call; it is read only while somebody waits for a sound."""

    def __init__(self) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind((HOST, 0))
        self.wire.setblocking(False)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port: int = self.wire.getsockname()[1]
        self._loop = asyncio.get_running_loop()

    def listen(self) -> asyncio.Future[float]:
        """When the next sound is heard; what came before is forgotten."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.wire.recv(2048)
        heard: asyncio.Future[float] = self._loop.create_future()
        self._loop.add_reader(self.wire, self._read, heard)
        return heard

    def _read(self, heard: asyncio.Future[float]) -> None:
        with contextlib.suppress(OSError):
            data = self.wire.recv(2048)
            # A few samples of a packet are enough to tell speech from silence, and cheap for hundreds of calls.
            if max(data[12::8].translate(LEVEL), default=0) > SPEECH:
                self._loop.remove_reader(self.wire)
                if not heard.done():
                    heard.set_result(time.perf_counter())

    def close(self) -> None:
        """The call is over."""
        self._loop.remove_reader(self.wire)
        self.wire.close()


@dataclass
class Told:
    """What came of a call: when it was answered, its first word, its end (0 for never), and why it was no good."""

    answered: float = 0.0
    first: float = 0.0
    over: float = 0.0
    ended: bool = False
    why: str = ""

    def result(self) -> dict[str, Any]:
        """For the bench: seconds to the first word (None without), whether the clinic ended the call, and why not."""
        first = max(0.0, self.first - self.answered) if self.first else None
        return {"first": first, "ended": self.ended, "why": self.why}


async def call(exchange: Exchange, one: dict[str, Any], pause: float, late: list[float]) -> Told:
    """One call; `late`: by how many seconds each packet of a key was."""
    ear, told = Ear(), Told()
    dialog = Dialog(exchange, "4000", one["caller"], "", [])
    exchange.dialogs[dialog.id] = dialog
    try:
        await _talk(dialog, ear, one["answers"], pause, told, late)
    except (Refused, TimeoutError, ValueError, OSError) as error:
        told.why = f"{type(error).__name__} {error}"
        if not dialog.over.is_set():
            await dialog.bye()
    finally:
        told.over = time.perf_counter()
        ear.close()
    return told


async def _talk(dialog: Dialog, ear: Ear, answers: list[str], pause: float, told: Told, late: list[float]) -> None:
    first = ear.listen()
    to = (await dialog.invite(ear.port, ANSWERED_WITHIN)).media()
    told.answered = time.perf_counter()
    mouth = Mouth(random.getrandbits(32), stamp=random.getrandbits(16))
    for _ in range(GREETINGS):
        ear.wire.sendto(mouth.audio(), to)
        await asyncio.sleep(PACKET_SECONDS)
    told.first = await within("first word", first, SAID_WITHIN)
    for place, keys in enumerate(answers, 1):
        await asyncio.sleep(pause)
        mouth.pause(pause)
        late += await _type(ear.wire, to, mouth, keys)
        if place < len(answers):
            await asyncio.sleep(FALLS_SILENT_WITHIN)
            await within(f"word after answer {place}", ear.listen(), SAID_WITHIN)
    await within("end", dialog.over.wait(), ENDED_WITHIN)
    told.ended = True


async def within(what: str, done: Awaitable[T], seconds: float) -> T:
    """Raises TimeoutError, which says what was waited for."""
    try:
        return await asyncio.wait_for(done, seconds)
    except TimeoutError:
        raise TimeoutError(f"no {what} in {seconds:g} s") from None


async def _type(wire: socket.socket, to: tuple[str, int], mouth: Mouth, keys: str) -> list[float]:
    """By how many seconds each packet was late."""
    due, late = time.perf_counter(), []
    for key in keys:
        for packet in mouth.digit(key):
            late.append(time.perf_counter() - due)
            wire.sendto(packet, to)
            due += PACKET_SECONDS
            await asyncio.sleep(due - time.perf_counter())
        due += KEY_GAP
        await asyncio.sleep(due - time.perf_counter())
        mouth.pause(KEY_GAP)
    return late


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """All calls; what came of each."""
    loop = asyncio.get_running_loop()
    exchange = Exchange(tuple(job["server"]))
    transport, _ = await loop.create_datagram_endpoint(lambda: exchange, local_addr=(HOST, 0))
    late: list[float] = []

    async def begun(place: int, one: dict[str, Any]) -> Told:
        await asyncio.sleep(place * job["over"] / len(job["calls"]))
        return await call(exchange, one, job["pause"], late)

    try:
        told = await asyncio.gather(*(begun(place, one) for place, one in enumerate(job["calls"])))
    finally:
        transport.close()
    return {
        "calls": [one.result() for one in told], "at_once": _at_once(told), "late_ms": percentile(late, 0.99) * 1000,
    }  # fmt: skip


def _at_once(told: list[Told]) -> int:
    """The most calls that were on the line together."""
    answered = [one for one in told if one.answered]
    moments = sorted([(one.answered, 1) for one in answered] + [(one.over, -1) for one in answered])
    return max(itertools.accumulate(change for _at, change in moments), default=0)


def main() -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    with urgent():
        sys.stdout.write(json.dumps(asyncio.run(run(job))) + "\n")


if __name__ == "__main__":
    main()
