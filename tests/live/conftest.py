"""Fixtures of the live tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.live import session
from tests.live.asterisk import Asterisk, start_asterisk
from tests.live.browser import WIDTHS, chromium, made_up_pages
from tests.live.running import RunningClinic, demo_clinic
from tests.live.servers import DatabaseServer, start_mariadb, start_mysql
from tests.live.sounds import Sounds
from tests.live.standin import StandIn
from tests.live.telephone_page import LISTEN


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first live test of a session may have to install its server; all of them wait for prompts in real time."""
    for item in items:
        if item.get_closest_marker("live") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))


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


Running = Iterator[RunningClinic]
Factory = pytest.TempPathFactory

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


@pytest.fixture(scope="session")
def demo_sounds(the_asterisk: Asterisk) -> Sounds:
    """Every sentence, number and demo name as a short made-up sound, where Asterisk may read it."""
    made_up = Sounds(Path(the_asterisk.run).parent / "demo-sounds")
    with session.locked("demo-sounds"):
        if not made_up.folder.exists():
            made_up.all()
    return made_up


@pytest.fixture(scope="session")
def mysql_clinic(mysql: DatabaseServer, call_settings: dict[str, str], tmp_path_factory: Factory) -> Running:
    """The demo clinic on MySQL, its `alo agi` running."""
    yield from running(demo_clinic(mysql, "mysql", tmp_path_factory.mktemp("mysql") / "log", **call_settings))


@pytest.fixture(scope="session")
def mariadb_clinic(mariadb: DatabaseServer, call_settings: dict[str, str], tmp_path_factory: Factory) -> Running:
    """The demo clinic on MariaDB, its `alo agi` running."""
    yield from running(demo_clinic(mariadb, "mariadb", tmp_path_factory.mktemp("mariadb") / "log", **call_settings))


@pytest.fixture(scope="session")
def call_settings(the_asterisk: Asterisk, demo_sounds: Sounds) -> dict[str, str]:
    """What an `alo agi` must be told to speak through this Asterisk in short made-up sounds."""
    return {"ALO_PROMPTS_DIR": str(demo_sounds.folder), "ALO_SPOOL": the_asterisk.spool}


def running(clinic: RunningClinic) -> Running:
    """Start it, and stop it in the end."""
    clinic.start()
    yield clinic
    clinic.stop()


@pytest.fixture
def standin(asterisk: Asterisk, sounds: Sounds, tmp_path: Path) -> Iterator[StandIn]:
    """A FastAGI server without a clinic, and Asterisk's dialplan pointed at it."""
    server = StandIn.start(sounds, tmp_path / "journal")
    asterisk.point_agi(server.port)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def quick() -> Iterator[str]:
    """A clinic that says everything at once."""
    with made_up_pages(0.0) as address:
        yield address


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    """A clinic that takes five seconds for each phrase: time for a busy machine to look while one is being said."""
    with made_up_pages(5.0) as address:
        yield address


@pytest.fixture
def open_page(browser):
    """Opens pages whose console must stay silent and that ask nobody else for anything."""
    noises: list[str] = []
    contexts = []

    def go(address: str, width: int = 1440, theme: str = "dark", **more) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS.get(width, 900)}, color_scheme=theme, locale="pt-BR", **more
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(LISTEN)
        page.on("console", lambda said: noises.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: noises.append(str(error)))
        page.on("request", lambda asked: noises.append(asked.url) if not asked.url.startswith(address[:21]) else None)
        page.goto(f"{address}/telefone")
        return page

    go.noises = noises
    yield go
    for context in contexts:
        context.close()
    assert noises == []
