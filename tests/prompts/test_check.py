import shutil
from functools import partial
from pathlib import Path

import pytest

from prompts import build, check, sound
from prompts.render import NORMAL
from prompts.shelf import wav_file
from prompts.sound import Sound
from tests.prompts.voice import RATE, Humming, still, tone

TEXTS = {"common/yes": "Sim.", "pause/150": ""}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every recording of TEXTS."""
    folder = tmp_path_factory.mktemp("sounds")
    tasks = build.stale(TEXTS, folder)
    list(build.build(tasks, folder, map(partial(build.make, folder=folder, voice=Humming), tasks)))
    return folder


@pytest.fixture
def shipped(recorded: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    return Path(shutil.copytree(recorded, tmp_path / "sounds"))


def told(texts: dict[str, str], *folders: Path) -> list[tuple[str, str]]:
    return [(one.state, one.text) for one in check.recorded(texts, folders, folders[-1])]


def test_all_is_well_when_everything_is_recorded(recorded: Path) -> None:
    assert told(TEXTS, recorded) == [("ok", "2 avisos gravados, na velocidade normal e na lenta")]


def test_a_missing_recording_is_named_with_the_remedy(shipped: Path) -> None:
    (finding,) = check.recorded({**TEXTS, "common/no": "Não."}, [shipped], shipped)
    assert (finding.state, finding.text, finding.remedy) == (
        "wrong",
        "1 sem gravação: common/no",
        "Grave: make voice",
    )


def test_many_missing_recordings_are_counted(shipped: Path) -> None:
    more = {f"common/n{n}": "Não." for n in range(9)}
    ((_, text),) = told({**TEXTS, **more}, shipped)
    assert text == "9 sem gravação: common/n0, common/n1, common/n2, common/n3, common/n4 e mais 4"


def test_a_recording_of_another_text_is_named(shipped: Path) -> None:
    assert told({**TEXTS, "common/yes": "Isso."}, shipped) == [("wrong", "1 com gravação de outro texto: common/yes")]


def test_the_clinics_own_recording_counts_but_must_be_playable(recorded: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    sound.silence(100).set_frame_rate(44100).export(_made(own / "normal/common/yes"), format="wav")
    ((state, text),) = told(TEXTS, own, recorded)
    assert state == "wrong"
    assert text.endswith("yes.wav: 44100 Hz, 1 canal(is), 16 bits")


def test_a_catalogue_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "common.toml").write_text("[yes]")
    (finding,) = check.findings([tmp_path], tmp_path)
    assert "common.toml" in finding.text


def test_a_good_recording_has_no_faults(recorded: Path) -> None:
    assert check.faults(wav_file(recorded / "normal/common/yes"), "Sim.", NORMAL) == []


@pytest.mark.parametrize(
    ("samples", "fault"),
    [
        (still(0.03) + tone(0.5, loudness=0.01) + still(0.08), "level -4"),
        (still(0.03) + tone(0.5, loudness=0.8) + still(0.08), "peak -"),
        (still(0.2) + tone(0.5) + still(0.08), "200 ms before"),
        (still(0.03) + tone(0.5) + still(0.5), "500 ms after"),
        (tone(0.5 + 0.25 / 440), "click"),
        (still(0.03) + tone(0.1) + still(0.05), "words a minute"),
    ],
)
def test_what_a_listener_would_notice_is_a_fault(tmp_path: Path, samples: bytes, fault: str) -> None:
    made = sound.segment(Sound(samples, RATE)).set_frame_rate(8000)
    sound.save(made, wav_file(tmp_path / "a"))
    assert any(fault in one for one in check.faults(wav_file(tmp_path / "a"), "Sim.", NORMAL))


def test_what_is_no_recording_is_a_fault(tmp_path: Path) -> None:
    _made(tmp_path / "a").write_text("no sound")
    assert check.faults(wav_file(tmp_path / "a"), "Sim.", NORMAL) == ["não é um arquivo WAV"]


def _made(stem: Path) -> Path:
    stem.parent.mkdir(parents=True, exist_ok=True)
    return wav_file(stem)
