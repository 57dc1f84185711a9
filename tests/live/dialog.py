"""The signalling of one call, from INVITE to BYE."""

import asyncio
import contextlib
import secrets
from typing import Protocol

from tests.live import sip

HOST = "127.0.0.1"


class Refused(Exception):
    """The call was not answered: the SIP status."""


class Line(Protocol):
    """What a dialog needs of its telephone."""

    server: tuple[str, int]
    port: int

    @property
    def contact(self) -> str:
        """Where requests reach the telephone."""

    def send(self, data: bytes) -> None:
        """One message to the server."""


class Dialog:
    """The signalling of one call."""

    def __init__(self, phone: Line, dialled: str, caller: str, name: str, headers: sip.Headers) -> None:
        self.id = f"{secrets.token_hex(8)}@{HOST}"
        self._phone, self._uri, self._extra = phone, f"sip:{dialled}@{phone.server[0]}:{phone.server[1]}", headers
        display = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if name else ""
        self._from = f"{display}<sip:{caller}@{HOST}>;tag={secrets.token_hex(4)}"
        self._to, self._target, self._number = f"<{self._uri}>", self._uri, 1
        self._branch = self._new_branch()
        self.replies: asyncio.Queue[sip.Message] = asyncio.Queue()
        self.over = asyncio.Event()

    async def invite(self, port: int, within: float) -> sip.Message:
        """The 200 that answered.

        Raises: Refused for any other final answer or none.
        """
        request = self._request("INVITE", sip.offer(HOST, port), self._extra)
        try:
            reply = await asyncio.wait_for(self._final(request), within)
        except TimeoutError:
            raise Refused("no answer") from None
        self._to = reply.headers["to"]
        if reply.status != 200:
            self._phone.send(self._request("ACK"))
            raise Refused(reply.first)
        self._target = reply.headers["contact"].split("<", 1)[1].split(">", 1)[0]
        self.acknowledge()
        return reply

    def acknowledge(self) -> None:
        """ACK of a 200: a transaction of its own, repeated whenever the 200 is."""
        self._branch = self._new_branch()
        self._phone.send(self._request("ACK"))

    async def bye(self) -> None:
        """Hang up; gives up waiting for the answer after 5 s."""
        self.over.set()
        self._number += 1
        self._branch = self._new_branch()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._final(self._request("BYE")), 5)

    def received(self, message: sip.Message) -> None:
        """A message of this call."""
        if message.status:
            if message.status == 200 and message.method == "INVITE" and self._target != self._uri:
                self.acknowledge()
            else:
                self.replies.put_nowait(message)
        elif message.method != "ACK":
            self._phone.send(sip.answer(message, "200 OK", self._phone.contact))
            if message.method == "BYE":
                self.over.set()

    async def _final(self, request: bytes) -> sip.Message:
        """Send until something comes back, then wait for the final answer."""
        wait: float | None = 0.5
        self._phone.send(request)
        while True:
            try:
                reply = await asyncio.wait_for(self.replies.get(), wait)
            except TimeoutError:
                self._phone.send(request)
                wait = wait and wait * 2
                continue
            wait = None
            if reply.status >= 200:
                return reply

    def _request(self, method: str, body: str = "", extra: list[tuple[str, str]] | None = None) -> bytes:
        headers = [
            ("Via", f"SIP/2.0/UDP {HOST}:{self._phone.port};branch={self._branch};rport"), ("Max-Forwards", "70"),
            ("From", self._from), ("To", self._to), ("Call-ID", self.id), ("CSeq", f"{self._number} {method}"),
            ("Contact", self._phone.contact), *(extra or []),
        ]  # fmt: skip
        if body:
            headers.append(("Content-Type", "application/sdp"))
        return sip.message(f"{method} {self._target} SIP/2.0", headers, body)

    @staticmethod
    def _new_branch() -> str:
        return "z9hG4bK" + secrets.token_hex(8)
