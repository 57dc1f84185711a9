"""A FastAGI script that says what the clinic said in the same call, without logic and without a database.

    python -m tests.bench.peers.null_agi PORT CALLS PIPE

CALLS is a JSON file: by calling number, {"commands", "answers"}. Answers are compared with what the caller typed;
both counts are written to CALLS.told when the process is ended. A key that interrupts what is only said answers the
question after it, as in the clinic: that question is then asked for the rest of its keys, or not at all.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from pathlib import Path
from typing import Any

NUMBER, KEY, SPEECH, ASKING = "GET DATA", "GET VARIABLE ALO_KEY", "EXEC Background", "EXEC Read"
SILENT_SECONDS = 120.0
"""An Asterisk that answers nothing for so long has lost the call."""


class Talk:
    """One call: the commands still to be said, and what was typed."""

    def __init__(self, commands: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._left = deque(commands)
        self._reader = reader
        self._writer = writer
        self.typed: list[str] = []

    async def hold(self) -> None:
        """Say everything. Raises ConnectionError when the caller is gone, TimeoutError when Asterisk says nothing."""
        while self._left:
            command = self._left.popleft()
            result = await self._say(command)
            if command.startswith(SPEECH) and result not in ("0", ""):
                await self._interrupted(chr(int(result)))
            elif command.startswith(NUMBER):
                self.typed.append(result)
            elif command.startswith(KEY):
                self.typed.append(result.removeprefix("1 (").rstrip(")"))

    async def _interrupted(self, key: str) -> None:
        """What is left of that speech is not said, and the key is the beginning of the next answer, if there is one."""
        while self._left and self._left[0].startswith(SPEECH):
            self._left.popleft()
        if self._left and self._left[0].startswith(NUMBER):
            wait, count = self._left.popleft().rsplit(" ", 2)[1:]
            self.typed.append(key + await self._say(f'{NUMBER} "" {wait} {int(count) - 1}'))
        elif self._left and self._left[0].startswith(ASKING):
            self._left.popleft()
            self._left.popleft()
            self.typed.append(key)

    async def _say(self, command: str) -> str:
        """The result of a command, all that follows `result=`."""
        self._writer.write(command.encode() + b"\n")
        reply = (await asyncio.wait_for(self._reader.readline(), SILENT_SECONDS)).decode()
        if not reply.startswith("200 "):
            raise ConnectionError(reply)
        return reply.partition("result=")[2].strip()


class Script:
    """What is said to whom, and what came back."""

    def __init__(self, calls: dict[str, Any]) -> None:
        self._calls = calls
        self.right: list[str] = []
        self.wrong: list[str] = []

    async def call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with (
            contextlib.closing(writer),
            contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError),
        ):
            header = (await reader.readuntil(b"\n\n")).decode()
            caller = header.partition("agi_callerid: ")[2].partition("\n")[0]
            talk = Talk(self._calls[caller]["commands"], reader, writer)
            await talk.hold()
            (self.right if talk.typed == self._calls[caller]["answers"] else self.wrong).append(caller)


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
