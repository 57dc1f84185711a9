"""What an installation may set, and what it is told when it sets something wrong."""

import os
from pathlib import Path

import pytest

from clinic import settings
from clinic.settings import BadSettings, Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in [name for name in os.environ if name.startswith("ALO_")]:
        monkeypatch.delenv(name)
    return monkeypatch.setenv


def problems():
    with pytest.raises(BadSettings) as caught:
        settings.load()
    return caught.value.problems


def test_nothing_needs_to_be_set():
    found = settings.load()
    assert (found.agi_port, found.web_port, found.database_url) == (4573, 8000, "sqlite:///var/alo.sqlite")


def test_the_environment_sets(bare):
    bare("ALO_AGI_PORT", "5000")
    assert settings.load().agi_port == 5000


def test_a_named_file_sets(bare, tmp_path):
    (tmp_path / "secret").write_text("xyz\n")
    bare("ALO_AMI_SECRET_FILE", str(tmp_path / "secret"))
    assert settings.load().ami_secret.get_secret_value() == "xyz"


def test_value_and_file_together_are_refused(bare, tmp_path):
    bare("ALO_AMI_SECRET", "a")
    bare("ALO_AMI_SECRET_FILE", str(tmp_path))
    assert problems() == ("ALO_AMI_SECRET e ALO_AMI_SECRET_FILE estão definidas: deixe só uma das duas.",)


def test_a_missing_file_is_named(bare):
    bare("ALO_DATABASE_URL_FILE", "/nowhere/url")
    assert "/nowhere/url" in problems()[0]


def test_a_file_that_is_no_text_is_named(bare, tmp_path):
    (tmp_path / "raw").write_bytes(b"\xff\xfe\x00")
    bare("ALO_AMI_SECRET_FILE", str(tmp_path / "raw"))
    assert "não é um texto" in problems()[0]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("AGI_PORT", "abc", "número inteiro"),
        ("AGI_PORT", "0", "menor valor é 1"),
        ("WEB_PORT", "70000", "maior valor é 65535"),
        ("DEMO", "talvez", "use 1 (sim) ou 0 (não)"),
        ("LOG_LEVEL", "LOUD", "'INFO', 'WARNING' ou 'ERROR'"),
        ("DATABASE_URL", "postgres://x", "mysql+pymysql://"),
    ],
)
def test_a_wrong_value_is_told_in_portuguese(bare, name, value, says):
    bare(f"ALO_{name}", value)
    [line] = problems()
    assert line.startswith(f"ALO_{name}: ")
    assert says in line


def test_all_wrong_values_are_told_at_once(bare):
    bare("ALO_AGI_PORT", "x")
    bare("ALO_WEB_PORT", "y")
    assert len(problems()) == 2


@pytest.mark.parametrize("scheme", ["mysql", "mariadb", "mysql+pymysql"])
def test_mysql_is_spoken_through_pymysql(scheme):
    assert Settings(database_url=f"{scheme}://u@h/d").database_url == "mysql+pymysql://u@h/d"


def test_the_clinics_own_recordings_come_first(bare):
    bare("ALO_PROMPTS_DIR", "/own:/other")
    folders = settings.load().prompt_folders
    assert folders[:2] == (Path("/own"), Path("/other"))
    assert folders[2:] == (settings.SHIPPED_SOUNDS, Path.cwd() / "var/spool/names")


def test_no_secret_is_shown():
    shown = repr(Settings(database_url="mysql://u:hidden@h/d", ami_secret="hidden", secret_key="hidden"))
    assert "hidden" not in shown


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())


def test_settings_can_be_handed_to_a_script(bare):
    given = Settings(ami_secret="xyz", demo=True, prompts_dir="/a:/b", agi_port=5000)
    for name, value in settings.as_environment(given).items():
        bare(name, value)
    assert settings.load() == given
