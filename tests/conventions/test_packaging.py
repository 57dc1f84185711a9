"""What is installed is what is locked, and what is here is what is packed."""

import configparser
import fnmatch
import re
from importlib import metadata

import pytest

from clinic.settings import Settings, variable
from tests.conventions import house

LOCKS = house.ROOT / "requirements"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def setup():
    read = configparser.ConfigParser()
    read.read(house.ROOT / "setup.cfg", "utf-8")
    return read


def pinned(lock):
    """Every name of a lock file with its version; several where it depends on Python's."""
    found = {}
    for name, version in PINNED.findall((LOCKS / f"{lock}.txt").read_text("utf-8")):
        found.setdefault(name, set()).add(version)
    return found


def listed(section, key):
    return [line for line in setup()[section][key].splitlines() if line]


def installed(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def test_the_locked_versions_are_installed():
    """What is pinned for another Python or system alone is not installed here."""
    here = {name: found for name in pinned("test") if (found := installed(name))}
    assert len(here) > len(pinned("test")) * 3 / 4
    assert {name: found for name, found in here.items() if found not in pinned("test")[name]} == {}


@pytest.mark.parametrize("lock", ["test", "voice", "web", "worker"])
def test_all_locks_agree_with_what_runs(lock):
    run, other = pinned("run"), pinned(lock)
    assert run
    assert {name: other.get(name) for name in run} == run


@pytest.mark.parametrize("lock", ["build", "run", "test", "voice", "web", "worker", "gtts"])
def test_every_locked_file_has_its_hash(lock):
    text = (LOCKS / f"{lock}.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_package_is_listed():
    found = {
        str(path.parent.relative_to(house.ROOT)).replace("/", ".") for path in house.tracked() if _is_package(path)
    }
    assert found == set(listed("options", "packages"))


def _is_package(path):
    return path.name == "__init__.py" and path.relative_to(house.ROOT).parts[0] in house.ROOMS


def test_every_file_that_is_no_module_is_packed():
    patterns = {room: listed("options.package_data", room) for room in setup()["options.package_data"]}
    left_out = [str(path.relative_to(house.ROOT)) for path in house.tracked() if not _is_packed(path, patterns)]
    assert left_out == []


def _is_packed(path, patterns):
    inside = path.relative_to(house.ROOT)
    if inside.parts[0] not in house.ROOMS or path.suffix == ".py":
        return True
    rooms = {room: house.ROOT / room.replace(".", "/") for room in patterns}
    return any(
        fnmatch.fnmatch(str(path.relative_to(folder)), pattern)
        for room, folder in rooms.items()
        if path.is_relative_to(folder)
        for pattern in patterns[room]
    )


def test_the_readme_knows_every_setting():
    told = set(re.findall(r"^\| `(ALO_[A-Z_]+)` ", (house.ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert told == {variable(name) for name in Settings.model_fields}


def test_the_python_versions_agree():
    assert setup()["options"]["python_requires"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info < (3, 14)" in (house.ROOT / "Makefile").read_text("utf-8")


def test_what_the_readme_points_to_is_there():
    text = (house.ROOT / "README.md").read_text("utf-8")
    places = [place for place in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in place]
    assert places
    assert [place for place in places if not (house.ROOT / place).exists()] == []
