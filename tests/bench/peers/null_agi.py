"""A FastAGI script that says what the clinic said in the same call, without logic and without a database.

    python -m tests.bench.peers.null_agi PORT CALLS PIPE

CALLS is a JSON file: by calling number, {"commands", "answers"}. Answers are compared with what the caller typed;
both counts are written to CALLS.told when the process is ended.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

ASKING = ("GET DATA", "GET VARIABLE ALO_KEY")


class Script:
    """What is said to whom, and what came back."""

    def __init__(self, calls: dict[str, Any]) -> None:
        self._calls = calls
        self.right: list[str] = []
        self.wrong: list[str] = []

    async def call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            header = (await reader.readuntil(b"\n\n")).decode()
            caller = header.partition("agi_callerid: ")[2].partition("\n")[0]
            typed = await self._talk(self._calls[caller]["commands"], reader, writer)
            (self.right if typed == self._calls[caller]["answers"] else self.wrong).append(caller)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, commands: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[str]:
        typed = []
        for command in commands:
            writer.write(command.encode() + b"\n")
            reply = (await reader.readline()).decode()
            if not reply.startswith("200 "):
                raise ConnectionError(reply)
            if command.startswith(ASKING):
                found = reply.partition("result=")[2].strip()
                typed.append(found.removeprefix("1 (").rstrip(")"))
        return typed


async def main(port: int, file: Path, pipe: int) -> None:
    """Serve until ended, then tell what was typed rightly."""
    script = Script(json.loads(file.read_text()))
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.start_server(script.call, "127.0.0.1", port, backlog=1024)
    os.write(pipe, b"1")
    os.close(pipe)
    await ended.wait()
    server.close()
    file.with_suffix(".told").write_text(json.dumps({"right": script.right, "wrong": script.wrong}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
