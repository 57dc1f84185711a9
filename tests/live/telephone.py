"""Callers for the live tests: a SIP telephone that follows a script, types and records what it hears.

    async with Telephone(("127.0.0.1", 5060)) as phone:
        call = await phone.dial("4000", caller="11987654321")
        await call.hears(sound)                 # until a prompt has been heard to its end
        await call.type("52998224725")          # RFC 4733, at a person's pace
        await call.quiet(0.8)                   # until nothing has been said for 0.8 s
        await call.hang_up()                    # or: await call.ended(10)
        call.recording                          # int16 samples at 8 kHz, from dialling on

One socket carries the signalling of all calls, one more the audio of each: a hundred calls fit in one process.
"""

import asyncio
import contextlib
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Self

from tests.live import sip
from tests.live.correlation import heard, whole
from tests.live.dialog import HOST, Dialog, Refused
from tests.live.rtp import PACKET, RATE, SILENCE, Ear, Mouth, Sound, to_alaw

LEVEL = bytes((byte ^ 0x55) & 0x7F for byte in range(256))  # A-law byte to loudness, 0 to 127
LONG_SILENCE = 4.0  # seconds; menus ask again after six
SPEECH = 24  # about -38 dBFS; silence has 0


class Media(asyncio.DatagramProtocol):
    """The audio socket of one call."""

    def __init__(self) -> None:
        self.ear = Ear()
        self.began = time.monotonic()
        self.last_sound = 0.0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        # From the first packet on: on a busy machine it may be here before the answer has been read.
        now = time.monotonic() - self.began
        self.ear.hear(data, now)
        # Some samples of a packet are enough to tell speech from silence, and cheap for a hundred calls.
        if max(data[12::8].translate(LEVEL), default=0) > SPEECH:
            self.last_sound = now


class Call:
    """One answered call."""

    def __init__(self, dialog: Dialog, media: Media, transport: asyncio.DatagramTransport) -> None:
        self._dialog, self._media, self._transport = dialog, media, transport
        self._mouth = Mouth(random.getrandbits(32), stamp=random.getrandbits(16))
        self._comfort: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()

    @property
    def id(self) -> str:
        """Call-ID."""
        return self._dialog.id

    @property
    def recording(self) -> Sound:
        """What was heard since dialling: 8 kHz int16."""
        return self._media.ear.sound()

    @property
    def seconds(self) -> float:
        """Since dialling."""
        return time.monotonic() - self._media.began

    @property
    def over(self) -> bool:
        """Whether either side has hung up."""
        return self._dialog.over.is_set()

    def answered(self, media: tuple[str, int]) -> None:
        """Keep the line alive with a little silence, as telephones do."""
        self._to = media
        self._comfort = asyncio.create_task(self._keep_alive())

    async def type(self, keys: str, gap: float = 0.08, tone: int = 5) -> None:
        """Press keys one after the other; `tone` packets of 20 ms each, `gap` seconds between them."""
        for key in keys:
            async with self._busy:
                for packet in self._mouth.digit(key, tone):
                    self._send(packet)
                    await asyncio.sleep(0.02)
            await asyncio.sleep(gap)
            self._mouth.pause(gap)

    async def speak(self, sound: Sound) -> None:
        """Say something: 20 ms packets in real time."""
        payload = to_alaw(sound)
        async with self._busy:
            start = time.monotonic()
            for n, at in enumerate(range(0, len(payload), PACKET)):
                self._send(self._mouth.audio(payload[at : at + PACKET].ljust(PACKET, b"\xd5")))
                await asyncio.sleep(max(0.0, start + (n + 1) * 0.02 - time.monotonic()))

    async def hears(self, prompt: Sound, within: float = 40, threshold: float = 0.8) -> float:
        """Wait until `prompt` has been heard whole; returns the correlation.

        Raises: AssertionError when it was not heard in time, or the call ended.
        """
        since, deadline, best = max(self._media.ear.end - len(prompt) // 2, 0), time.monotonic() + within, 0.0
        for turn in itertools.count(1):
            over = self.over
            await asyncio.sleep(0.1)
            start = max(since, self._media.ear.end - len(prompt) - 2 * RATE)
            sound = self._media.ear.sound(start)
            best = max(best, heard(sound, prompt) if over else whole(sound, prompt, stumbling=turn % 10 == 0))
            if best >= threshold:
                break
            assert not over and time.monotonic() < deadline, f"not heard: best was {best:.2f}"
        return best

    async def quiet(self, seconds: float = 0.8, within: float = 60) -> None:
        """Wait until something was said and then nothing for `seconds`, or the call ended.

        On a busy machine the question may have been said before we were asked to listen: after a long silence nothing
        more is waited for.
        """
        asked, deadline = self.seconds, time.monotonic() + within
        while not self.over and time.monotonic() < deadline:
            said = self._media.last_sound > max(asked - 0.5, 0) or self.seconds - asked > LONG_SILENCE
            if said and self.seconds - self._media.last_sound >= seconds:
                return
            await asyncio.sleep(0.05)
        assert self.over, "it never fell silent"

    async def ended(self, within: float = 30) -> bool:
        """Wait for the other side to hang up."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._dialog.over.wait(), within)
        return self.over

    async def hang_up(self) -> None:
        """Say BYE, and wait for the answer."""
        if not self.over:
            await self._dialog.bye()
        self.close()

    def close(self) -> None:
        """Stop sending; sockets go."""
        if self._comfort:
            self._comfort.cancel()
        self._transport.close()

    def _send(self, packet: bytes) -> None:
        if not self.over:
            self._transport.sendto(packet, self._to)

    async def _keep_alive(self) -> None:
        for n in itertools.count():
            async with self._busy:
                self._send(self._mouth.audio(SILENCE))
            pause = 0.02 if n < 10 else 0.2  # Asterisk learns the address from the first packets
            await asyncio.sleep(pause)
            self._mouth.pause(pause - 0.02)


class Telephone(asyncio.DatagramProtocol):
    """Makes calls to one SIP server."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.port = 0
        self._dialogs: dict[str, Dialog] = {}
        self._calls: list[Call] = []
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def contact(self) -> str:
        """Where requests reach this telephone."""
        return f"<sip:alo@{HOST}:{self.port}>"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(call.hang_up() for call in self._calls))
        assert self._transport
        self._transport.close()

    async def dial(
        self,
        number: str,
        caller: str = "11987654321",
        name: str = "",
        headers: list[tuple[str, str]] | None = None,
        within: float = 30,
    ) -> Call:
        """Call `number`; returns when answered.

        Raises: Refused when it is not.
        """
        loop = asyncio.get_running_loop()
        transport, media = await loop.create_datagram_endpoint(Media, local_addr=(HOST, 0))
        dialog = Dialog(self, number, caller, name, headers or [])
        self._dialogs[dialog.id] = dialog
        call = Call(dialog, media, transport)
        try:
            reply = await dialog.invite(transport.get_extra_info("sockname")[1], within)
        except Refused:
            transport.close()
            raise
        call.answered(reply.media())
        self._calls.append(call)
        return call

    def send(self, data: bytes) -> None:
        """One SIP message to the server."""
        assert self._transport
        self._transport.sendto(data, self.server)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = sip.parse(data)
        dialog = self._dialogs.get(message.call)
        if dialog:
            dialog.received(message)
        elif not message.status and message.method != "ACK":
            self.send(sip.answer(message, "481 Call/Transaction Does Not Exist"))


@contextlib.contextmanager
def urgent() -> Iterator[None]:
    """Before everything else on a busy machine, where root may say so: a telephone keeps its time."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    try:
        yield
    finally:
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, usual)


def telephone(server: tuple[str, int], script: Callable[[Telephone], Awaitable[None]]) -> None:
    """Run one script from a test that is no coroutine."""

    async def run() -> None:
        async with Telephone(server) as phone:
            await script(phone)

    with urgent():
        asyncio.run(run())
