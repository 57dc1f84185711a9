"""Fixtures for every room: a small clinic, new for each test, on SQLite or on each database we support."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.clinic.small_clinic import SmallClinic
from tests.clinic.templates import Templates

# The same examples each time, however long a busy machine takes for one.
settings.register_profile("alo", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("alo")

SERVERS = [pytest.param(name, marks=pytest.mark.live) for name in ("mariadb", "mysql")]


@pytest.fixture(scope="session")
def clinic_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """See Templates."""
    return Templates(tmp_path_factory.mktemp("clinic"))


@pytest.fixture
def clinic(clinic_templates: Templates, tmp_path: Path) -> Iterator[SmallClinic]:
    """A small clinic of one's own on SQLite (see tests/clinic/small_clinic.py)."""
    small = clinic_templates.copy("sqlite", tmp_path)
    yield small
    small.database.close()


@pytest.fixture(params=["sqlite", *SERVERS])
def any_clinic(request: pytest.FixtureRequest, clinic_templates: Templates, tmp_path: Path) -> Iterator[SmallClinic]:
    """The same on each database: SQLite, MariaDB and MySQL."""
    small = clinic_templates.copy(request.param, tmp_path)
    yield small
    small.database.close()


@pytest.fixture(params=SERVERS)
def served_clinic(request: pytest.FixtureRequest, clinic_templates: Templates, tmp_path: Path) -> Iterator[SmallClinic]:
    """The same on MariaDB and MySQL, where many write at once."""
    small = clinic_templates.copy(request.param, tmp_path)
    yield small
    small.database.close()
