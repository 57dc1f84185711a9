"""Staying connected to one Asterisk: log in, resync, watch that it lives, come back when it does not."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from ami.wire import Address, Event, Trouble, Wire
from ami.writer import Heard, Outlet, Stands

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. `steady`: a connection that held this long was a good one, and the next pause is short again."""

    answer: float = 10.0
    ping: float = 5.0
    resync: float = 15.0
    first_pause: float = 0.5
    longest_pause: float = 60.0
    steady: float = 10.0


class Connection:
    """One Asterisk, watched for as long as `stay` runs; what it tells goes into the outlet."""

    def __init__(
        self,
        address: Address,
        outlet: Outlet,
        clock: Callable[[], datetime],
        timing: Timing | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._outlet = outlet
        self._clock = clock
        self._timing = timing or Timing()
        self._chance = chance

    async def stay(self) -> None:
        """Connect and stay so, for ever; ends when it is cancelled."""
        pauses = self._pauses()
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._visit()
            except Trouble as trouble:
                log.warning("no contact with Asterisk at %s: %s", self._address, trouble)
                self._outlet.put(Stands(up=False, note=str(trouble)))
            if asyncio.get_running_loop().time() - began > self._timing.steady:
                pauses = self._pauses()
            await asyncio.sleep(next(pauses))

    async def _visit(self) -> None:
        """One connection, from its beginning until Trouble ends it."""
        wire = await Wire.open(self._address, self._hear, self._timing.answer)
        try:
            await wire.log_in(self._address, seconds=self._timing.answer)
            log.info("watching Asterisk at %s", self._address)
            self._outlet.put(Stands(up=True, fresh=True))
            await self._watch(wire)
        finally:
            wire.close()

    async def _watch(self, wire: Wire) -> None:
        """Ask for all channels now, and now and then; ping in between. A peer that does not answer is Trouble."""
        loop = asyncio.get_running_loop()
        listed = float("-inf")
        while True:
            if loop.time() - listed >= self._timing.resync or self._outlet.mend():
                await self._list_all(wire)
                listed = loop.time()
            else:
                await wire.ask({"Action": "Ping"}, self._timing.answer)
            self._outlet.put(Stands(up=True))
            with suppress(TimeoutError):
                await asyncio.wait_for(wire.lost.wait(), self._timing.ping)
                raise Trouble("a conexão caiu")

    async def _list_all(self, wire: Wire) -> None:
        """Its rows are heard like events; the answer only says that it is complete."""
        answer = await wire.ask({"Action": "CoreShowChannels"}, 3 * self._timing.answer)
        if not isinstance(answer, list) and not answer.success:
            raise Trouble("não deixa listar as chamadas: falta write=reporting em manager.conf")

    def _hear(self, event: Event) -> None:
        self._outlet.put(Heard(event, self._clock()))

    def _pauses(self) -> Iterator[float]:
        """Doubling from the first to the longest, each somewhere between half and whole so that watchers spread."""
        pause = self._timing.first_pause
        while True:
            yield pause * (1 + self._chance()) / 2
            pause = min(2 * pause, self._timing.longest_pause)
