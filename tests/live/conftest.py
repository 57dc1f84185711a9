"""Fixtures of the live tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import session
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
def the_asterisk() -> Asterisk:
    return start_asterisk()


@pytest.fixture
def asterisk(the_asterisk: Asterisk) -> Iterator[Asterisk]:
    """The session's Asterisk, for one test at a time, whichever worker it runs in; it waits for calls to have ended."""
    with the_asterisk.in_use():
        yield the_asterisk


MADE_UP = [
    "ask/cpf", "ask/birth", "told/thanks", "failed/apology", "reception/leave-message", "reception/thanks",
    "test/type-digits", "test/you-typed", *(f"digit/{digit}" for digit in range(10)),
]  # fmt: skip


@pytest.fixture(scope="session")
def sounds(the_asterisk: Asterisk) -> Sounds:
    """Made-up prompts in the folder of the clinic's own recordings, which Asterisk looks into first."""
    made_up = Sounds(Path(the_asterisk.prompts_dir.split(":")[0]))
    with session.locked("sounds"):
        for prompt_id in MADE_UP:
            made_up.path(prompt_id)
    return made_up


@pytest.fixture
def standin(asterisk: Asterisk, sounds: Sounds, tmp_path: Path) -> Iterator[StandIn]:
    """A FastAGI server without a clinic, and Asterisk's dialplan pointed at it."""
    server = StandIn.start(sounds, tmp_path / "journal")
    asterisk.point_agi(server.port)
    yield server
    server.stop()
