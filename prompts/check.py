"""Are all recordings there, up to date and fit for the telephone? For `alo check` and for the tests."""

import wave
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydub import AudioSegment

from prompts import sound
from prompts.build import spoken_texts, stale
from prompts.render import PACES, Pace, words
from prompts.shelf import SHIPPED, Shelf, wav_file
from prompts.sound import LEVEL, PEAK, RATE, SoundFailed
from prompts.texts import CATALOGUE, BadCatalogue, Catalogue

LEVEL_MAY_DIFFER, PEAK_MAY_DIFFER = 2.0, 0.3
LONGEST_LEAD, LONGEST_TAIL = 50, 200
"""Milliseconds of silence around the speech. A soft "s" at the end ("horas") counts as silence, and is none."""
NAMED = 5
"""How many prompts a finding names before it only counts."""


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``remedy`` is what to do about it, "" when nothing is to be done."""

    name: str
    state: Literal["ok", "warning", "wrong"]
    text: str
    remedy: str = ""


def findings(folders: Sequence[Path], catalogue: Path = CATALOGUE, shipped: Path = SHIPPED) -> Iterator[Finding]:
    """What is missing or unfit in these folders, which are searched in order, and what is stale in the shipped one."""
    try:
        texts = spoken_texts(Catalogue.load(catalogue))
    except BadCatalogue as bad:
        yield Finding("avisos", "wrong", f"catálogo com erro: {bad}", "Corrija o arquivo em prompts/catalogue.")
    else:
        yield from recorded(texts, folders, shipped)


def recorded(texts: Mapping[str, str], folders: Sequence[Path], shipped: Path) -> Iterator[Finding]:
    """The same for these texts alone, by prompt id and as they are given to a voice."""
    shelf = Shelf(folders)
    missing = [prompt_id for prompt_id in texts if not shelf.has(prompt_id)]
    old = sorted({task.prompt_id for task in stale(texts, shipped) if wav_file(shipped / task.key).is_file()})
    unfit = [f"{file}: {problem}" for file in _recordings(folders) for problem in unplayable(file)]
    yield from _wrong(missing, "sem gravação", "Grave: make voice")
    yield from _wrong(old, "com gravação de outro texto", "Grave de novo: make voice")
    yield from _wrong(unfit, "com formato errado", "Converta: sox gravacao.wav -r 8000 -c 1 -b 16 nova.wav")
    if not (missing or old or unfit):
        yield Finding("avisos", "ok", f"{len(texts)} avisos gravados, na velocidade normal e na lenta")


def _wrong(ones: Sequence[str], what: str, remedy: str) -> Iterator[Finding]:
    if ones:
        more = f" e mais {len(ones) - NAMED}" if len(ones) > NAMED else ""
        yield Finding("avisos", "wrong", f"{len(ones)} {what}: {', '.join(ones[:NAMED])}{more}", remedy)


def _recordings(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for pace in PACES:
            yield from sorted((folder / pace.name).glob("*/*.wav"))


def unplayable(file: Path) -> list[str]:
    """Why Asterisk would not play the file as it is; nothing when it would."""
    try:
        with wave.open(str(file)) as opened:
            has = (opened.getframerate(), opened.getnchannels(), opened.getsampwidth() * 8)
    except (OSError, EOFError, wave.Error):
        return ["não é um arquivo WAV"]
    return [] if has == (RATE, 1, 16) else [f"{has[0]} Hz, {has[1]} canal(is), {has[2]} bits"]


def faults(file: Path, said: str, pace: Pace) -> list[str]:
    """What a listener would notice of a recording of ours: level, silence around it, clicks, pace."""
    if broken := unplayable(file):
        return broken
    try:
        recording = sound.load(file)
    except SoundFailed as failed:
        return [str(failed)]
    lead, tail = sound.edges(recording)
    least = pace.seconds(said)
    found: Mapping[str, bool] = {
        f"level {sound.speech_level(recording):.1f} dBFS": abs(sound.speech_level(recording) - LEVEL)
        > LEVEL_MAY_DIFFER,
        f"peak {recording.max_dBFS:.1f} dBFS": recording.max_dBFS > PEAK + PEAK_MAY_DIFFER,
        f"{lead} ms before": lead > LONGEST_LEAD,
        f"{tail} ms after": tail > LONGEST_TAIL and recording.duration_seconds > least + 0.01,
        "begins or ends with a click": any(abs(sample) > 300 for sample in (*_samples(recording),)),
        f"{60 * words(said) / recording.duration_seconds:.0f} words a minute": recording.duration_seconds
        < least - 0.01,
    }
    return [fault for fault, is_so in found.items() if is_so]


def _samples(recording: AudioSegment) -> tuple[int, int]:
    """The first and the last sample."""
    samples = recording.get_array_of_samples()
    return samples[0], samples[-1]
