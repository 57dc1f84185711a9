from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from prompts import build, manifest, sound
from prompts.build import Task, make, stale
from prompts.names import name_id
from prompts.render import NORMAL, SLOW
from tests.prompts.voice import Humming

TEXTS = {"common/yes": "Sim.", "common/no": "Não."}
VOICE = "humming 1"


def record_all(folder: Path, texts: dict[str, str] = TEXTS, voice: str | None = VOICE) -> list[Task]:
    tasks = stale(texts, folder, voice)
    return list(build.build(tasks, folder, map(partial(make, folder=folder, voice=Humming), tasks)))


def test_everything_is_recorded_at_both_paces(tmp_path: Path) -> None:
    record_all(tmp_path)
    found = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.glob("*/*/*.wav"))
    assert found == ["normal/common/no.wav", "normal/common/yes.wav", "slow/common/no.wav", "slow/common/yes.wav"]


def test_what_is_recorded_is_not_recorded_again(tmp_path: Path) -> None:
    record_all(tmp_path)
    assert record_all(tmp_path) == []


def test_only_what_changed_is_recorded_again(tmp_path: Path) -> None:
    record_all(tmp_path)
    assert {task.key for task in stale({**TEXTS, "common/no": "Nunca."}, tmp_path)} == {
        "normal/common/no",
        "slow/common/no",
    }


def test_a_deleted_recording_is_made_again(tmp_path: Path) -> None:
    record_all(tmp_path)
    (tmp_path / "slow/common/yes.wav").unlink()
    assert [task.key for task in record_all(tmp_path)] == ["slow/common/yes"]


def test_another_voice_records_all_again_but_an_installed_one_is_never_stale(tmp_path: Path) -> None:
    record_all(tmp_path)
    assert len(stale(TEXTS, tmp_path, "kokoro 2")) == 4
    assert stale(TEXTS, tmp_path) == []


def test_a_build_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    def cut_off(tasks: list[Task]) -> Iterator[tuple[str, manifest.Made]]:
        yield make(tasks[0], tmp_path, Humming)
        raise KeyboardInterrupt

    tasks = stale(TEXTS, tmp_path, VOICE)
    with pytest.raises(KeyboardInterrupt):
        list(build.build(tasks, tmp_path, cut_off(tasks)))
    assert stale(TEXTS, tmp_path, VOICE) == tasks[1:]


def test_pauses_are_doubled_in_slow_mode(tmp_path: Path) -> None:
    for pace in (NORMAL, SLOW):
        make(Task("pause/300", "", pace), tmp_path, Humming)
    assert sound.load(tmp_path / "normal/pause/300.wav").duration_seconds == pytest.approx(0.3)
    assert sound.load(tmp_path / "slow/pause/300.wav").duration_seconds == pytest.approx(0.6)


def test_names_may_say_how_they_are_pronounced(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Noah Leite|Nôa Leite\n\nMarina Corrêa\n", "utf-8")
    assert build.demo_names(tmp_path / "names.txt") == {
        name_id("Noah Leite"): "Nôa Leite.",
        name_id("Marina Corrêa"): "Marina Corrêa.",
    }


def test_the_command_records_with_the_voice_that_is_always_there(tmp_path: Path) -> None:
    arguments = ["--voice", "espeak", "--folder", str(tmp_path), "--only", "digit/6", "pause/300"]
    assert build.main(arguments) == 0
    assert sound.load(tmp_path / "normal/digit/6.wav").duration_seconds >= 0.4
    assert set(manifest.read(tmp_path)) == {
        f"{pace}/{prompt_id}" for pace in ("normal", "slow") for prompt_id in ("digit/6", "pause/300")
    }


def test_a_voice_that_is_not_installed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--voice", "gtts", "--folder", str(tmp_path)]) == 1
    assert "pip install" in capsys.readouterr().err


def test_the_list_shows_text_and_place_of_every_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--list"]) == 0
    assert "digit/6\tmeia\tagi/speech.py" in capsys.readouterr().out.splitlines()


def test_a_prompt_that_nobody_wrote_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert build.main(["--voice", "espeak", "--folder", str(tmp_path), "--only", "common/nothing"]) == 1
    assert "common/nothing" in capsys.readouterr().err


def test_what_nobody_plays_any_more_is_deleted_and_what_others_recorded_stays(tmp_path: Path) -> None:
    record_all(tmp_path)
    (tmp_path / "normal/common/own.wav").touch()
    assert build.forget({"common/yes"}, tmp_path) == ["normal/common/no", "slow/common/no"]
    assert sorted(file.name for file in tmp_path.glob("*/*/*.wav")) == ["own.wav", "yes.wav", "yes.wav"]
