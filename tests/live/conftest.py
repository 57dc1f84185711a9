"""Fixtures of the live tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.asterisk import Asterisk, start_asterisk
from tests.live.servers import DatabaseServer, start_mariadb, start_mysql
from tests.live.sounds import Sounds
from tests.live.standin import StandIn


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first live test of a session may have to install its server; all of them wait for prompts in real time."""
    for item in items:
        if item.get_closest_marker("live") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def mariadb() -> DatabaseServer:
    return start_mariadb()


@pytest.fixture(scope="session")
def mysql() -> DatabaseServer:
    return start_mysql()


@pytest.fixture(scope="session")
def asterisk() -> Asterisk:
    return start_asterisk()


@pytest.fixture(scope="session")
def sounds(asterisk: Asterisk) -> Sounds:
    """The folder of the clinic's own recordings, where Asterisk may read: prompts in it are made up when asked for."""
    return Sounds(Path(asterisk.prompts_dir.split(":")[0]))


@pytest.fixture
def standin(asterisk: Asterisk, sounds: Sounds, tmp_path: Path) -> Iterator[StandIn]:
    """A FastAGI server without a clinic, and Asterisk's dialplan pointed at it."""
    server = StandIn.start(sounds, tmp_path / "journal")
    asterisk.point_agi(server.port)
    yield server
    server.stop()
