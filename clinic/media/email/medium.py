"""Messages as e-mail."""

from collections.abc import Callable

from clinic.clock import Clock
from clinic.media.email import address, letter
from clinic.media.email.mails import Carrier
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import NotSent, Outgoing


class Email:
    """Writes each message as a letter and hands it over."""

    name = "email"

    def __init__(self, carrier: Carrier, sender: str, head: Callable[[], Letterhead], clock: Clock) -> None:
        """`sender`: the address letters come from; `head` says who writes, as the clinic calls itself now."""
        self._carrier, self._sender, self._head, self._clock = carrier, sender, head, clock

    def send(self, message: Outgoing) -> str:
        """One letter; the server's own id of it. Raises NotSent."""
        try:
            sender = address.read(self._sender)
        except address.BadAddress:
            raise NotSent("bad-sender", again=True) from None
        try:
            written = letter.written(message, sender, self._head(), self._clock())
        except address.BadAddress:
            raise NotSent("bad-address", again=False) from None
        return self._carrier.carry(written)

    def close(self) -> None:
        """Let go of the connection to the server; the next letter opens it again."""
        self._carrier.close()
