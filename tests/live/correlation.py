"""Was it heard? Normalised cross-correlation of a recording with the prompts it should contain."""

import math
from collections.abc import Sequence

import numpy as np

from tests.live.elastic import elastic
from tests.live.rtp import Sound

CUT = 1600  # samples: Asterisk hangs up a few packets before the last one of a last prompt has been sent
SOON = 40_000  # 5 s: where the next prompt is looked for first, for speed alone
ENOUGH = 0.8  # a prompt that is in a recording after G.711 reaches 0.93 to 1.0, another one about 0.5 at most


def scores(recording: Sound, prompt: Sound) -> np.ndarray:
    """Correlation (-1 … 1) of the prompt with the recording at each place it could begin."""
    heard, wanted = recording.astype(np.float64), prompt.astype(np.float64)
    places = len(heard) - len(wanted) + 1
    if places < 1 or not wanted.any():
        return np.zeros(0)
    size = 1 << (len(heard) + len(wanted) - 1).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size))
    product = np.fft.irfft(spectrum, size)[:places]
    energy = np.concatenate(([0.0], np.cumsum(heard**2)))
    there = energy[len(wanted) :] - energy[: len(heard) - len(wanted) + 1]
    # Near silence the quotient is noise over noise: a hundredth of the prompt's own energy is the least that counts.
    floor = (wanted @ wanted) * 0.01
    found: np.ndarray = product / np.sqrt(np.maximum(there, floor) * (wanted @ wanted))
    return found


def whole(recording: Sound, prompt: Sound, stumbling: bool = False) -> float:
    """How well the prompt is found in the recording to its last sample; `stumbling`: also with holes, which is slow."""
    curve = scores(recording, prompt)
    score = _at(recording, prompt, int(curve.argmax())) if len(curve) else 0.0
    return max(score, elastic(recording, prompt, scores)[0]) if stumbling and score < ENOUGH else score


def heard(recording: Sound, prompt: Sound) -> float:
    """How well the prompt is found anywhere in the recording; ENOUGH and more is heard."""
    return heard_in_order(recording, [prompt])[0]


def heard_in_order(recording: Sound, prompts: Sequence[Sound]) -> list[float]:
    """For each prompt, the correlation at the first place after the one before it where it is heard.

    A prompt that reaches ENOUGH nowhere gets its best correlation, and the next is searched from the same place.
    """
    recording, found, start = np.pad(recording, (0, CUT)), [], 0
    for prompt in prompts:
        score, end = _first(recording[start : start + len(prompt) + SOON], prompt)
        if score < ENOUGH:
            score, end = _first(recording[start:], prompt)
        found.append(score)
        start += end - len(prompt) // 4 if score >= ENOUGH else 0
    return found


def _first(recording: Sound, prompt: Sound) -> tuple[float, int]:
    """The first place where the prompt is heard, or the best one: its correlation, and where it ends."""
    curve = scores(recording, prompt)
    enough = np.flatnonzero(curve >= ENOUGH)
    if len(enough):
        place = int(enough[0] + curve[enough[0] : enough[0] + 400].argmax())  # the top of that hill, not its foot
        score = _at(recording, prompt, place)
        if score >= ENOUGH:
            return score, place + len(prompt)
    return elastic(recording, prompt, scores)


def _at(recording: Sound, prompt: Sound, place: int) -> float:
    """The correlation at a place, of the whole and of its halves: the least of them."""
    there = recording[place : place + len(prompt)]
    return min(_alike(there, prompt), _halves(there, prompt))


def _halves(there: Sound, prompt: Sound) -> float:
    """The worse correlation of the two halves of a prompt: one alone would still give 0.7 to the whole."""
    middle = len(prompt) // 2
    pairs = [(prompt[:middle], there[:middle]), (prompt[middle:], there[middle:])]
    loud = [pair for pair in pairs if _peak(pair[0]) > _peak(prompt) // 10]
    return min((_alike(*pair) for pair in loud), default=0.0)


def _peak(sound: Sound) -> int:
    return int(np.abs(sound.astype(np.int32)).max(initial=0))


def _alike(one: Sound, other: Sound) -> float:
    a, b = one.astype(np.float64), other.astype(np.float64)
    energy = float(a @ a) * float(b @ b)
    return float(a @ b) / math.sqrt(max(energy, 1.0))
