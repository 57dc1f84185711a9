from pathlib import Path

import numpy
import pytest

from prompts import sound
from prompts.sound import Sound, SoundFailed
from tests.prompts.voice import RATE, still, tone


def spoken(*parts: bytes) -> Sound:
    return Sound(b"".join(parts), RATE)


def spectrum(recording: sound.AudioSegment) -> tuple[numpy.ndarray, numpy.ndarray]:
    samples = numpy.array(recording.get_array_of_samples(), dtype=float)
    power = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples)))) ** 2
    return numpy.fft.rfftfreq(len(samples), 1 / recording.frame_rate), power


def test_a_recording_is_8_khz_mono_16_bits() -> None:
    made = sound.telephone(spoken(tone(0.5)))
    assert (made.frame_rate, made.channels, made.sample_width) == (8000, 1, 2)


@pytest.mark.parametrize("hertz", [4500, 5000, 6000, 7500])
def test_what_is_above_the_telephone_does_not_fold_back_into_the_speech(hertz: int) -> None:
    mixed = numpy.frombuffer(tone(1, 700), "<i2") + numpy.frombuffer(tone(1, hertz), "<i2")
    frequency, power = spectrum(sound.telephone(Sound(mixed.astype("<i2").tobytes(), RATE)))
    folded = power[abs(frequency - (8000 - hertz)) < 50].sum()
    assert 10 * numpy.log10(folded / power.sum()) < -60


def test_rumble_and_direct_current_are_removed() -> None:
    samples = numpy.frombuffer(tone(1, 700), "<i2") + 3000 + numpy.frombuffer(tone(1, 30), "<i2") // 2
    frequency, power = spectrum(sound.telephone(Sound(samples.astype("<i2").tobytes(), RATE)))
    assert 10 * numpy.log10(power[frequency < 50].sum() / power.sum()) < -40


@pytest.mark.parametrize("loudness", [0.01, 0.1, 0.9])
def test_every_recording_has_one_level(loudness: float) -> None:
    made = sound.telephone(spoken(still(0.3), tone(0.4, loudness=loudness), still(0.2), tone(0.4, loudness=loudness)))
    assert sound.speech_level(made) == pytest.approx(-20, abs=1)


def test_a_loud_syllable_stays_below_the_peak() -> None:
    made = sound.telephone(spoken(tone(1, loudness=0.03), tone(0.03, loudness=0.9), tone(1, loudness=0.03)))
    assert made.max_dBFS <= -2.9


def test_silence_around_the_speech_is_trimmed() -> None:
    before, after = sound.edges(sound.telephone(spoken(still(0.7), tone(0.5), still(1.5))))
    assert (before, after) == (pytest.approx(30, abs=10), pytest.approx(80, abs=15))


def test_silence_is_added_where_the_voice_left_none() -> None:
    before, after = sound.edges(sound.telephone(spoken(tone(0.5))))
    assert (before, after) == (pytest.approx(30, abs=10), pytest.approx(80, abs=15))


def test_a_recording_neither_begins_nor_ends_with_a_click() -> None:
    samples = sound.telephone(spoken(tone(0.5))).get_array_of_samples()
    assert max(map(abs, [*samples[:4], *samples[-4:]])) < 50


def test_nothing_stays_nothing() -> None:
    assert sound.telephone(spoken(still(0.5))).max == 0


@pytest.mark.parametrize("factor", [0.7, 0.9, 1.05])
def test_a_recording_is_stretched_at_the_same_pitch(factor: float) -> None:
    made = sound.tempo(sound.telephone(spoken(tone(1, 700))), factor)
    frequency, power = spectrum(made)
    assert made.duration_seconds == pytest.approx(1.11 / factor, rel=0.03)
    assert frequency[power.argmax()] == pytest.approx(700, abs=10)


def test_a_recording_is_lengthened_by_silence_and_never_shortened() -> None:
    made = sound.telephone(spoken(tone(0.5)))
    assert sound.lengthen(made, 2.0).duration_seconds == pytest.approx(2.0, abs=0.001)
    assert sound.lengthen(made, 0.1) == made


def test_what_comes_before_the_gap_is_kept() -> None:
    kept = sound.telephone(sound.before_gap(spoken(tone(0.4), still(0.1), tone(0.3, 900))))
    assert kept.duration_seconds == pytest.approx(0.5, abs=0.08)


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "common" / "a.wav"
    sound.save(sound.silence(100), file)
    assert [one.name for one in file.parent.iterdir()] == ["a.wav"]
    assert sound.load(file).duration_seconds == pytest.approx(0.1)


def test_what_is_no_wav_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"ID3")
    with pytest.raises(SoundFailed, match="not a WAV"):
        sound.load(tmp_path / "a.wav")


@pytest.mark.parametrize(("command", "why"), [(["no-such-program"], "not installed"), (["false"], "failed")])
def test_a_program_that_is_missing_or_fails_is_told(command: list[str], why: str) -> None:
    with pytest.raises(SoundFailed, match=why):
        sound.run(command)
