"""A manager interface on a real port that does as the test says, and a clinic that keeps what it is told."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

from ami.connection import Connection, Timing
from ami.wire import Address
from ami.writer import Outlet, Writer
from clinic.live_calls import ChannelSeen

NOW = datetime(2026, 11, 23, 17, 35, tzinfo=UTC)
FAST = Timing(answer=2.0, ping=0.1, resync=0.5, first_pause=0.02, longest_pause=0.1, steady=5)


def event(name: str, **headers: str) -> bytes:
    lines = [f"Event: {name}", *(f"{key}: {value}" for key, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def channel(uniqueid: str, linkedid: str = "", **more: str) -> dict[str, str]:
    told = {"Channel": f"PJSIP/trunk-{uniqueid}", "ChannelStateDesc": "Up", "CallerIDNum": "11987654321"}
    where = {"Context": "from-trunk", "Exten": "4000", "Uniqueid": uniqueid, "Linkedid": linkedid or uniqueid}
    return told | where | more


class Asterisk:
    """Answers Login, Ping and CoreShowChannels; attributes make it misbehave."""

    def __init__(self) -> None:
        self.secret = "s3"
        self.channels: list[dict[str, str]] = []
        self.asked: list[str] = []
        self.logins = 0
        self.mute: set[str] = set()  # actions that get no answer
        self.behind_list = b""  # sent in one piece with the end of a list
        self.greeting = b"Asterisk Call Manager/11.0.0\r\n"
        self.cut_list_after: int | None = None
        self.refuses_lists = False
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a killed process: the port closes and every connection with it."""
        assert self._server
        self._server.close()
        self.drop()

    def drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def send(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    async def send_slowly(self, data: bytes) -> None:
        """Byte by byte, each its own read at the other end."""
        for byte in data:
            self.send(bytes([byte]))
            await asyncio.sleep(0.001)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        writer.write(self.greeting)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                asked = await reader.readuntil(b"\r\n\r\n")
                action = dict(line.split(": ", 1) for line in asked.decode().strip().split("\r\n"))
                self.asked.append(action["Action"])
                if action["Action"] not in self.mute:
                    self._answer(writer, action)

    def _answer(self, writer: asyncio.StreamWriter, action: dict[str, str]) -> None:
        name, key = action["Action"], action["ActionID"]
        if name == "Login":
            known = action["Secret"] == self.secret
            self.logins += known
            message = "Authentication accepted" if known else "Authentication failed"
            writer.write(response(key, message, known))
        elif name == "CoreShowChannels" and self.refuses_lists:
            writer.write(response(key, "Permission denied", False))
        elif name == "CoreShowChannels":
            self._list(writer, key)
        elif name == "CoreSettings":
            writer.write(response(key, "", True, AsteriskVersion="22.10.1", SystemName="alo"))
        else:
            writer.write(response(key, "", True, Ping="Pong"))

    def _list(self, writer: asyncio.StreamWriter, key: str) -> None:
        rows = [event("CoreShowChannel", ActionID=key, Duration="00:01:00", **one) for one in self.channels]
        head = response(key, "Channels will follow", True, EventList="start")
        if self.cut_list_after is not None:
            writer.write(head + b"".join(rows[: self.cut_list_after]))
            self.cut_list_after = None
            asyncio.get_running_loop().call_later(0.02, writer.transport.abort)
            return
        end = event("CoreShowChannelsComplete", ActionID=key, EventList="Complete", ListItems=str(len(rows)))
        writer.write(head + b"".join(rows) + end + self.behind_list)


def response(key: str, message: str, good: bool, **more: str) -> bytes:
    told = {"Response": "Success" if good else "Error", "ActionID": key, "Message": message, **more}
    return "\r\n".join([*(f"{name}: {value}" for name, value in told.items() if value), "", ""]).encode()


class Calls:
    """The clinic's side: the channels as they now stand, and every mark."""

    def __init__(self) -> None:
        self.now: dict[str, ChannelSeen] = {}
        self.marks: list[tuple[bool, str]] = []
        self.sizes: list[int] = []
        self.snapshots = 0
        self.failures = 0
        self.slow = 0.0

    def _perhaps_fail(self) -> None:
        time.sleep(self.slow)
        if self.failures:
            self.failures -= 1
            raise OSError("the database is away")

    def apply(self, asterisk, changes):
        self._perhaps_fail()
        self.sizes.append(len(changes))
        for change in changes:
            self.now.pop(change.uniqueid, None)
            if isinstance(change, ChannelSeen):
                self.now[change.uniqueid] = change

    def snapshot(self, asterisk, channels):
        self._perhaps_fail()
        self.snapshots += 1
        self.now = {one.uniqueid: one for one in channels}

    def mark(self, asterisk, up, note=""):
        self._perhaps_fail()
        self.marks.append((up, note))

    @property
    def up(self) -> bool:
        return bool(self.marks) and self.marks[-1][0]


class Bench:
    """An Asterisk, a watcher of it, and the clinic it tells."""

    def __init__(self, timing: Timing = FAST, room: int = 10_000, secret: str = "s3") -> None:
        self.asterisk = Asterisk()
        self.calls = Calls()
        self.outlet = Outlet(room)
        self._timing = timing
        self._secret = secret

    async def __aenter__(self) -> "Bench":
        await self.asterisk.start()
        address = Address("127.0.0.1", self.asterisk.port, "alo", self._secret)
        self.writer = Writer(self.outlet, self.calls, str(address), sleep=lambda _: time.sleep(0.01))
        self.writer.start()
        watcher = Connection(address, self.outlet, lambda: NOW, self._timing)
        self.staying = asyncio.ensure_future(watcher.stay())
        return self

    async def __aexit__(self, *_) -> None:
        self.staying.cancel()
        await asyncio.wait({self.staying})
        self.writer.stop(30)
        await self.asterisk.stop()

    async def until(self, true: Callable[[], object], seconds: float = 50) -> None:
        """Wait for it; AssertionError when it does not come true, or when the watcher broke."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, (self.calls.marks[-3:], self.calls.now, self.asterisk.asked[-5:])
            assert not self.staying.done(), self.staying.exception()
            await asyncio.sleep(0.01)

    async def in_touch(self) -> None:
        await self.until(lambda: self.calls.up and self.calls.snapshots)
