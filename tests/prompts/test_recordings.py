"""The recordings that are shipped: complete, up to date, of one level and pace, understood after a telephone line."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy
import pytest

from prompts import check, manifest, sound
from prompts.build import demo_names, spoken_texts, stale
from prompts.numbers import PAUSES, texts
from prompts.render import NORMAL, PACES, SLOW, Pace, words
from prompts.shelf import SHIPPED, wav_file
from prompts.texts import Catalogue
from tests.prompts.listening import (
    Samples,
    after_a_line,
    band,
    decibels,
    distance,
    envelope,
    narrow,
    samples_of,
    traits,
)

TEXTS = {**spoken_texts(Catalogue.load()), **demo_names()}
VOWELS = re.compile(r"[aeiouáéíóúâêôãõà]+")
ONE_WORD = 1.0
"""Seconds a single word may take: a stressed syllable said alone, slowly, with the silence around it ("três", "é")."""
TOLD_APART = ("digit", "key", "weekday", "month", "day", "hour", "letter")
"""Subjects in which one word for another is a wrong patient or a missed visit."""
each_pace = pytest.mark.parametrize("pace", PACES, ids=lambda pace: pace.name)


def file_of(prompt_id: str, pace: Pace) -> Path:
    return wav_file(SHIPPED / pace.name / prompt_id)


def speech(pace: Pace) -> Mapping[str, Path]:
    """What is spoken; what is not recorded, or from another text, is told by one test of its own."""
    left_out = {task.prompt_id for task in stale(TEXTS, SHIPPED)} | PAUSES.keys()
    return {prompt_id: file_of(prompt_id, pace) for prompt_id in TEXTS if prompt_id not in left_out}


def those(pace: Pace, fault: Callable[[Samples], bool]) -> list[str]:
    """The prompts whose samples have a fault."""
    return [prompt_id for prompt_id, file in speech(pace).items() if fault(samples_of(file))]


def test_every_prompt_is_recorded_from_its_present_text() -> None:
    assert [task.key for task in stale(TEXTS, SHIPPED)] == []


def test_nothing_is_shipped_that_nobody_plays() -> None:
    files = {file.relative_to(SHIPPED).with_suffix("").as_posix() for file in SHIPPED.glob("*/*/*.wav")}
    assert files - {f"{pace.name}/{prompt_id}" for pace in PACES for prompt_id in TEXTS} == set()
    assert set(manifest.read(SHIPPED)) == files


def test_all_is_spoken_by_one_voice() -> None:
    assert len({made.voice for made in manifest.read(SHIPPED).values() if made.voice}) == 1


@each_pace
def test_every_recording_is_fit_for_the_telephone(pace: Pace) -> None:
    faults = {prompt_id: check.faults(file, TEXTS[prompt_id], pace) for prompt_id, file in speech(pace).items()}
    assert {prompt_id: found for prompt_id, found in faults.items() if found} == {}


@each_pace
def test_the_level_holds_after_a_line(pace: Pace) -> None:
    def drifts(samples: Samples) -> bool:
        heard = sound.segment(sound.Sound(after_a_line(samples).astype("<i2").tobytes(), sound.RATE))
        return abs(sound.speech_level(heard) - sound.LEVEL) > 4

    assert those(pace, drifts) == []


@each_pace
def test_the_rhythm_of_the_words_survives_a_line(pace: Pace) -> None:
    def blurs(samples: Samples) -> bool:
        return bool(numpy.corrcoef(envelope(samples), envelope(after_a_line(samples)))[0, 1] < 0.85)

    assert those(pace, blurs) == []


@each_pace
def test_a_law_adds_no_noise_that_is_heard(pace: Pace) -> None:
    def is_noisy(samples: Samples) -> bool:
        sent, heard = narrow(samples), after_a_line(samples)
        return decibels(sent) - decibels(sent - heard) < 35

    assert those(pace, is_noisy) == []


@pytest.mark.parametrize("subject", TOLD_APART)
def test_words_are_told_apart_after_a_line(subject: str) -> None:
    """Each slow recording, heard through a line, is most like the normal one of the same words."""
    ids = [prompt_id for prompt_id in texts() if prompt_id.startswith(f"{subject}/")]
    known = {prompt_id: traits(samples_of(file_of(prompt_id, NORMAL))) for prompt_id in ids}
    heard = {prompt_id: traits(after_a_line(samples_of(file_of(prompt_id, SLOW)))) for prompt_id in ids}
    taken_for = {said: min(ids, key=lambda one: distance(heard[said], known[one])) for said in ids}
    assert {said: taken for said, taken in taken_for.items() if said != taken} == {}


@each_pace
def test_nothing_is_left_above_the_telephones_band(pace: Pace) -> None:
    assert those(pace, lambda samples: decibels(band(samples, 3700, 4000)) > decibels(samples) - 40) == []


@each_pace
def test_every_recording_lasts_as_long_as_its_syllables(pace: Pace) -> None:
    def implausible(prompt_id: str) -> bool:
        syllables = len(VOWELS.findall(TEXTS[prompt_id].lower()))
        longest = 60 * words(TEXTS[prompt_id]) / pace.words_a_minute + 0.3 * syllables
        seconds = len(samples_of(file_of(prompt_id, pace))) / sound.RATE
        return not 0.1 * syllables <= seconds <= max(ONE_WORD, longest)

    assert [prompt_id for prompt_id in speech(pace) if implausible(prompt_id)] == []


@each_pace
def test_different_texts_sound_different(pace: Pace) -> None:
    said = defaultdict(set)
    for prompt_id, file in speech(pace).items():
        said[hashlib.sha256(file.read_bytes()).digest()].add(TEXTS[prompt_id])
    assert [same for same in said.values() if len(same) > 1] == []


def test_slow_is_slower() -> None:
    seconds = [sum(len(samples_of(file)) for file in speech(pace).values()) for pace in (NORMAL, SLOW)]
    assert seconds[1] > 1.1 * seconds[0]


def test_the_recordings_stay_small() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.rglob("*.wav")) < 40_000_000
