"""Who speaks. Voices are interchangeable: each turns a text into sound, at a speed."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from prompts.sound import Sound
from prompts.voices.espeak import Espeak
from prompts.voices.gtts import Gtts
from prompts.voices.kokoro import Kokoro


class Voice(Protocol):
    """A voice. ``version`` changes when the same text would sound different."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        ...

    @property
    def version(self) -> str:
        """Of the voice and of the texts' way into it."""
        ...

    def say(self, text: str, speed: float) -> Sound:
        """The text, already written out as it is said; ``speed`` 1.0 is the voice's own pace, 0.5 half of it.

        Raises ``prompts.sound.SoundFailed`` when it cannot.
        """
        ...


def voices(cache: Path) -> dict[str, Callable[[], Voice]]:
    """Every voice by name, the best first; what one has to fetch is kept in ``cache``."""
    return {"kokoro": lambda: Kokoro(cache), "gtts": Gtts, "espeak": Espeak}
