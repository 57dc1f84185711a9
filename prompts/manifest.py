"""What each recording was made from: a sentence that was changed since, or another way of recording, makes it stale."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "manifest.json"


@dataclass(frozen=True)
class Made:
    """How one recording came about: the text (its digest), the voice with its version, and the recipe."""

    text: str
    voice: str
    recipe: int

    def fits(self, text: str, recipe: int, voice: str | None = None) -> bool:
        """Whether recording this text now, with this voice (any, when None), would give the same."""
        return self.text == digest(text) and self.recipe == recipe and voice in (None, self.voice)


def digest(text: str) -> str:
    """16 hexadecimal digits of a text as it is given to a voice."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(folder: Path) -> dict[str, Made]:
    """Every recording of a folder of sounds by ``<pace>/<id>``; nothing where there is no manifest."""
    file = folder / FILE
    if not file.is_file():
        return {}
    entries = json.loads(file.read_text("utf-8"))
    return {key: Made(**made) for key, made in entries.items()}


def write(folder: Path, entries: Mapping[str, Made]) -> None:
    """Replace the manifest as a whole, in a steady order, one recording a line, so that changes can be read."""
    lines = (f"{json.dumps(key)}: {json.dumps(asdict(entries[key]))}" for key in sorted(entries))
    unfinished = folder / f"{FILE}.tmp"
    unfinished.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    unfinished.replace(folder / FILE)
