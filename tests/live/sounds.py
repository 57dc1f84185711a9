"""Sounds to recognise: made up from an id, alike each time, unlike any other."""

import hashlib
from pathlib import Path

import numpy as np

from tests.live.rtp import RATE, Sound, read_wav, write_wav


def made_up(prompt_id: str, seconds: float = 1.0) -> Sound:
    """A voice-like babble: gliding harmonics in syllables, decided by the id alone."""
    dice = np.random.default_rng(list(hashlib.sha256(prompt_id.encode()).digest()))
    count = int(seconds * RATE)
    knots = np.linspace(0, count, 10)
    pitch = np.interp(np.arange(count), knots, dice.uniform(110, 260, 10))
    loudness = np.interp(np.arange(count), knots, dice.uniform(0.3, 1.0, 10))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(weight * np.sin(n * phase) for n, weight in enumerate(dice.uniform(0.1, 1, 10), start=1))
    scaled = voice * loudness / np.abs(voice).max() * 14000
    sound: Sound = scaled.astype(np.int16)
    return sound


class Sounds:
    """A folder of made-up prompts in the layout of `prompts/sounds`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, prompt_id: str) -> Path:
        """Where a prompt is, without the extension (as AGI wants it); made when it is not there."""
        stem = self.folder / "normal" / prompt_id
        if not stem.with_suffix(".wav").exists():
            write_wav(stem.with_suffix(".wav"), made_up(prompt_id))
        return stem

    def sound(self, prompt_id: str) -> Sound:
        """Its samples."""
        return read_wav(self.path(prompt_id).with_suffix(".wav"))
