"""From a text to a recording at the pace of the telephone, and the names of the records while the clinic works."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache as cached
from pathlib import Path

from pydub import AudioSegment

from prompts import sound
from prompts.names import name_id
from prompts.pronounce import spoken
from prompts.shelf import wav_file
from prompts.sound import SoundFailed
from prompts.voices import Voice, voices

RECIPE = 1
"""Counts up when the same text and voice would give another recording: then all recordings are stale."""


@dataclass(frozen=True)
class Pace:
    """How fast is spoken: at most ``words_a_minute``, with ``pause`` seconds between sentences.

    The voice begins at ``speed`` of its own pace and never goes below ``slowest``, where it would begin to drawl and
    to breathe before words; pauses grow up to twice as long, and the rest is stretched at the same pitch.
    """

    name: str
    words_a_minute: int
    speed: float
    slowest: float
    pause: float

    def seconds(self, text: str) -> float:
        """The least time that so many words may take."""
        return 60 * words(text) / self.words_a_minute


def words(text: str) -> int:
    """How many words a listener counts in a text that is written out; "quinta-feira" is one."""
    return len(re.findall(r"\w[\w-]*", text))


NORMAL = Pace("normal", 150, 0.97, 0.82, 0.2)
SLOW = Pace("slow", 120, 0.85, 0.8, 0.4)
PACES = (NORMAL, SLOW)
STRETCHED, PRESSED = 0.7, 1.06
"""How much slower and faster than the voice spoke a recording may be made."""

BETTER_ENDED = {"zero.": "zero,", "oito.": "oito,", "nove.": "nove,", "quinze.": "quinze,", "dezessete.": "dezessete…"}
"""Figures that a recogniser takes for others when they are said as a whole sentence, and how they are said instead."""
BETTER_BEFORE = {"um.": "um, dois.", "Para.": "Para, para."}
"""Words too short to be spoken well alone: the voice says more, and what comes before the gap is kept."""


def as_spoken(text: str) -> str:
    """The text as a voice is given it: written out, and ended, because an open end mumbles."""
    said = spoken(text)
    ended = said if said[-1:] in ",;:.!?…" else f"{said}."
    return BETTER_ENDED.get(ended, ended)


def speak(said: str, pace: Pace, voice: Voice) -> AudioSegment:
    """The recording of a text as ``as_spoken`` gives it, 8 kHz mono; SoundFailed when the voice gives none."""
    least = pace.seconds(said)
    sentences = re.split(r"(?<=[.;:!?…])\s+", said)
    pauses = (len(sentences) - 1) * pace.pause
    parts = [_sentence(one, pace.speed, voice) for one in sentences]
    length = _seconds(parts)
    if length + 2 * pauses < least:
        slower = max(pace.slowest, pace.speed * length / (least - 2 * pauses))
        parts = [_sentence(one, slower, voice) for one in sentences]
    pauses = max(pauses, min(2 * pauses, least - _seconds(parts)))
    return _fitted(_joined(parts, pauses), least)


def _sentence(said: str, speed: float, voice: Voice) -> AudioSegment:
    if said in BETTER_BEFORE:
        return sound.telephone(sound.before_gap(voice.say(BETTER_BEFORE[said], speed)))
    return sound.telephone(voice.say(said, speed))


def _seconds(parts: Sequence[AudioSegment]) -> float:
    return float(sum(part.duration_seconds for part in parts))


def _joined(parts: Sequence[AudioSegment], pauses: float) -> AudioSegment:
    """One after the other, ``pauses`` seconds shared out between them."""
    whole = parts[0]
    for part in parts[1:]:
        whole += sound.silence(round(1000 * pauses / (len(parts) - 1))) + part
    return whole


def _fitted(recording: AudioSegment, least: float) -> AudioSegment:
    """Exactly so long, where a recording is too short or hardly too long."""
    factor = recording.duration_seconds / least
    if factor <= PRESSED:
        recording = sound.tempo(recording, max(factor, STRETCHED))
    return sound.lengthen(recording, least)


def record(said: str, stem: Path, pace: Pace, voice: Voice) -> None:
    """Speak a text as ``as_spoken`` gives it and keep it as ``stem``.wav."""
    sound.save(speak(said, pace, voice), wav_file(stem))


def best_voice(cache: Path) -> Voice:
    """The best voice that is installed here; SoundFailed when there is none."""
    for name, made in voices(cache).items():
        if name != "gtts":  # names never leave the house
            try:
                return made()
            except SoundFailed:
                continue
    raise SoundFailed("no voice is installed: apt-get install espeak-ng sox")


def render_name(text: str, folder: Path, voice: Voice) -> None:
    """Record a name at every pace under ``folder``/<pace>/name/, unless it is there already."""
    for pace in PACES:
        stem = folder / pace.name / name_id(text)
        if not wav_file(stem).is_file():
            record(as_spoken(text), stem, pace, voice)


def renderer(folder: Path, cache: Path = Path("var/voices")) -> Callable[[str], None]:
    """What records one name under ``folder`` with the best voice installed; raises SoundFailed or OSError if it cannot.

    The voice is opened with the first name, since the natural one takes a second and 300 MB.
    """
    voice = cached(lambda: best_voice(cache))
    return lambda text: render_name(text, folder, voice())
