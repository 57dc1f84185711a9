"""Fixtures for every room: a small clinic on SQLite, new for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import migrate
from tests.clinic.small_clinic import SmallClinic, same_clinic, small_clinic


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> SmallClinic:
    """The small clinic, made once a worker; only its file is used."""
    path = tmp_path_factory.mktemp("clinic") / "template.sqlite"
    url = f"sqlite:///{path}"
    migrate.upgrade(url)
    small = small_clinic(url)
    small.database.close()
    return small


@pytest.fixture
def clinic(clinic_template: SmallClinic, tmp_path: Path) -> Iterator[SmallClinic]:
    """A small clinic of one's own (see tests/clinic/small_clinic.py)."""
    path = tmp_path / "clinic.sqlite"
    shutil.copy(str(clinic_template.database.url.database), path)
    small = same_clinic(clinic_template, f"sqlite:///{path}", tmp_path / "spool")
    yield small
    small.database.close()
