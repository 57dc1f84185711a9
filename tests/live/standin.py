"""A FastAGI server without a clinic: asks CPF and birth date and writes down what it got.

    python -m tests.live.standin PORT JOURNAL SOUNDS

It stands where `alo agi` will stand, so that dialplan, Asterisk, digits and recordings are tested by themselves. A
JSON line for each call that answered both questions: the AGI variables and the two answers.
"""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.live import session
from tests.live.sounds import Sounds
from tests.live.telephone import Call


class Line:
    """One AGI session."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def variables(self) -> dict[str, str]:
        """What Asterisk says first."""
        told = {}
        while line := (await self._reader.readline()).decode("utf-8", "replace").strip():
            name, _, value = line.partition(": ")
            told[name] = value
        return told

    async def ask(self, command: str) -> str:
        """The result of one command.

        Raises: ConnectionError when the caller or Asterisk has gone.
        """
        self._writer.write(command.encode() + b"\n")
        reply = (await self._reader.readline()).decode()
        if not reply.startswith("200 result="):
            raise ConnectionError(reply)
        return reply.strip().removeprefix("200 result=").split(" ")[0]


async def serve(line: Line, sounds: Sounds, journal: Path) -> None:
    """The whole conversation."""
    told = await line.variables()
    await line.ask("ANSWER")
    cpf = await line.ask(f"GET DATA {sounds.path('ask/cpf')} 15000 11")
    birth = await line.ask(f"GET DATA {sounds.path('ask/birth')} 15000 8")
    with journal.open("a") as file:
        file.write(json.dumps(told | {"cpf": cpf, "birth": birth}) + "\n")
    await line.ask(f'STREAM FILE {sounds.path("told/thanks")} ""')
    await line.ask("SET VARIABLE ALO_DONE 1")


async def main(port: int, journal: Path, sounds: Sounds) -> None:
    """Serve until killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(Line(reader, writer), sounds, journal)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, backlog=512)
    print("ready", flush=True)  # noqa: T201
    await server.serve_forever()


@dataclass
class StandIn:
    """This server as a process of its own, so that it can be killed like the real one."""

    process: subprocess.Popen[bytes]
    port: int
    journal: Path

    @classmethod
    def start(cls, sounds: Sounds, journal: Path) -> Self:
        """Returns when it accepts calls."""
        port = session.free_port()
        command = [sys.executable, "-m", "tests.live.standin", str(port), str(journal), str(sounds.folder)]
        process = subprocess.Popen(command, cwd=session.REPO, stdout=subprocess.PIPE)
        assert process.stdout and process.stdout.readline() == b"ready\n"
        return cls(process, port, journal)

    def calls(self) -> list[dict[str, str]]:
        """What the calls that answered everything told, in the order they did."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()] if self.journal.exists() else []

    def kill(self) -> None:
        """As `kill -9` does."""
        self.process.kill()
        self.process.wait()

    stop = kill


async def identify(call: Call, sounds: Sounds, cpf: str = "52998224725", birth: str = "05041980") -> None:
    """The caller's side: answer both questions; the stand-in hangs up then."""
    await call.hears(sounds.sound("ask/cpf"))
    await call.type(cpf)
    await call.hears(sounds.sound("ask/birth"))
    await call.type(birth)
    assert await call.ended(30)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), Sounds(Path(sys.argv[3]))))
