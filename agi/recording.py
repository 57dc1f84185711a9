"""What a caller speaks: written by Asterisk under an unfinished name, and renamed when it is whole."""

from dataclasses import dataclass
from pathlib import Path

BYTES_A_SECOND = 16_000
WAV_HEADER = 44


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
    """Give the recording its name, `<stem>.wav`. An empty one is removed.

    The length comes from the file's size: after a hang-up Asterisk may still be about to write it into the header.
    """
    source = stem.with_name(f"{stem.name}.tmp.wav")
    file = stem.with_name(f"{stem.name}.wav")
    try:
        sound = source.stat().st_size - WAV_HEADER
        if sound <= 0:
            source.unlink()
            return Recording(None, 0, key, hung_up)
        source.rename(file)
    except OSError:
        return Recording(None, 0, key, hung_up)
    return Recording(file, max(1, round(sound / BYTES_A_SECOND)), key, hung_up)
