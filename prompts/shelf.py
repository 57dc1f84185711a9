"""Where the recordings stand: a list of folders, searched in order, the clinic's own before the shipped ones."""

import wave
from collections.abc import Sequence
from pathlib import Path

from prompts.texts import SAFE_ID

SHIPPED = Path(__file__).parent / "sounds"
"""The recordings that come with the product."""


class Shelf:
    """Finds recordings; each folder holds ``normal/<id>.wav`` and, where there is one, ``slow/<id>.wav``.

    The first folder that has a prompt at all wins, also in slow mode: a clinic's own voice is not interrupted by
    another one because it was recorded at one pace only. What was found is remembered for good; what was not is looked
    for again, since names are recorded while the telephone runs.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = [folder.absolute() for folder in folders]
        self._found: dict[tuple[str, bool], Path] = {}
        self._seconds: dict[Path, float] = {}

    def find(self, prompt_id: str, slow: bool = False) -> Path | None:
        """The absolute path of the recording without its ``.wav``, as Asterisk wants it; None where there is none."""
        known = self._found.get((prompt_id, slow))
        if known is None and (known := self._look(prompt_id, slow)):
            self._found[prompt_id, slow] = known
        return known

    def has(self, prompt_id: str) -> bool:
        """Whether the prompt can be played; fits ``agi.speech.prompt_ids(…, has=shelf.has)``."""
        return self.find(prompt_id) is not None

    def seconds(self, prompt_id: str, slow: bool = False) -> float:
        """How long the recording lasts; 0.0 where there is none or it is no WAV file."""
        path = self.find(prompt_id, slow)
        if path is None:
            return 0.0
        if path not in self._seconds:
            self._seconds[path] = _seconds(wav_file(path))
        return self._seconds[path]

    def _look(self, prompt_id: str, slow: bool) -> Path | None:
        if not SAFE_ID.fullmatch(prompt_id):
            return None
        paces = ("slow", "normal") if slow else ("normal",)
        stems = (folder / pace / prompt_id for folder in self._folders for pace in paces)
        return next((stem for stem in stems if wav_file(stem).is_file()), None)


def wav_file(stem: Path) -> Path:
    """The file of a path as ``Shelf.find`` returns it."""
    return stem.with_name(f"{stem.name}.wav")


def _seconds(file: Path) -> float:
    try:
        with wave.open(str(file)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (OSError, EOFError, wave.Error):
        return 0.0
