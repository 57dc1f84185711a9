"""espeak-ng: small, fast and always there. Understood, but nobody takes it for a person."""

import io
import subprocess
import wave
from dataclasses import dataclass, field

from prompts.sound import Sound, SoundFailed, run

WORDS_A_MINUTE = 165


def _version() -> str:
    try:
        told = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise SoundFailed("espeak-ng is not installed") from error
    return told.split(":")[-1].split()[0]


@dataclass(frozen=True)
class Espeak:
    """The voice of espeak-ng for Brazilian Portuguese; SoundFailed where the program is missing."""

    name: str = "espeak"
    version: str = field(default_factory=_version)

    def say(self, text: str, speed: float) -> Sound:
        """The text at 22,050 Hz."""
        pace = str(round(WORDS_A_MINUTE * speed))
        told = run(["espeak-ng", "-v", "pt-br", "-s", pace, "--stdin", "--stdout"], text.encode())
        return wav_sound(told)


def wav_sound(data: bytes) -> Sound:
    """The samples of a 16-bit mono WAV file, also of one whose header promises more than follows, as from a pipe."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            return Sound(sound.readframes(len(data) // 2), sound.getframerate())
    except (wave.Error, EOFError) as error:
        raise SoundFailed("not a WAV file") from error


def phonemes(text: str) -> str:
    """The text in the international alphabet, one line, what sounds as one tied by ``^``."""
    told = run(["espeak-ng", "-v", "pt-br", "--ipa", "--tie=^", "-q", "--stdin"], text.encode())
    return " ".join(told.decode().split())
