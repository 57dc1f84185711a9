from pathlib import Path

import pytest

from prompts import render, sound
from prompts.names import name_id
from prompts.render import NORMAL, PACES, SLOW, Pace, as_spoken, speak
from tests.prompts.voice import Humming

LONG = "Para falar com uma pessoa, tecle zero a qualquer momento."


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("text", ["um dois três quatro", LONG, f"{LONG} {LONG}", "Bom dia."])
def test_nothing_is_said_too_fast(pace: Pace, text: str) -> None:
    said = as_spoken(text)
    minutes = speak(said, pace, Humming()).duration_seconds / 60
    assert render.words(said) / minutes <= pace.words_a_minute * 1.01


def test_slow_mode_is_slower() -> None:
    slow, normal = (speak(LONG, pace, Humming()).duration_seconds for pace in (SLOW, NORMAL))
    assert slow > normal * 1.15


def test_sentences_stand_apart() -> None:
    recording = speak("Um momento. Até logo.", NORMAL, Humming())
    levels = sound.frames(recording, 10)
    quiet = "".join("." if level < -60 else "#" for level in levels).strip(".")
    assert max(map(len, quiet.split("#"))) >= 20


def test_the_voice_itself_never_drawls() -> None:
    voice = Humming()
    speak(LONG, SLOW, voice)
    assert min(speed for _, speed in voice.asked) >= SLOW.slowest


def test_a_word_too_short_to_be_said_alone_is_cut_out_of_more() -> None:
    voice = Humming()
    short = speak("um.", NORMAL, voice)
    assert {text for text, _ in voice.asked} == {"um, dois."}
    assert short.duration_seconds < speak("um dois.", NORMAL, Humming()).duration_seconds


@pytest.mark.parametrize(
    ("text", "said"), [("com a doutora", "com a doutora."), ("Qual?", "Qual?"), ("O código é:", "O código é:")]
)
def test_a_text_is_ended_for_the_voice(text: str, said: str) -> None:
    assert as_spoken(text) == said


def test_a_name_is_recorded_at_both_paces_once(tmp_path: Path) -> None:
    voice = Humming()
    render.render_name("Marina Corrêa", tmp_path, voice)
    asked = len(voice.asked)
    render.render_name("Marina Corrêa", tmp_path, voice)
    assert (tmp_path / "normal" / f"{name_id('Marina Corrêa')}.wav").is_file()
    assert (tmp_path / "slow" / f"{name_id('Marina Corrêa')}.wav").is_file()
    assert len(voice.asked) == asked


def test_names_are_recorded_by_the_best_voice_here(tmp_path: Path) -> None:
    render.renderer(tmp_path, tmp_path / "cache")("Otávio Brandão")
    assert len(list(tmp_path.glob("*/name/*.wav"))) == 2
