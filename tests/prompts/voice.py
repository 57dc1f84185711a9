"""A voice for tests: hums one tone a word, a third of a second long at its own pace, and knows what it was asked."""

import math
from array import array
from dataclasses import dataclass, field
from functools import cache

from prompts.sound import Sound

RATE = 24_000
WORD, GAP = 0.25, 0.08


@cache
def tone(seconds: float, hertz: float = 440.0, loudness: float = 0.3, rate: int = RATE) -> bytes:
    """16-bit samples of one tone."""
    step = 2 * math.pi * hertz / rate
    return array("h", [round(32767 * loudness * math.sin(step * n)) for n in range(int(seconds * rate))]).tobytes()


def still(seconds: float, rate: int = RATE) -> bytes:
    """16-bit samples of silence."""
    return bytes(2 * int(seconds * rate))


@dataclass(frozen=True)
class Humming:
    """The voice; ``asked`` are the texts with their speeds."""

    name: str = "humming"
    version: str = "1"
    asked: list[tuple[str, float]] = field(default_factory=list)

    def say(self, text: str, speed: float) -> Sound:
        """Half a second of silence, and a tone a word."""
        self.asked.append((text, speed))
        words = [tone(WORD / speed) + still(GAP / speed) for _ in text.split()]
        return Sound(still(0.5) + b"".join(words) + still(0.5), RATE)
