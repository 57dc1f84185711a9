"""From a voice to the telephone: 8 kHz, mono, 16 bits, one level, no silence around, no clicks.

sox resamples and filters, because pydub's own resampler lets everything above 4 kHz fold back into the speech; pydub
does the rest in the process.
"""

import audioop
import math
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydub import AudioSegment
from pydub.utils import ratio_to_db

RATE = 8000
BAND = ("sinc", "-t", "60", "90", "sinc", "-t", "300", "-3450")
"""Hertz kept: no rumble, no direct current, and nothing that a resampler or an A-law line would fold or cut."""
LEVEL, PEAK = -20.0, -3.0
"""dBFS: the speech itself, pauses left out, and the highest sample."""
LEAD, TAIL = 30, 80
"""Milliseconds of silence left before and after the speech."""
FADE = 8
FRAME = 10
VOICED_BELOW_LOUDEST, SILENT_BELOW_SPEECH = 20.0, 34.0
SILENCE = -90.0
COMPRESSION = ("0.001,0.05", "-90,-90,-18,-18,0,-11", "0", "-90", "0.002")
"""Attack and release in seconds, dB in and out, and the look-ahead: twice as little above -18 dBFS."""


class SoundFailed(Exception):
    """A recording could not be made; carries the program and what it said."""


@dataclass(frozen=True)
class Sound:
    """Speech as a voice gives it: signed 16-bit samples, mono, at any rate."""

    samples: bytes
    rate: int


def telephone(sound: Sound) -> AudioSegment:
    """A voice as the telephone carries it: filtered, trimmed, level, without clicks."""
    narrow = Sound(_sox(sound, "gain", "-4", *BAND, "rate", "-v", "-L", str(RATE)), RATE)
    return level(trim(segment(narrow))).fade_in(FADE).fade_out(FADE)


def tempo(sound: AudioSegment, factor: float) -> AudioSegment:
    """The same, so many times faster, at the same pitch."""
    return segment(Sound(_sox(_samples(sound), "tempo", "-s", f"{factor:.4f}"), RATE))


def lengthen(sound: AudioSegment, seconds: float) -> AudioSegment:
    """The same with silence after it, if it does not last so long by itself."""
    missing = math.ceil(seconds * 1000) - len(sound)
    return sound + silence(missing) if missing > 0 else sound


def silence(milliseconds: int) -> AudioSegment:
    """Nothing, for so long."""
    return AudioSegment.silent(milliseconds, frame_rate=RATE)


def save(sound: AudioSegment, file: Path) -> None:
    """Write a WAV file that is there whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.tmp")
    sound.export(str(unfinished), format="wav").close()
    unfinished.replace(file)


def load(file: Path) -> AudioSegment:
    """Read a WAV file; SoundFailed when it is none."""
    try:
        with wave.open(str(file)) as opened:
            form = {
                "sample_width": opened.getsampwidth(),
                "frame_rate": opened.getframerate(),
                "channels": opened.getnchannels(),
            }
            return AudioSegment(opened.readframes(opened.getnframes()), **form)
    except (OSError, EOFError, wave.Error) as error:
        raise SoundFailed(f"{file.name}: not a WAV file") from error


def _sox(sound: Sound, *effects: str) -> bytes:
    """The samples after these effects, at RATE; the same samples every time."""
    raw = ["-t", "raw", "-e", "signed", "-b", "16", "-c", "1"]
    command = ["sox", "-V1", "-D", *raw, "-r", str(sound.rate), "-", *raw, "-r", str(RATE), "-"]
    return run([*command, *effects], sound.samples)


def run(command: Sequence[str], given: bytes = b"") -> bytes:
    """The output of a program fed with ``given``; SoundFailed when it is not installed or fails."""
    try:
        return subprocess.run(command, input=given, capture_output=True, check=True, timeout=120).stdout
    except FileNotFoundError as error:
        raise SoundFailed(f"{command[0]} is not installed") from error
    except subprocess.SubprocessError as error:
        raise SoundFailed(f"{command[0]} failed") from error


def segment(sound: Sound) -> AudioSegment:
    """The samples as pydub has them."""
    return AudioSegment(sound.samples, sample_width=2, frame_rate=sound.rate, channels=1)


def _samples(sound: AudioSegment) -> Sound:
    return Sound(sound.raw_data, sound.frame_rate)


def frames(sound: AudioSegment, length: int = FRAME) -> list[float]:
    """The level of each ``length`` milliseconds, in dBFS; digital silence counts as -90."""
    samples, millisecond = sound.raw_data, sound.frame_rate // 1000 * sound.frame_width
    cut = (samples[at * millisecond : (at + length) * millisecond] for at in range(0, len(sound), length))
    powers = (audioop.rms(frame, sound.sample_width) for frame in cut)
    return [max(SILENCE, ratio_to_db(power / sound.max_possible_amplitude)) for power in powers]


def speech_level(sound: AudioSegment) -> float:
    """The mean power (dBFS) of the frames in which somebody speaks: within 20 dB of the loudest one."""
    levels = frames(sound)
    voiced = [one for one in levels if one > max(levels) - VOICED_BELOW_LOUDEST]
    return 10 * math.log10(sum(10 ** (one / 10) for one in voiced) / len(voiced)) if voiced else SILENCE


def edges(sound: AudioSegment) -> tuple[int, int]:
    """Milliseconds of silence before and after the speech: what is 34 dB below it. All silence: (length, 0)."""
    levels = frames(sound, 5)
    limit = max(speech_level(sound) - SILENT_BELOW_SPEECH, SILENCE + 1)
    loud = [at for at, one in enumerate(levels) if one > limit]
    return (loud[0] * 5, len(sound) - min(len(sound), loud[-1] * 5 + 5)) if loud else (len(sound), 0)


def trim(sound: AudioSegment) -> AudioSegment:
    """The speech with LEAD milliseconds before it and TAIL after it, added where the voice left fewer."""
    before, after = edges(sound)
    speech = sound[before : len(sound) - after]
    lead, tail = sound[max(0, before - LEAD) : before], sound[len(sound) - after :][:TAIL]
    return silence(LEAD - len(lead)) + lead + speech + tail + silence(TAIL - len(tail))


def level(sound: AudioSegment) -> AudioSegment:
    """At LEVEL, loud syllables pressed down where they would pass PEAK."""
    gain = LEVEL - speech_level(sound)
    if not math.isfinite(sound.max_dBFS):
        return sound
    if sound.max_dBFS + gain > PEAK:
        quiet = sound.apply_gain(gain - 6)
        sound = segment(Sound(_sox(_samples(quiet), "compand", *COMPRESSION), RATE))
    return sound.apply_gain(min(LEVEL - speech_level(sound), PEAK - sound.max_dBFS))


def before_gap(sound: Sound) -> Sound:
    """What a voice says before the quietest moment in the middle of it."""
    said = trim(segment(sound))
    levels = frames(said)
    middle = range(len(levels) // 4, 3 * len(levels) // 4)
    gap = min(middle, key=levels.__getitem__) if middle else len(levels)
    return _samples(said[: gap * FRAME])
