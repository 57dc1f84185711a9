"""What a page shows and sounds of a prompt."""

from prompts.readable import Readable
from prompts.shelf import Shelf
from prompts.texts import Catalogue

NAMES = {"0123456789abcdef": "Marina Corrêa"}


def readable(folder):
    return Readable(Shelf([folder]), Catalogue.load(), NAMES.get)


def test_the_words_of_a_prompt_are_shown(tmp_path):
    assert readable(tmp_path).text("weekday/3") == "quinta-feira"


def test_the_words_of_a_name_are_shown(tmp_path):
    assert readable(tmp_path).text("name/0123456789abcdef") == "Marina Corrêa"


def test_what_has_no_words_shows_none(tmp_path):
    assert [readable(tmp_path).text(one) for one in ("pause/300", "no/such", "name/unknown")] == ["", "", ""]


def test_the_recording_is_found_as_a_file(tmp_path):
    file = tmp_path / "normal" / "common" / "x.wav"
    file.parent.mkdir(parents=True)
    file.touch()
    assert readable(tmp_path).wav("common/x") == file
    assert readable(tmp_path).wav("common/y") is None
