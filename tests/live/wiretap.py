"""Between Asterisk and the clinic's server: hears every AGI command, and can cut the wire.

Tests learn from it what is being asked of each caller, and which prompts should have been heard, without asking the
server's code.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

SOUND = re.compile(r"(/[^\s\"&,]*?/(?:normal|slow)/([a-z0-9-]+/[a-z0-9-]+))(?=[\"&,\s]|$)")
ASKS = ("GET DATA", "EXEC Read", "RECORD FILE", "WAIT FOR DIGIT")


@dataclass(frozen=True)
class Command:
    """One AGI line the server sent."""

    at: float
    line: str

    @property
    def prompts(self) -> list[str]:
        """Ids of the prompts it plays, in order."""
        return [found[1] for found in SOUND.findall(self.line)]

    @property
    def files(self) -> list[Path]:
        """Their sound files."""
        return [Path(found[0] + ".wav") for found in SOUND.findall(self.line)]

    @property
    def asks(self) -> bool:
        """Whether it waits for the caller."""
        return self.line.startswith(ASKS)


@dataclass
class Talk:
    """One AGI session."""

    header: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    over: bool = False

    @property
    def caller(self) -> str:
        """The number that calls."""
        return self.header.get("agi_callerid", "")

    @property
    def files(self) -> list[Path]:
        """Every sound the server had played, in order."""
        return [file for command in self.commands for file in command.files]

    async def when(self, true: Callable[["Talk"], bool], within: float = 60) -> None:
        """Wait for a condition or the end.

        Raises: TimeoutError.
        """
        async with asyncio.timeout(within), self.changed:
            await self.changed.wait_for(lambda: self.over or true(self))

    async def tell(self) -> None:
        """Something happened."""
        async with self.changed:
            self.changed.notify_all()


class Wiretap:
    """Listens on a port of its own and passes everything on to the server on `port`; `ports` has those of some callers.

    All callers of a test can so be on the line at once, each with a clinic of their own.
    """

    def __init__(self, port: int, ports: Mapping[str, int] | None = None) -> None:
        self._server_port, self._ports = port, ports or {}
        self._talks: dict[str, Talk] = {}
        self._began = asyncio.Condition()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._connected, "127.0.0.1", 0, backlog=512)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    async def talk(self, caller: str, within: float = 60) -> Talk:
        """The session of the call from this number, as soon as there is one."""
        async with asyncio.timeout(within), self._began:
            await self._began.wait_for(lambda: caller in self._talks)
        return self._talks[caller]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Closed however this ends: Asterisk keeps a channel as long as somebody may still send it commands.
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            talk = Talk()
            header = await self._header(talk, reader)
            port = self._ports.get(talk.caller, self._server_port)
            from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(to_server):
                to_server.write(header)
                answers = asyncio.create_task(self._from_server(talk, from_server, writer))
                await self._from_asterisk(reader, to_server)
                to_server.close()
                await answers

    async def _header(self, talk: Talk, reader: asyncio.StreamReader) -> bytes:
        header = b""
        while line := await reader.readline():
            header += line
            if not line.strip():
                break
            name, _, value = line.decode().strip().partition(": ")
            talk.header[name] = value
        async with self._began:
            self._talks[talk.caller] = talk
            self._began.notify_all()
        return header

    async def _from_server(self, talk: Talk, server: asyncio.StreamReader, asterisk: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while line := await server.readline():
                talk.commands.append(Command(time.monotonic(), line.decode().strip()))
                asterisk.write(line)
                await talk.tell()
        talk.over = True
        await talk.tell()
        with contextlib.suppress(ConnectionError, OSError):
            asterisk.write_eof()

    @staticmethod
    async def _from_asterisk(asterisk: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await asterisk.read(4096):
                server.write(data)
