"""Finished answers that are given again while nothing has changed: a process draws the same agenda once, not for each
of those whose screens fetch it when something happens.

What an answer depends on beside the clinic's state stands in its key: who may see what, what was asked, and for a whole
page the browser. So nobody is given what was made for others.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from flask import g, request

from admin_web import compression, cookies, frame, notices
from admin_web.access import viewer
from admin_web.security import TOKEN_COOKIE
from clinic.stamps import Stamp

if TYPE_CHECKING:
    from clinic.services import Clinic

MOST_BYTES = 16 * 1024 * 1024
BESIDE = 1000
"""About what an answer's key takes, and its place."""
TURNS = 16


def looked(stamp: Stamp | None) -> None:
    """How the clinic stood when this request was asked who it is from."""
    g.stamp = stamp


def stamped(clinic: "Clinic") -> Callable[[], Stamp | None]:
    """Tells how the clinic stands: as was looked; for who shows a token in place of a cookie, by one look more.

    Where that cannot be told because a hold is over, it is taken away for those who come next.
    """

    def now() -> Stamp | None:
        stamp = g.stamp if "stamp" in g else clinic.desk.stamps.now()
        if stamp is None:
            clinic.desk.stamps.sweep()
        return stamp

    return now


class Answers:
    """Keeps up to `most` bytes of answers, those that were asked for last; `stamp` tells how the clinic stands now."""

    def __init__(self, stamp: Callable[[], Stamp | None], most: int = MOST_BYTES) -> None:
        self._stamp, self._most, self._bytes = stamp, most, 0
        self._newest: Stamp | None = None
        self._kept: OrderedDict[Hashable, tuple[Stamp, bytes]] = OrderedDict()
        self._keeping = threading.Lock()
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def of(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The answer that was made since the last change, or a new one. Raises what `make` raises, and keeps nothing.

        Who wants the same at the same time waits for it. `make` must not ask for another answer of this keeper.
        """
        stamp = self._stamp()  # before anything is read: what changes meanwhile has another stamp
        if stamp is None:
            return make()
        known = self._known(key, stamp)
        if known is not None:
            return known
        with self._turns[hash(key) % TURNS]:
            known = self._known(key, stamp)
            return known if known is not None else self._keep(key, stamp, make())

    def page(self, make: Callable[[], str]) -> str | bytes:
        """A whole page, for this browser alone: its token stands in the forms, its owner's name above."""
        token = cookies.read(request, TOKEN_COOKIE)
        if not token or notices.COOKIE in request.cookies:  # a new token is made, or something is said once
            return make()
        key = (request.path, request.query_string, viewer(), token, frame.theme(), request.is_secure)
        return self.of(key, lambda: make().encode())

    def _known(self, key: Hashable, stamp: Stamp) -> bytes | None:
        with self._keeping:
            found = self._kept.get(key)
            if found is None or found[0] != stamp:
                return None
            self._kept.move_to_end(key)
        if g:
            setattr(g, compression.AGAIN, True)
        return found[1]

    def _keep(self, key: Hashable, stamp: Stamp, answer: bytes) -> bytes:
        with self._keeping:
            if stamp != self._newest:  # nothing older is asked for again; it would hold its whole roster
                self._kept.clear()
                self._bytes, self._newest = 0, stamp
            self._forget(key)
            self._kept[key] = stamp, answer
            self._bytes += len(answer) + BESIDE
            while self._bytes > self._most:
                self._forget(next(iter(self._kept)))
        return answer

    def _forget(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= len(found[1]) + BESIDE
