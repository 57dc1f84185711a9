"""Hearing a prompt that stumbled: on a machine with more to do than it can, Asterisk plays some packets late, and what
the caller gets has short holes that shift the rest. Piece by piece it is all there, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.live.rtp import Sound

PIECE = 1600  # samples: 200 ms
HOLE = 4000  # the longest hole between two pieces: half a second
OVERLAP = 240  # how far a piece may begin before the one before it has ended
CANDIDATES = 8

Scores = Callable[[Sound, Sound], np.ndarray]


@dataclass(frozen=True)
class Path:
    """A way of placing the pieces so far: where it ends, and the sum of its correlations, weighted by energy."""

    end: int
    total: float


def elastic(recording: Sound, prompt: Sound, scores: Scores) -> tuple[float, int]:
    """The correlation of the prompt's pieces (0 … 1, weighted by their energy) and the sample where the last one ends.

    Pieces come in order and at most HOLE apart; one that is not found counts as 0.
    """
    pieces = np.array_split(prompt, max(1, round(len(prompt) / PIECE)))
    energy = np.array([float(np.sum(piece.astype(np.float64) ** 2)) for piece in pieces])
    paths: list[Path] = []
    for piece, weight in zip(pieces, energy / max(energy.sum(), 1.0), strict=True):
        skipped = [Path(path.end + len(piece), path.total) for path in paths]
        found = _peaks(scores(recording, piece)) if weight > 0.005 else []
        paths = _best(skipped + [_joined(paths, place, score * weight, len(piece)) for place, score in found])
    best = max(paths, key=lambda path: path.total, default=Path(0, 0.0))
    return float(best.total), best.end


def _peaks(curve: np.ndarray) -> list[tuple[int, float]]:
    """The highest places of a correlation curve, each at least 100 samples from the others."""
    found: list[tuple[int, float]] = []
    curve = curve.copy()
    while len(found) < CANDIDATES and len(curve) and curve.max() > 0.5:
        place = int(curve.argmax())
        found.append((place, float(curve[place])))
        curve[max(place - 100, 0) : place + 100] = 0
    return found


def _joined(paths: list[Path], place: int, worth: float, length: int) -> Path:
    """The best path this place can go on from, with it; a new one when there is none."""
    before = [path.total for path in paths if -OVERLAP <= place - path.end <= HOLE]
    return Path(place + length, max(before, default=0.0) + worth)


def _best(paths: list[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: -path.total)[: 4 * CANDIDATES]
