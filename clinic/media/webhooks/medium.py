"""Events to the programs of others."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from clinic.clock import Clock
from clinic.media import http
from clinic.media.outgoing import NotSent, Outgoing
from clinic.media.webhooks.reach import BadUrl, Reach
from clinic.media.webhooks.signature import signed

AGENT = "AloClinica-Webhooks/1"
GONE = 410
PATIENCE_S = 5.0
"""For each step of the way there and back."""
ALL_S = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a program wants to be told, and the keys it checks with: each signs, while a new one takes over."""

    url: str
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one try went: the answer's `status` (None: there was none) and beginning; `reason`: a code, None if taken."""

    status: int | None
    milliseconds: int
    answer: bytes
    reason: str | None


Note = Callable[[Outgoing, Attempt], None]


def nobody(_message: Outgoing, _attempt: Attempt) -> None:
    """Nobody wants to know how it went."""


class Webhooks:
    """Posts each event's JSON, signed, to where its program wants it. `message.to` names the endpoint."""

    name = "webhook"

    def __init__(
        self,
        endpoint: Callable[[str], Endpoint | None],
        clock: Clock,
        *,
        reach: Reach | None = None,
        note: Note = nobody,
        resolve: http.Resolve = http.resolved,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """`endpoint` finds where a name leads; `note` is told how every try went; `resolve` turns names into
        addresses.
        """
        self._endpoint, self._clock, self._reach, self._note = endpoint, clock, reach or Reach(), note
        self._resolve, self._context = resolve, context

    def send(self, message: Outgoing) -> str:
        """One event; "" as programs give no ids. Raises NotSent: whatever goes wrong at the other end may be mended
        there, so it is tried again, unless it says that it is gone.
        """
        found = self._endpoint(message.to)
        if found is None:
            raise NotSent("no-endpoint", again=False)
        started = time.monotonic()
        try:
            answer = self._posted(found, message)
        except NotSent as error:
            self._note(message, Attempt(None, _since(started), b"", error.reason))
            raise
        refused = _refusal(answer.status)
        reason = refused.reason if refused else None
        self._note(message, Attempt(answer.status, _since(started), answer.body, reason))
        if refused:
            raise refused
        return ""

    def _posted(self, to: Endpoint, message: Outgoing) -> http.Answer:
        body = message.text.encode()
        headers = signed(to.keys, message.uid, self._clock(), body) | {
            "Content-Type": "application/json", "User-Agent": AGENT, "X-Alo-Event": message.subject,
            "X-Alo-Attempt": str(message.attempt),
        }  # fmt: skip
        try:
            self._reach.check(to.url)
            return http.ask(
                "POST", to.url, headers, body, allowed=self._reach.allowed(to.url), context=self._context,
                patience=PATIENCE_S, everything=ALL_S, resolve=self._resolve,
            )  # fmt: skip
        except http.NoAnswer as error:
            raise NotSent(str(error), again=True) from None
        except (BadUrl, http.MayNotGo) as error:
            raise NotSent(str(error), again=False) from None


def _refusal(status: int) -> NotSent | None:
    if 200 <= status < 300:
        return None
    return NotSent("gone", again=False) if status == GONE else NotSent(f"http-{status}", again=True)


def _since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)
