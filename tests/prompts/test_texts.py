from pathlib import Path

import pytest

from prompts.names import name_id
from prompts.texts import BadCatalogue, Catalogue, Line, names_by_id, where_used


def catalogue(folder: Path, **files: str) -> Catalogue:
    for subject, content in files.items():
        (folder / f"{subject}.toml").write_text(content, "utf-8")
    return Catalogue.load(folder)


def test_a_fixed_sentence_is_known_by_file_and_key(tmp_path: Path) -> None:
    texts = catalogue(tmp_path, common='[good-bye]\ntext = "Até logo."')
    assert texts.text("common/good-bye") == "Até logo."
    assert texts.fixed == {"common/good-bye"}


def test_the_voice_may_be_given_other_words_than_the_screen(tmp_path: Path) -> None:
    texts = catalogue(tmp_path, common='[cpf]\ntext = "CPF"\nspoken = "cê pê efe"')
    assert texts.lines["common/cpf"] == Line("CPF", "cê pê efe")


@pytest.mark.parametrize(
    "wrong", ["[a]", '[a]\ntext = " "', "[a]\ntext = 1", "a = 1", '[A_b]\ntext = "x"', "[a", '["../a"]\ntext = "x"']
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(BadCatalogue, match=r"common\.toml"):
        catalogue(tmp_path, common=wrong)


def test_a_sentence_does_not_take_the_name_of_a_number(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="number/1"):
        catalogue(tmp_path, number='[1]\ntext = "hum"')


def test_pieces_are_shown_as_one_sentence(tmp_path: Path) -> None:
    texts = catalogue(tmp_path, booking='[with]\ntext = "com a doutora"')
    ids = ["weekday/3", "pause/150", "booking/with", name_id("Marina Corrêa"), "x/unknown"]
    shown = texts.sentence(ids, names_by_id(["Marina Corrêa"]))
    assert shown == "quinta-feira, com a doutora Marina Corrêa …"


def test_where_a_prompt_is_used_is_read_from_the_sources(tmp_path: Path) -> None:
    (tmp_path / "agi").mkdir()
    (tmp_path / "agi/menu.py").write_text('\ncall.play("common/yes")  # not common/yes-or-no\n')
    (tmp_path / "dialplan").mkdir()
    (tmp_path / "dialplan/a.conf").write_text("same => n,Playback(${ALO_SOUNDS}/normal/common/sorry)\n")
    used = where_used(["common/yes", "common/yes-or", "common/sorry"], tmp_path)
    assert used == {"common/yes": ["agi/menu.py:2"], "common/yes-or": [], "common/sorry": ["dialplan/a.conf:1"]}


def test_a_name_has_one_id_however_its_accents_are_encoded() -> None:
    assert name_id("Corrêa") == name_id("Corre\u0302a") == name_id("  Corrêa ")
    assert name_id("Correa") != name_id("Corrêa")
