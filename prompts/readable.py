"""What a page needs of a prompt: its recording and its words, names included."""

from collections.abc import Callable, Sequence
from pathlib import Path

from prompts import numbers
from prompts.shelf import Shelf, wav_file
from prompts.texts import Catalogue

NAME = "name/"


class Readable:
    """Recordings and words. `name_of`: the text of a name by the digest in its prompt id, None when unknown."""

    def __init__(self, shelf: Shelf, catalogue: Catalogue, name_of: Callable[[str], str | None]) -> None:
        self._shelf, self._catalogue, self._name_of = shelf, catalogue, name_of

    @classmethod
    def of(cls, folders: Sequence[Path], name_of: Callable[[str], str | None]) -> "Readable":
        """The recordings of these folders and the shipped catalogue."""
        return cls(Shelf(folders), Catalogue.load(), name_of)

    def wav(self, prompt_id: str, slow: bool = False) -> Path | None:
        """The WAV file, or None when there is no such prompt."""
        stem = self._shelf.find(prompt_id, slow)
        return stem and wav_file(stem)

    def text(self, prompt_id: str) -> str:
        """The words that are heard; "" for a pause or an unknown id."""
        if prompt_id.startswith(NAME):
            return self._name_of(prompt_id.removeprefix(NAME)) or ""
        if prompt_id in numbers.PAUSES:
            return ""
        line = self._catalogue.lines.get(prompt_id)
        return line.text if line else ""
