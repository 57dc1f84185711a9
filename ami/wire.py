"""One connection to a manager interface: panoramisk, with the ways it fails taken out.

What is done here and why: whole messages are handed to panoramisk's parser, since it decodes each read by itself and
drops a letter cut between two reads; nothing that a message does to the parser or to us reaches asyncio, which would
close the connection; a lost connection is only told, never repaired (its own reconnect sends actions twice and leaves
futures that never end); every question has a deadline.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

log = logging.getLogger(__name__)
END = b"\r\n\r\n"
LONGEST_MESSAGE = 1024 * 1024
NEVER = 10**6


class Event(Protocol):
    """A message of Asterisk's: headers by name, in any case; "" for one that is not there."""

    def get(self, name: str, default: str = "") -> Any:
        """A header; a list where it came several times."""


@dataclass(frozen=True)
class Address:
    """Where a manager interface is, and as whom to log in. Raises ValueError for what would break out of a header."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if any(char in value for value in (self.user, self.secret) for char in "\r\n"):
            raise ValueError("a manager's user and secret are one line each")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Trouble(Exception):
    """The connection cannot be used; its text is for people, in Portuguese."""


class Wire:
    """An open connection. `hear` is called with every event, in the order they came, and must not wait."""

    def __init__(self, manager: Any, protocol: "Framed") -> None:
        self._manager = manager
        self._protocol = protocol
        self.lost = protocol.lost

    @classmethod
    async def open(cls, address: Address, hear: Callable[[Event], None], seconds: float = 10) -> "Wire":
        """Connect; a new panoramisk object each time, for an old one remembers. Raises Trouble."""
        loop = asyncio.get_running_loop()
        manager = Quiet(loop=loop, host=address.host, port=address.port, ping_delay=NEVER, ping_interval=NEVER)
        connecting = loop.create_connection(lambda: Framed(manager, hear), address.host, address.port)
        try:
            pair = await asyncio.wait_for(connecting, seconds)
        except TimeoutError:
            raise Trouble("não respondeu") from None
        except OSError as error:
            raise Trouble(_reason(error)) from None
        done: asyncio.Future[Any] = loop.create_future()
        done.set_result(pair)
        manager.connection_made(done)
        return cls(manager, pair[1])

    async def log_in(self, address: Address, events: str = "call", seconds: float = 10) -> None:
        """Raises Trouble when the user or the secret is refused, or nobody answers."""
        told = {"Action": "Login", "Username": address.user, "Secret": address.secret, "Events": events}
        if not (await self.ask(told, seconds)).success:
            raise Trouble("usuário ou senha recusados")

    async def ask(self, action: Mapping[str, str], seconds: float = 10) -> Any:
        """Send an action and await its answer: a message, or the list of them. Raises Trouble when there is none."""
        answer = asyncio.ensure_future(self._manager.send_action(dict(action)))
        gone = asyncio.ensure_future(self.lost.wait())
        try:
            await asyncio.wait({answer, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise Trouble("a conexão caiu" if self.lost.is_set() else "parou de responder")
            return answer.result()
        finally:
            answer.cancel()
            gone.cancel()

    def close(self) -> None:
        """Let go; harmless when it is lost already."""
        self._manager.close()
        self._protocol.abort()


class Quiet(Manager):  # type: ignore[misc]
    """A manager that leaves pinging, reconnecting and sending again to us."""

    pinger: Any

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - panoramisk's signature
        """Told by the protocol, which tells us."""
        if self.pinger:
            self.pinger.cancel()
            self.pinger = None


class Framed(AMIProtocol):  # type: ignore[misc]
    """Cuts the stream at message ends before it is decoded, and lets no message break the connection."""

    def __init__(self, manager: Quiet, hear: Callable[[Event], None]) -> None:
        self.lost = asyncio.Event()
        self._owner = manager
        self._hear = hear
        self._rest = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """panoramisk sets its own state; the owner is known from the first byte on."""
        super().connection_made(transport)
        self.factory = self._owner
        self.encoding = "utf8"

    def data_received(self, data: bytes) -> None:
        """Whole messages go on, the rest waits."""
        whole, end, rest = (self._rest + data).rpartition(END)
        self._rest = rest
        if end:
            super().data_received(whole + end)
        elif len(rest) > LONGEST_MESSAGE:
            log.warning("a message without end: connection closed")
            self.abort()

    def handle_message(self, message: Any) -> None:
        """Events are heard, answers go to who asked; the rows of a list are both."""
        try:
            if "event" in message:
                self._hear(message)
            if message.id in self.responses:
                super().handle_message(message)
        except Exception:
            log.exception("a message of the manager interface could not be taken")

    def connection_lost(self, exc: Exception | None) -> None:
        """Also called by panoramisk itself."""
        self.lost.set()
        super().connection_lost(exc)

    def abort(self) -> None:
        """Close without waiting for a peer that may not read."""
        self.lost.set()
        self.transport.abort()


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "conexão recusada"
    return f"sem caminho até ele ({error.strerror or type(error).__name__})"
