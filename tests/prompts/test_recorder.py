"""Names are recorded while the clinic works, unless their recording is there."""

from prompts.names import name_id
from prompts.recorder import recorder


def test_a_name_whose_recording_is_there_is_not_recorded_again(tmp_path):
    file = tmp_path / "own" / "normal" / f"{name_id('Marina Corrêa')}.wav"
    file.parent.mkdir(parents=True)
    file.touch()
    record = recorder([tmp_path / "own"], tmp_path / "names")
    assert record("Marina Corrêa")
    assert not (tmp_path / "names").exists()


def test_a_new_name_can_be_played_afterwards(tmp_path):
    record = recorder([tmp_path / "names"], tmp_path / "names")
    assert record("Ana")
    assert (tmp_path / "names" / "normal" / f"{name_id('Ana')}.wav").stat().st_size > 1000


def test_a_name_that_cannot_be_recorded_is_told_without_the_name(tmp_path, caplog):
    (tmp_path / "normal").write_text("no folder")
    assert not recorder([tmp_path], tmp_path)("Otávio Brandão")
    assert caplog.messages
    assert "Otávio" not in caplog.text
