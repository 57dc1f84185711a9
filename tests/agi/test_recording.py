"""What a caller speaks: recorded until a key, silence or the end of time; a hang-up keeps it."""

import pytest

from agi.call import CallerHungUp
from agi.disc import write_recording
from agi.phone import AtOnce, FakeSounds, HangUp, Silence, Speaks, fake_call
from agi.recording import finish_recording


def test_a_recording_ends_by_a_key(tmp_path):
    recording = fake_call(Speaks(3, "#")).record(tmp_path / "note", "a/speak", seconds=60)
    assert (recording.path, recording.seconds, recording.key) == (tmp_path / "note.wav", 3, "#")


def test_a_recording_ends_by_silence(tmp_path):
    recording = fake_call(Speaks(3, "")).record(tmp_path / "note", "a/speak", seconds=60)
    assert (recording.seconds, recording.key) == (4, "")


def test_a_recording_ends_when_its_time_is_over(tmp_path):
    recording = fake_call(Speaks(90, "#")).record(tmp_path / "note", "a/speak", seconds=10)
    assert (recording.seconds, recording.key) == (10, "")


@pytest.mark.parametrize("key", "*0")
def test_back_and_a_person_end_it_as_well(tmp_path, key):
    assert fake_call(Speaks(2, key)).record(tmp_path / "note", seconds=60).key == key


@pytest.mark.parametrize("key", "*0")
def test_back_and_a_person_are_reached_from_the_prompt(tmp_path, key):
    call = fake_call(AtOnce(key))
    recording = call.record(tmp_path / "note", "a/speak", seconds=60)
    assert (recording.path, recording.key) == (None, key)
    assert not any(command.startswith("RECORD") for command in call.commands)


def test_who_knows_the_prompt_goes_on_to_the_beep(tmp_path):
    call = fake_call(AtOnce("#"), Speaks(2))
    assert call.record(tmp_path / "note", "a/speak", seconds=60).seconds == 2
    assert call.heard == ["a/speak", "beep"]


def test_silence_is_no_recording(tmp_path):
    recording = fake_call(Silence()).record(tmp_path / "note", "a/speak", seconds=60)
    assert (recording.path, recording.seconds) == (None, 0)
    assert list(tmp_path.iterdir()) == []


def test_a_hang_up_keeps_what_was_said(tmp_path):
    kept = []
    with pytest.raises(CallerHungUp):
        fake_call(HangUp(after=2)).record(tmp_path / "note", "a/speak", seconds=60, if_hung_up=kept.append)
    assert [(one.path, one.seconds, one.hung_up) for one in kept] == [(tmp_path / "note.wav", 2, True)]
    assert (tmp_path / "note.wav").exists()


def test_a_hang_up_before_a_word_keeps_nothing(tmp_path):
    kept = []
    with pytest.raises(CallerHungUp):
        fake_call(hang_up_at=1).record(tmp_path / "note", seconds=60, if_hung_up=kept.append)
    assert kept == []


def test_an_unfinished_recording_has_another_name(tmp_path):
    call = fake_call(Speaks(1))
    call.record(tmp_path / "note", seconds=60)
    assert f'"{tmp_path}/note.tmp" wav' in call.commands[-1]
    assert [file.name for file in tmp_path.iterdir()] == ["note.wav"]


def test_a_place_nobody_can_write_to_is_no_recording(tmp_path):
    (tmp_path / "file").touch()
    recording = fake_call(Speaks(1), shelf=FakeSounds()).record(tmp_path / "note", seconds=60)
    assert recording.seconds == 1
    assert finish_recording(tmp_path / "nowhere" / "note", "#").path is None


def test_the_length_is_that_of_the_file_and_not_of_its_header(tmp_path):
    file = write_recording(str(tmp_path / "note.tmp"), 5, 5)
    data = bytearray(file.read_bytes())
    data[40:44] = b"\0\0\0\0"  # Asterisk writes it when it closes the file
    file.write_bytes(data)
    assert finish_recording(tmp_path / "note", "").seconds == 5
