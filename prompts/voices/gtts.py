"""Google's voice through gTTS: online, and the text leaves the house, so for fixed sentences only, never for names."""

import importlib
import importlib.metadata
import io
from dataclasses import dataclass, field
from typing import Any

from pydub import AudioSegment

from prompts.sound import Sound, SoundFailed


def _gtts() -> Any:
    try:
        return importlib.import_module("gtts")
    except ImportError as error:
        raise SoundFailed("gtts is not installed: pip install -r requirements/gtts.txt") from error


def _version() -> str:
    _gtts()
    return importlib.metadata.version("gtts")


@dataclass(frozen=True)
class Gtts:
    """The voice behind gTTS, Portuguese as spoken in Brazil; needs the internet and ffmpeg."""

    name: str = "gtts"
    version: str = field(default_factory=_version)

    def say(self, text: str, speed: float) -> Sound:
        """The text; there are two paces only, the slow one below 0.8."""
        gtts, spoken = _gtts(), io.BytesIO()
        try:
            gtts.gTTS(text, lang="pt", tld="com.br", slow=speed < 0.8).write_to_fp(spoken)
            spoken.seek(0)
            sound = AudioSegment.from_mp3(spoken).set_channels(1).set_sample_width(2)
        except Exception as error:  # the service, the network and the decoder fail in many ways
            raise SoundFailed("gtts gave no sound") from error
        return Sound(sound.raw_data, sound.frame_rate)
