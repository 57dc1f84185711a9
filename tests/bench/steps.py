"""The greatest number that is borne, found with few tries, for each of them takes half a minute."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Verdict(Protocol):
    """What came of a try."""

    @property
    def borne(self) -> bool:
        """Whether all went as it should."""


V = TypeVar("V", bound=Verdict)


def ladder(first: int, most: int, parts: int) -> tuple[int, ...]:
    """Numbers from `first` to `most`, `parts` of them to each doubling."""
    numbers = [first]
    while (larger := round(first * 2 ** (len(numbers) / parts))) <= most:
        numbers.append(larger)
    return tuple(dict.fromkeys(numbers))


class Search(Generic[V]):
    """Tries numbers of a ladder; those that decide are tried until `agree` tries of each say the same."""

    def __init__(self, numbers: tuple[int, ...], attempt: Callable[[int], V], agree: int = 2) -> None:
        self._numbers = numbers
        self._attempt = attempt
        self._agree = agree
        self._tries: dict[int, list[V]] = {}

    def most(self, start: int, stride: int = 1) -> tuple[int, list[V]]:
        """The place of the greatest that is borne and its good tries; -1 and none when none is.

        From the place `start` in strides, each twice the last, until one is borne and one is not, then by halving; in
        the end the greatest borne and the next above it are tried again, until most of their tries agree.
        """
        low, high = self._between(start, stride)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._borne(middle) else (low, middle)
        low = self._settled(low)
        return low, [one for one in self._tries.get(low, []) if one.borne]

    def _between(self, start: int, stride: int) -> tuple[int, int]:
        """A place that is borne (or -1) and one above it that is not (or the end)."""
        end = len(self._numbers)
        low = high = min(start, end - 1)
        if self._borne(low):
            while (high := min(low + stride, end)) < end and self._borne(high):
                low, stride = high, stride * 2
            return low, high
        while (low := max(high - stride, -1)) >= 0 and not self._borne(low):
            high, stride = low, stride * 2
        return low, high

    def _settled(self, place: int) -> int:
        """Down to what is surely borne; up only from there, where nothing was found too great."""
        went_down = False
        while place >= 0 and not self._surely(place):
            place, went_down = place - 1, True
        while not went_down and place + 1 < len(self._numbers) and self._surely(place + 1):
            place += 1
        return place

    def _borne(self, place: int) -> bool:
        """What the first try says."""
        return self._tried(place, 1)[0].borne

    def _surely(self, place: int) -> bool:
        """What so many of its tries agree on."""
        verdicts = [one.borne for one in self._tried(place, self._agree)]
        while max(verdicts.count(True), verdicts.count(False)) < self._agree:
            verdicts = [one.borne for one in self._tried(place, len(verdicts) + 1)]
        return verdicts.count(True) >= self._agree

    def _tried(self, place: int, times: int) -> list[V]:
        tries = self._tries.setdefault(place, [])
        while len(tries) < times:
            tries.append(self._attempt(self._numbers[place]))
        return tries
