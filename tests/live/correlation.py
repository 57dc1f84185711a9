"""Was it heard? Normalised cross-correlation of a recording with the prompts it should contain."""

from collections.abc import Sequence

import numpy as np

from tests.live.rtp import Sound

CUT = 1600  # samples: Asterisk hangs up a few packets before the last one of a last prompt has been sent
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


def best_match(recording: Sound, prompt: Sound) -> tuple[float, int]:
    """The best correlation and the sample where it begins; (0, 0) when the recording is shorter than the prompt."""
    found = scores(recording, prompt)
    if not len(found):
        return 0.0, 0
    place = int(found.argmax())
    return float(found[place]), place


def whole(recording: Sound, prompt: Sound) -> float:
    """How well the prompt is found in the recording, from its first sample to its last."""
    return best_match(recording, prompt)[0]


def heard(recording: Sound, prompt: Sound) -> float:
    """How well the prompt is found anywhere in the recording; ENOUGH and more is heard."""
    return best_match(np.pad(recording, (0, CUT)), prompt)[0]


def heard_in_order(recording: Sound, prompts: Sequence[Sound]) -> list[float]:
    """For each prompt, the correlation at the first place after the one before it where it is heard.

    A prompt that reaches ENOUGH nowhere gets its best correlation, and the next is searched from the same place.
    """
    recording, found, start = np.pad(recording, (0, CUT)), [], 0
    for prompt in prompts:
        at = scores(recording[start:], prompt)
        enough = np.flatnonzero(at >= ENOUGH)
        if len(enough):
            window = at[enough[0] : enough[0] + 400]  # the top of that hill, not its foot
            place = int(enough[0] + window.argmax())
            found.append(float(at[place]))
            start += place + len(prompt) // 2
        else:
            found.append(float(at.max()) if len(at) else 0.0)
    return found
