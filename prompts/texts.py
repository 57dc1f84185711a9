"""What every prompt says: the catalogue of fixed sentences, and the generated pieces of numbers, dates and money."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompts import numbers
from prompts.names import name_id

HERE = Path(__file__).parent
CATALOGUE = HERE / "catalogue"
SOURCES = ("agi", "dialplan")
"""Folders beside ``prompts`` in which a prompt can be used."""
SAFE_ID = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
"""The only shape an id can have: subject and key, nothing that could climb out of a folder."""
IN_LINE = re.compile(rf"(?<![a-z0-9-])(?=({SAFE_ID.pattern}))")
"""Every id in a line, also in a longer path such as ``sounds/normal/common/sorry``."""


@dataclass(frozen=True)
class Line:
    """One prompt: what is shown, and what the voice is given where that differs."""

    text: str
    spoken: str


class BadCatalogue(Exception):
    """A catalogue file does not say what a prompt says; carries the file and the id."""


@dataclass(frozen=True)
class Catalogue:
    """Every prompt that can be played except names. ``fixed`` are the sentences of the files, ``lines`` all of them."""

    lines: Mapping[str, Line]
    fixed: frozenset[str]

    @classmethod
    def load(cls, folder: Path = CATALOGUE) -> "Catalogue":
        """Read every ``<subject>.toml`` of the folder; BadCatalogue where one is wrong."""
        fixed = {prompt_id: line for file in sorted(folder.glob("*.toml")) for prompt_id, line in _read(file).items()}
        made = {prompt_id: Line(text, text) for prompt_id, text in numbers.texts().items()}
        if both := fixed.keys() & (made.keys() | numbers.PAUSES.keys()):
            raise BadCatalogue(f"{sorted(both)[0]}: already the name of a generated prompt")
        return cls({**made, **fixed}, frozenset(fixed))

    def ids(self) -> list[str]:
        """Every id that has words, in a steady order."""
        return sorted(self.lines)

    def text(self, prompt_id: str) -> str:
        """What is shown for it; KeyError for an id nobody wrote."""
        mark = numbers.PAUSE_MARKS.get(prompt_id)
        return self.lines[prompt_id].text if mark is None else mark

    def sentence(self, ids: Iterable[str], names: Mapping[str, str] | None = None) -> str:
        """The pieces as one readable text. ``names`` (id to name) says what recorded names hold."""
        texts = [(names or {}).get(i) or (self.text(i) if i in self.lines or i in numbers.PAUSES else "…") for i in ids]
        joined = " ".join(text for text in texts if text)
        return re.sub(r" +([,.])", r"\1", joined)

    def where_used(self, root: Path = HERE.parent) -> dict[str, list[str]]:
        """For each fixed prompt the sources that name it, ``path:line``; found by reading them, so never stale."""
        return where_used(self.fixed, root)


def _read(file: Path) -> dict[str, Line]:
    with file.open("rb") as opened:
        try:
            tables = tomllib.load(opened)
        except tomllib.TOMLDecodeError as error:
            raise BadCatalogue(f"{file.name}: {error}") from error
    return {_id(file, key): _line(file, key, table) for key, table in tables.items()}


def _id(file: Path, key: str) -> str:
    prompt_id = f"{file.stem}/{key}"
    if not SAFE_ID.fullmatch(prompt_id):
        raise BadCatalogue(f"{file.name}: {key!r} is no id; small letters, digits and hyphens only")
    return prompt_id


def _line(file: Path, key: str, table: object) -> Line:
    text = table.get("text") if isinstance(table, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise BadCatalogue(f"{file.name}: [{key}] has no text")
    spoken = table.get("spoken", text) if isinstance(table, dict) else text
    return Line(" ".join(text.split()), " ".join(str(spoken).split()))


def where_used(ids: Iterable[str], root: Path = HERE.parent, sources: Sequence[str] = SOURCES) -> dict[str, list[str]]:
    """For each id, the lines (``path:line``) of code and dialplan that name it."""
    found: dict[str, list[str]] = {prompt_id: [] for prompt_id in ids}
    for file in _source_files(root, sources):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            for prompt_id in set(IN_LINE.findall(line)) & found.keys():
                found[prompt_id].append(f"{file.relative_to(root)}:{number}")
    return found


def _source_files(root: Path, sources: Sequence[str]) -> list[Path]:
    return [file for top in sources for file in sorted((root / top).rglob("*")) if file.suffix in (".py", ".conf")]


def names_by_id(names: Iterable[str]) -> dict[str, str]:
    """Names by the id under which they are recorded: what ``Catalogue.sentence`` needs to show them."""
    return {name_id(name): name for name in names}
