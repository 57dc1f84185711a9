"""What a caller speaks: written by Asterisk under an unfinished name, and renamed when it is whole."""

import sys
from array import array
from dataclasses import dataclass
from pathlib import Path

BYTES_A_SECOND = 16_000
WAV_HEADER = 44
FRAME = 320
"""Bytes of 20 ms."""
LOUD = 400
"""Peak of a 20 ms frame that may be speech: -38 dBFS; a quiet line stays well below."""
SPEECH_FRAMES = 5


@dataclass(frozen=True, slots=True)
class Recording:
    """`path` is the finished file, None when nothing was recorded; `seconds` its length, at least 1 where there is any.

    `key` ended it ("#", "*", "0"), or "" for silence, the time being over, or a hang-up.
    """

    path: Path | None
    seconds: int
    key: str
    hung_up: bool = False


def unfinished(stem: Path) -> Path:
    """The name, without ".wav", under which it is recorded."""
    return stem.with_name(f"{stem.name}.tmp")


def finish_recording(stem: Path, key: str, hung_up: bool = False) -> Recording:
    """Give the recording its name, `<stem>.wav`. One in which nobody speaks is removed.

    The length comes from the file's size: after a hang-up Asterisk may still be about to write it into the header.
    """
    source = stem.with_name(f"{stem.name}.tmp.wav")
    file = stem.with_name(f"{stem.name}.wav")
    try:
        sound = source.stat().st_size - WAV_HEADER
        if sound <= 0 or not _is_spoken(source):
            source.unlink()
            return Recording(None, 0, key, hung_up)
        source.rename(file)
    except OSError:
        return Recording(None, 0, key, hung_up)
    return Recording(file, max(1, round(sound / BYTES_A_SECOND)), key, hung_up)


def _is_spoken(file: Path) -> bool:
    """Whether anything is heard in the recording for a tenth of a second: whoever is silent leaves a file as well."""
    loud = 0
    with file.open("rb") as sound:
        sound.seek(WAV_HEADER)
        while loud < SPEECH_FRAMES and len(frame := sound.read(FRAME)) == FRAME:
            loud += _peak(frame) > LOUD
    return loud >= SPEECH_FRAMES


def _peak(frame: bytes) -> int:
    samples = array("h", frame)
    if sys.byteorder == "big":
        samples.byteswap()
    return int(max(*samples, -min(samples)))
