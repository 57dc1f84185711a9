"""From what is said to the files Asterisk plays, and how long they last; one `Voice` serves all calls."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from agi.speech import Said, prompt_ids
from agi.wire import LINE_LIMIT

FILES_BYTES = LINE_LIMIT - 64
"""Room for the files in a line that plays a list."""
FALLBACK = "common/fallback"
"""Heard where a whole question has no recording: never silence."""


class Sounds(Protocol):
    """Where recordings are found (prompts/shelf.py)."""

    def find(self, prompt_id: str, slow: bool) -> Path | None:
        """The path Asterisk gets, absolute and without ".wav"; None where there is no recording."""

    def seconds(self, prompt_id: str, slow: bool) -> float:
        """How long it lasts."""


class Piece(NamedTuple):
    """One recording: the file without its extension, and its length in seconds."""

    path: str
    seconds: float


class Voice:
    """Finds the pieces of a sentence. A missing one is told once to `on_missing` and left out."""

    def __init__(self, sounds: Sounds, on_missing: Callable[[str], None] = lambda _prompt_id: None) -> None:
        self._sounds = sounds
        self._on_missing = on_missing
        self._missing: set[str] = set()
        self._found: dict[bool, dict[str, Piece]] = {False: {}, True: {}}

    def pieces(self, said: Sequence[Said], slow: bool) -> list[Piece]:
        """The recordings of what is said, in order; the fallback when something is said and nothing of it recorded."""
        known = self._found[slow]
        ids = [one for one in said if isinstance(one, str)]
        if len(ids) != len(said):
            ids = list(_flat(said, self._has))
        found = [piece for prompt_id in ids if (piece := known.get(prompt_id) or self._piece(prompt_id, slow))]
        if ids and not found and (fallback := self._piece(FALLBACK, slow)):
            return [fallback]
        return found

    def instead_of(self, piece: Piece, slow: bool) -> Piece | None:
        """What to try where Asterisk cannot play a recording that is there; None when that was it already."""
        fallback = self._piece_if_any(FALLBACK, slow)
        return None if fallback == piece else fallback

    def miss(self, prompt_id: str) -> None:
        """Note that a recording is not there or cannot be played; told once a process."""
        if prompt_id not in self._missing:
            self._missing.add(prompt_id)
            self._on_missing(prompt_id)

    def _has(self, prompt_id: str) -> bool:
        return self._piece_if_any(prompt_id, False) is not None

    def _piece(self, prompt_id: str, slow: bool) -> Piece | None:
        piece = self._piece_if_any(prompt_id, slow)
        if piece is None:
            self.miss(prompt_id)
        return piece

    def _piece_if_any(self, prompt_id: str, slow: bool) -> Piece | None:
        known = self._found[slow].get(prompt_id)
        if known is None and (known := self._look(prompt_id, slow)):
            self._found[slow][prompt_id] = known
        return known

    def _look(self, prompt_id: str, slow: bool) -> Piece | None:
        path = self._sounds.find(prompt_id, slow)
        if path is None or not _is_playable(str(path)):
            return None
        return Piece(str(path), self._sounds.seconds(prompt_id, slow))


def _flat(said: Sequence[Said], has: Callable[[str], bool]) -> Iterator[str]:
    for one in said:
        if isinstance(one, str):
            yield one
        else:
            yield from prompt_ids(one, has=has)


def _is_playable(path: str) -> bool:
    """Whether the path means itself inside the arguments of a dialplan application, where , & and others divide."""
    return path.isprintable() and not any(sign in path for sign in ',&|"\\;')


def files_of(pieces: Iterable[Piece]) -> str:
    """The list as Asterisk's applications take it."""
    return "&".join([piece.path for piece in pieces])


def seconds_of(pieces: Iterable[Piece]) -> float:
    """How long they last together."""
    return sum([piece.seconds for piece in pieces])


def in_lines(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces in as many lists as fit a line of AGI each."""
    if sum([len(piece.path) + 1 for piece in pieces]) * 2 < FILES_BYTES:
        return [pieces] if pieces else []
    lines: list[list[Piece]] = [[]]
    room = FILES_BYTES
    for piece in pieces:
        need = len(piece.path.encode()) + 1
        if need > room and lines[-1]:
            lines.append([])
            room = FILES_BYTES
        lines[-1].append(piece)
        room -= need
    return lines
