"""Finished answers that are given again while nothing has changed: a process draws the same agenda once, not for each
of those whose screens fetch it when something happens.

What an answer depends on beside the clinic's state stands in its key: who may see what, what was asked, and for a whole
page the browser. So nobody is given what was made for others.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NamedTuple

from flask import g, request

from admin_web import again, compression, cookies, frame, notices, security
from admin_web.access import viewer
from admin_web.store import MOST_BYTES, Kept, Store
from clinic.stamps import Stamp

if TYPE_CHECKING:
    from clinic.services import Clinic

TURNS = 16


class Drawn(NamedTuple):
    """An answer, and the nonce that its scripts carry; "" where it has none."""

    body: bytes
    nonce: str = ""


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
        self._stamp, self._store = stamp, Store[Drawn](most)
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def of(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The answer that was made since the last change, or a new one. Raises what `make` raises, and keeps nothing.

        Who wants the same at the same time waits for it. `make` must not ask for another answer of this keeper.
        """
        return self._of(key, lambda: Drawn(make())).body

    def page(self, make: Callable[[], str]) -> str | bytes:
        """A whole page, for this browser alone: its token stands in the forms, its owner's name above."""
        token = cookies.read(request, security.TOKEN_COOKIE)
        if not token or notices.COOKIE in request.cookies:  # a new token is made, or something is said once
            return make()
        key = (request.path, request.query_string, viewer(), token, frame.theme(), request.is_secure)
        again.keep()
        drawn = self._of(key, lambda: Drawn(make().encode(), security.nonce()))
        security.drawn_with(drawn.nonce)
        return drawn.body

    def _of(self, key: Hashable, make: Callable[[], Drawn]) -> Drawn:
        stamp = self._stamp()  # before anything is read: what changes meanwhile has another stamp
        if stamp is None:
            return make()
        found = self._store.find(key)
        if found is not None and found.stamp == stamp:
            return _again(found.made)
        number = self._store.number()
        with self._turns[hash(key) % TURNS]:
            found = self._store.find(key)
            if found is not None and (found.stamp == stamp or found.number > number):  # begun after we asked
                return _again(found.made)
            made = make()
            self._store.keep(key, Kept(stamp, number, made, len(made.body)))
            return made


def _again(answer: Drawn) -> Drawn:
    """Noted for who compresses it."""
    if g:
        setattr(g, compression.AGAIN, True)
    return answer
