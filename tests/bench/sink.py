"""A mail server that takes everything and keeps nothing: what a bench measures is then the one who sends.

python -m tests.bench.sink PORT WAIT_MS        `ready` when it listens; at its end: how many letters it took
"""

import asyncio
import contextlib
import signal
import sys

GREETING, GO_ON, FINE, BYE = b"220 sink\r\n", b"354 go on\r\n", b"250 2.0.0 Ok: queued as %d\r\n", b"221 bye\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-DSN\r\n250 SIZE 33554432\r\n"
END = b"\r\n.\r\n"


class Sink:
    """Answers after `wait` seconds each time it has taken a letter."""

    def __init__(self, wait: float = 0.0) -> None:
        self.taken, self._wait = 0, wait

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until its other end goes."""
        writer.write(GREETING)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := await reader.readline():
                word = line[:4].upper().strip()
                if word == b"QUIT":
                    writer.write(BYE)
                    break
                writer.write(await self._answer(word, reader, writer))
        writer.close()

    async def _answer(self, word: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        if word == b"EHLO":
            return EHLO
        if word == b"DATA":
            writer.write(GO_ON)
            await reader.readuntil(END)
            self.taken += 1
            if self._wait:
                await asyncio.sleep(self._wait)
        return FINE % self.taken


async def serve(port: int, wait: float) -> int:
    """Until SIGTERM; how many letters were taken."""
    sink, told = Sink(wait), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", port, limit=2**24)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with server:
        await told.wait()
    return sink.taken


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000))}\n")
