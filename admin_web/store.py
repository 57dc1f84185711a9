"""What was made is kept while the clinic stands as it did: so many bytes of it, those that were asked for last."""

import itertools
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from clinic.stamps import Stamp

Made = TypeVar("Made")
MOST_BYTES = 16 * 1024 * 1024
BESIDE = 1000
"""About what a key takes, and its place."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[Made]):
    """Something that was made: how the clinic stood, and which number was drawn before."""

    stamp: Stamp
    number: int
    made: Made
    size: int


class Store(Generic[Made]):
    """Keeps up to `most` bytes of what one process made; of one stamp only, and that the newest."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._bytes, self._newest = most, 0, -1
        self._kept: OrderedDict[Hashable, Kept[Made]] = OrderedDict()
        self._keeping, self._numbers = threading.Lock(), itertools.count()

    def number(self) -> int:
        """Drawn when somebody asks, before anything is read: what has a greater one is new enough for them."""
        return next(self._numbers)

    def find(self, key: Hashable) -> Kept[Made] | None:
        """What was kept last under this key; whether it still holds is for who asks to see."""
        with self._keeping:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def keep(self, key: Hashable, one: Kept[Made]) -> None:
        """Keep it. With another stamp than the rest all else goes: nothing older is asked for again, and it would hold
        its whole roster. Who comes late with something older keeps nothing, and drives nothing away."""
        with self._keeping:
            newest = next(reversed(self._kept.values()), None)
            if newest is not None and newest.stamp != one.stamp:
                if one.number < self._newest:
                    return
                self._kept.clear()
                self._bytes = 0
            self._newest = max(self._newest, one.number)
            self._forget(key)
            self._kept[key] = one
            self._bytes += one.size + BESIDE
            while self._bytes > self._most:
                self._forget(next(iter(self._kept)))

    def _forget(self, key: Hashable) -> None:
        found = self._kept.pop(key, None)
        if found is not None:
            self._bytes -= found.size + BESIDE
