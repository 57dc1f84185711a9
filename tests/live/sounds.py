"""Sounds to recognise: made up from an id, alike each time, unlike any other."""

import hashlib
from pathlib import Path

import numpy as np

from prompts.names import name_id
from prompts.numbers import PAUSES
from prompts.texts import Catalogue
from tests.live import session
from tests.live.rtp import RATE, Sound, read_wav, write_wav

PROMPTS = session.REPO / "prompts"


def made_up(prompt_id: str, seconds: float = 1.0) -> Sound:
    """A voice-like babble: gliding harmonics in syllables, decided by the id alone."""
    dice = np.random.default_rng(list(hashlib.sha256(prompt_id.encode()).digest()))
    count = int(seconds * RATE)
    knots = np.linspace(0, count, 10)
    pitch = np.interp(np.arange(count), knots, dice.uniform(110, 260, 10))
    loudness = np.interp(np.arange(count), knots, dice.uniform(0.3, 1.0, 10))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(weight * np.sin(n * phase) for n, weight in enumerate(dice.uniform(0.1, 1, 10), start=1))
    # As a voice does, it ends softly: Asterisk leaves out the last packet or two of a file another one follows.
    loudness[-RATE // 16 :] *= np.linspace(1, 0, RATE // 16)
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

    def all(self) -> None:
        """Every prompt of the catalogue and every name of the demo clinic; short, so that calls are."""
        names = map(name_id, (PROMPTS / "demo_names.txt").read_text("utf-8").splitlines())
        for prompt_id in [*Catalogue.load().ids(), *names]:
            write_wav(self.folder / "normal" / f"{prompt_id}.wav", made_up(prompt_id, 0.3))
        for pause in PAUSES:
            write_wav(self.folder / "normal" / f"{pause}.wav", np.zeros(RATE // 20, np.int16))

    def sound(self, prompt_id: str) -> Sound:
        """Its samples."""
        return read_wav(self.path(prompt_id).with_suffix(".wav"))
