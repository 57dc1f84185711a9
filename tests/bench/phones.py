"""Many callers at once through a real Asterisk, each with keys to type; as little work for each as that takes.

    python -m tests.bench.phones < job.json

A job is one line: {"server": [host, port], "calls": [{"caller", "answers"}], "a_second", "pause"}; the result is one
line. Calls begin at that rate. Each listens until it hears something, then types its answers as RFC 4733, with a pause
before each, and waits until it is hung up. What is said after the first word nobody listens to.
"""

import asyncio
import contextlib
import json
import random
import socket
import sys
import time
from typing import Any

from tests.live import sip
from tests.live.dialog import HOST, Dialog, Refused
from tests.live.rtp import Mouth
from tests.live.telephone import LEVEL, SPEECH

ANSWERED_WITHIN = 20.0
SAID_WITHIN = 20.0
ENDED_WITHIN = 60.0
KEY_GAP = 0.08
PACKET_SECONDS = 0.02
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
        message = sip.parse(data)
        if dialog := self.dialogs.get(message.call):
            dialog.received(message)


class Ear:
    """The audio socket of a call: heard until the first sound, then left alone."""

    def __init__(self) -> None:
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind((HOST, 0))
        self.wire.setblocking(False)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port: int = self.wire.getsockname()[1]
        self.heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(self.wire, self._read)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            data = self.wire.recv(2048)
            if max(data[12::8].translate(LEVEL), default=0) > SPEECH and not self.heard.done():
                self.heard.set_result(time.perf_counter())
                self.deaf()

    def deaf(self) -> None:
        """Hear no more."""
        asyncio.get_running_loop().remove_reader(self.wire)

    def close(self) -> None:
        """The call is over."""
        self.deaf()
        self.wire.close()


async def call(exchange: Exchange, one: dict[str, Any], pause: float) -> dict[str, Any]:
    """One call from its first to its last moment: seconds to the first word, and whether it was ended by the clinic."""
    ear = Ear()
    dialog = Dialog(exchange, "4000", one["caller"], "", [])
    exchange.dialogs[dialog.id] = dialog
    try:
        reply = await dialog.invite(ear.port, ANSWERED_WITHIN)
        answered = time.perf_counter()
        mouth = Mouth(random.getrandbits(32), stamp=random.getrandbits(16))
        to = reply.media()
        for _ in range(GREETINGS):
            ear.wire.sendto(mouth.audio(), to)
            await asyncio.sleep(PACKET_SECONDS)
        first = await asyncio.wait_for(ear.heard, SAID_WITHIN) - answered
        for keys in one["answers"]:
            await asyncio.sleep(pause)
            mouth.pause(pause)
            await _type(ear.wire, to, mouth, keys)
        await asyncio.wait_for(dialog.over.wait(), ENDED_WITHIN)
    except (Refused, TimeoutError) as error:
        if not dialog.over.is_set():
            await dialog.bye()
        return {"first": None, "ended": False, "why": f"{type(error).__name__} {error}"}
    finally:
        ear.close()
    return {"first": max(0.0, first), "ended": True, "why": ""}


async def _type(wire: socket.socket, to: tuple[str, int], mouth: Mouth, keys: str) -> None:
    for key in keys:
        for packet in mouth.digit(key):
            wire.sendto(packet, to)
            await asyncio.sleep(PACKET_SECONDS)
        await asyncio.sleep(KEY_GAP)
        mouth.pause(KEY_GAP)


async def run(job: dict[str, Any]) -> list[dict[str, Any]]:
    """All calls; what came of each."""
    loop = asyncio.get_running_loop()
    exchange = Exchange(tuple(job["server"]))
    transport, _ = await loop.create_datagram_endpoint(lambda: exchange, local_addr=(HOST, 0))

    async def begun(place: int, one: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(place / job["a_second"])
        return await call(exchange, one, job["pause"])

    try:
        return await asyncio.gather(*(begun(place, one) for place, one in enumerate(job["calls"])))
    finally:
        transport.close()


def main() -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    sys.stdout.write(json.dumps(asyncio.run(run(job))) + "\n")


if __name__ == "__main__":
    main()
