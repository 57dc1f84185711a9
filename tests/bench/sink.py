"""A mail server that takes everything and keeps nothing: what a bench measures is then the one who sends.

python -m tests.bench.sink PORT WAIT_MS [FILE]      `ready` when it listens; at its end: how many letters it took

Into the file, a line for each: when it came (seconds since 1970), and the id its sender gave it (ENVID of RFC 3461).
"""

import asyncio
import contextlib
import re
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

GREETING, GO_ON, FINE, BYE = b"220 sink\r\n", b"354 go on\r\n", b"250 2.0.0 Ok: queued as %d\r\n", b"221 bye\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE 33554432\r\n"
END = b"\r\n.\r\n"
ENVID = re.compile(rb"ENVID=(\S+)")


class Sink:
    """Answers after `wait` seconds each time it has taken a letter. `came`: when each did, and its sender's id."""

    def __init__(self, wait: float = 0.0) -> None:
        self.came, self._wait = list[tuple[float, str]](), wait

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until its other end goes."""
        writer.write(GREETING)
        uid = ""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := await reader.readline():
                word = line[:4].upper().strip()
                if word == b"QUIT":
                    writer.write(BYE)
                    break
                if word == b"MAIL":
                    found = ENVID.search(line)
                    uid = found[1].decode() if found else ""
                writer.write(await self._answer(word, uid, reader, writer))
        writer.close()

    async def _answer(self, word: bytes, uid: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        if word == b"EHLO":
            return EHLO
        if word == b"DATA":
            writer.write(GO_ON)
            await reader.readuntil(END)
            self.came.append((time.time(), uid))
            if self._wait:
                await asyncio.sleep(self._wait)
        return FINE % len(self.came)


async def serve(port: int, wait: float) -> Sequence[tuple[float, str]]:
    """Until SIGTERM; the letters that came."""
    sink, told = Sink(wait), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", port, limit=2**24)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await told.wait()
    return sink.came


def main(port: str, wait_ms: str, file: str = "") -> None:
    """Take letters, then tell of them."""
    came = asyncio.run(serve(int(port), float(wait_ms) / 1000))
    if file:
        Path(file).write_text("".join(f"{at:.6f} {uid}\n" for at, uid in came))
    sys.stdout.write(f"{len(came)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
