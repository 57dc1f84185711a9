from pathlib import Path

import pytest

from prompts.build import demo_names, spoken_texts
from prompts.sound import SoundFailed
from prompts.texts import Catalogue
from prompts.voices import voices
from prompts.voices.espeak import Espeak, wav_sound
from prompts.voices.kokoro import LONGEST, TOKENS, Kokoro, parts, to_phonemes, voice_file


def test_espeak_speaks_and_slower_when_asked() -> None:
    normal, slow = (Espeak().say("Consulta marcada.", speed) for speed in (1.0, 0.7))
    assert normal.rate == 22050
    assert len(slow.samples) > len(normal.samples) * 1.2


def test_what_is_no_sound_is_told() -> None:
    with pytest.raises(SoundFailed):
        wav_sound(b"")


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("vinte e seis", "vˈiŋʧj i sˈAs"),
        ("de novembro,", "ʤy nˌovˈAmbrʊ,"),
        ("Sim. Não.", "sˈiŋ. nˈɐ̃ʊ̃."),
        ("quinta-feira", "kˈiŋtæfˈAɾæ"),
    ],
)
def test_phonemes_are_spelt_as_the_model_knows_them(text: str, sounds: str) -> None:
    assert to_phonemes(text) == sounds


def test_no_phoneme_of_any_prompt_is_unknown_to_the_model() -> None:
    said = {**spoken_texts(Catalogue.load()), **demo_names()}.values()
    words = sorted({word.strip(",;:.!?") for text in said for word in text.split()})
    assert set(to_phonemes(" ".join(words))) - set(TOKENS) == set()


def test_a_long_text_is_spoken_in_parts_the_model_can_take() -> None:
    sounds = "aba kada, " * 200
    assert max(map(len, parts(sounds))) <= LONGEST
    assert "".join(parts(sounds)).split() == sounds.split()


def test_a_text_without_end_is_ended_and_nothing_is_lost() -> None:
    assert list(parts("kˈiŋtæ")) == ["kˈiŋtæ."]


def test_a_voice_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pf_dora.bin").write_bytes(b"other")
    with pytest.raises(SoundFailed, match="not the one"):
        voice_file(tmp_path)


def test_a_voice_that_is_missing_says_the_remedy(tmp_path: Path) -> None:
    made = voices(tmp_path)["gtts"]
    with pytest.raises(SoundFailed, match=r"requirements/gtts\.txt"):
        made()


def test_the_natural_voice_is_the_first_choice(tmp_path: Path) -> None:
    assert next(iter(voices(tmp_path))) == "kokoro"
    assert Kokoro.name == "kokoro"
