"""Sound files on the disc, as the telephone without Asterisk needs them."""

import math
import wave
from array import array
from pathlib import Path

RATE = 8000
LOUD = 4000


class Disc:
    """The WAV files there are."""

    def __init__(self) -> None:
        self._lengths: dict[str, float] = {}

    def length(self, path: str) -> float | None:
        """Seconds of `<path>.wav`; None when it is no WAV file."""
        known = self._lengths.get(path)
        if known is None and (known := _length(Path(f"{path}.wav"))) is not None:
            self._lengths[path] = known
        return known


def _length(file: Path) -> float | None:
    try:
        with wave.open(str(file)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (OSError, EOFError, wave.Error):
        return None


def write_recording(path: str, seconds: float, spoken: float) -> Path | None:
    """Write `<path>.wav`, a tone where something was spoken and silence after it; None when it cannot be written."""
    tone = array("h", [round(LOUD * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(RATE)])
    spoken = max(0.0, min(spoken, seconds))
    sound = tone * math.ceil(spoken)
    del sound[int(spoken * RATE) :]
    sound.extend([0] * (int(seconds * RATE) - len(sound)))
    file = Path(f"{path}.wav")
    try:
        with file.open("wb") as raw, wave.open(raw, "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            out.writeframes(sound.tobytes())
    except OSError:
        return None
    return file
