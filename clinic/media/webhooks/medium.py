"""Events to the programs of others."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from clinic.clock import Clock
from clinic.media import http
from clinic.media.outgoing import NotSent, Outgoing
from clinic.media.webhooks.signature import signed

AGENT = "AloClinica-Webhooks/1"
GONE = 410


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a program wants to be told, and the key it checks with."""

    url: str
    key: bytes


class Webhooks:
    """Posts each event's JSON, signed, to where its program wants it. `message.to` names the endpoint."""

    name = "webhook"

    def __init__(
        self,
        endpoint: Callable[[str], Endpoint | None],
        clock: Clock,
        *,
        private: bool = False,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`endpoint` finds where a name leads. `private`: also to this network, and without encryption."""
        self._endpoint, self._clock, self._private, self._context = endpoint, clock, private, context

    def send(self, message: Outgoing) -> str:
        """One event; "" as programs give no ids. Raises NotSent: whatever goes wrong at the other end may be mended
        there, so it is tried again, unless it says that it is gone.
        """
        found = self._endpoint(message.to)
        if found is None:
            raise NotSent("no-endpoint", again=False)
        if not found.url.startswith("https://") and not self._private:
            raise NotSent("not-https", again=False)
        status = self._posted(found, message.uid, message.text.encode()).status
        if status == GONE:
            raise NotSent("gone", again=False)
        if not 200 <= status < 300:
            raise NotSent(f"http-{status}", again=True)
        return ""

    def _posted(self, to: Endpoint, uid: str, body: bytes) -> http.Answer:
        headers = signed(to.key, uid, self._clock(), body) | {"Content-Type": "application/json", "User-Agent": AGENT}
        allowed = http.anywhere if self._private else http.public
        try:
            return http.ask("POST", to.url, headers, body, allowed=allowed, context=self._context)
        except http.NoAnswer as error:
            raise NotSent(str(error), again=True) from None
        except http.MayNotGo as error:
            raise NotSent(str(error), again=False) from None
