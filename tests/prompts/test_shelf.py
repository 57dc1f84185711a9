import wave
from pathlib import Path

import pytest

from prompts.shelf import Shelf, wav_file


def recording(folder: Path, pace: str, prompt_id: str, seconds: float = 0.5) -> Path:
    file = wav_file(folder / pace / prompt_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(int(seconds * 8000) * 2))
    return file


def test_a_recording_is_found_by_its_absolute_path_without_ending(tmp_path: Path) -> None:
    recording(tmp_path, "normal", "common/good-bye")
    assert Shelf([tmp_path]).find("common/good-bye") == tmp_path / "normal/common/good-bye"


def test_the_clinics_own_recording_comes_first(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    recording(own, "normal", "common/a")
    for prompt_id in ("common/a", "common/b"):
        recording(shipped, "normal", prompt_id)
    shelf = Shelf([own, shipped])
    assert shelf.find("common/a") == own / "normal/common/a"
    assert shelf.find("common/b") == shipped / "normal/common/b"


def test_slow_mode_falls_back_to_the_normal_pace(tmp_path: Path) -> None:
    recording(tmp_path, "normal", "common/a")
    recording(tmp_path, "slow", "common/b")
    shelf = Shelf([tmp_path])
    assert shelf.find("common/a", slow=True) == tmp_path / "normal/common/a"
    assert shelf.find("common/b", slow=True) == tmp_path / "slow/common/b"


def test_an_own_voice_is_kept_in_slow_mode(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    recording(own, "normal", "common/a")
    recording(shipped, "slow", "common/a")
    assert Shelf([own, shipped]).find("common/a", slow=True) == own / "normal/common/a"


def test_a_name_recorded_while_the_telephone_runs_is_found(tmp_path: Path) -> None:
    shelf = Shelf([tmp_path])
    assert not shelf.has("name/0123456789abcdef")
    recording(tmp_path, "normal", "name/0123456789abcdef")
    assert shelf.has("name/0123456789abcdef")


@pytest.mark.parametrize("bad", ["../secret/x", "a/../b", "/etc/passwd", "a", "a/b/c", "a/b&c", "a/b,c", "a/b\n", ""])
def test_an_id_never_leaves_its_folder(tmp_path: Path, bad: str) -> None:
    assert Shelf([tmp_path]).find(bad) is None


def test_a_recording_tells_its_length_at_each_pace(tmp_path: Path) -> None:
    recording(tmp_path, "normal", "common/a", 0.5)
    recording(tmp_path, "slow", "common/a", 0.75)
    shelf = Shelf([tmp_path])
    assert (shelf.seconds("common/a"), shelf.seconds("common/a", slow=True)) == (0.5, 0.75)


def test_what_is_missing_or_broken_lasts_no_time(tmp_path: Path) -> None:
    recording(tmp_path, "normal", "common/a").write_bytes(b"RIFF")
    shelf = Shelf([tmp_path])
    assert (shelf.seconds("common/a"), shelf.seconds("common/b")) == (0.0, 0.0)
