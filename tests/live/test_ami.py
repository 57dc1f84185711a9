"""`alo ami` beside a real Asterisk that is killed and comes back in the middle of a call."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ami.probe import probe
from clinic.clock import utc_now
from clinic.live_calls import LiveCalls
from clinic.settings import Settings
from db import migrate
from db.session import Database
from tests.live import session
from tests.live.telephone import Telephone

pytestmark = [pytest.mark.live, pytest.mark.asterisk, pytest.mark.xdist_group("asterisk")]

UP = session.REPO / "asterisk-docker" / "up"


@dataclass
class OwnAsterisk:
    """One that may be killed: the session's own is for the others."""

    place: Path
    environment: dict[str, str]

    @property
    def server(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.environment["ALO_SIP_PORT"])

    @property
    def ami(self) -> tuple[str, int]:
        return "127.0.0.1", int(self.environment["ALO_AMI_PORT"])

    def start(self) -> None:
        session.keep(self.place, [str(UP), "--foreground"], self.environment)
        assert session.eventually(self.answers, 60), (self.place / "log").read_text()[-2000:]

    def answers(self, port: int | None = None) -> bool:
        try:
            socket.create_connection(("127.0.0.1", port or self.ami[1]), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        os.kill(int((self.place / "pid").read_text()), signal.SIGKILL)
        assert session.eventually(lambda: not self.answers())


@dataclass
class Watched:
    """An Asterisk, `alo ami`, and what the page would show."""

    asterisk: OwnAsterisk
    calls: LiveCalls
    watcher: "subprocess.Popen[bytes]"
    settings: Settings
    environment: dict[str, str]

    def callers(self) -> list[str]:
        return [call.caller_masked for call in self.calls.list()]

    def up(self) -> list[bool]:
        return [link.up for link in self.calls.links()]


@pytest.fixture
def own_asterisk() -> Iterator[OwnAsterisk]:
    session.provisioned("asterisk")
    with tempfile.TemporaryDirectory(prefix="alo-ami-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        environment = {
            "ALO_ASTERISK_RUN": str(place / "run"), "ALO_SYSTEMNAME": "alo-ami", "ALO_SPOOL": str(place / "spool"),
            "ALO_SIP_PORT": str(session.free_port(socket.SOCK_DGRAM)), "ALO_AMI_PORT": str(session.free_port()),
            "ALO_AGI_PORT": str(session.free_port()), "ALO_RTP_START": "27100", "ALO_RTP_END": "27199",
            "ALO_AMI_SECRET": "made-up-for-this-test", "ALO_PROMPTS_DIR": str(place),
        }  # fmt: skip
        made = OwnAsterisk(place, environment)
        made.start()
        yield made
        made.kill()


@pytest.fixture
def watched(own_asterisk: OwnAsterisk, tmp_path: Path) -> Iterator[Watched]:
    url = f"sqlite:///{tmp_path}/alo.sqlite"
    migrate.upgrade(url)
    host, port = own_asterisk.ami
    settings = Settings(
        database_url=url, ami_host=host, ami_port=port, ami_user="alo", ami_secret="made-up-for-this-test"
    )
    told = {
        "ALO_DATABASE_URL": url, "ALO_AMI_HOST": host, "ALO_AMI_PORT": str(port), "ALO_AMI_USER": "alo",
        "ALO_AMI_SECRET": "made-up-for-this-test",
    }  # fmt: skip
    database = Database(url)
    with alo("ami", told) as watcher:
        yield Watched(own_asterisk, LiveCalls(database, utc_now), watcher, settings, told)
    database.close()


@contextlib.contextmanager
def alo(command: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """One of our processes, ended at the end."""
    process = subprocess.Popen([sys.executable, "alo.py", command], cwd=session.REPO, env=os.environ | environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


async def comes_true(true: Callable[[], bool], within: float = 60) -> bool:
    """As `session.eventually`, while telephones go on."""
    deadline = time.monotonic() + within
    while not true() and time.monotonic() < deadline:
        await asyncio.sleep(0.1)
    return true()


def test_calls_come_and_go_and_survive_a_restart(watched: Watched) -> None:
    async def story() -> None:
        assert await comes_true(lambda: watched.up() == [True])
        async with Telephone(watched.asterisk.server) as phone:
            await phone.dial("4999", caller="11987654321")
            assert await comes_true(lambda: watched.callers() == ["(11) •••••-4321"])
            watched.asterisk.kill()
            assert await comes_true(lambda: watched.up() == [False])
            assert watched.callers() == ["(11) •••••-4321"], "what was told last stays, marked as old by the page"
        watched.asterisk.start()
        assert await comes_true(lambda: watched.up() == [True] and watched.callers() == [])
        async with Telephone(watched.asterisk.server) as phone:
            second = await phone.dial("4999", caller="2133334444")
            assert await comes_true(lambda: watched.callers() == ["(21) •••••-4444"])
            await second.hang_up()
            assert await comes_true(lambda: watched.callers() == [])

    asyncio.run(story())


def test_it_is_told_in_which_menu_a_caller_is(watched: Watched, tmp_path: Path) -> None:
    told = watched.environment | {
        "ALO_AGI_PORT": watched.asterisk.environment["ALO_AGI_PORT"], "ALO_SPOOL": str(tmp_path / "spool"),
    }  # fmt: skip
    subprocess.run([sys.executable, "alo.py", "db", "demo"], cwd=session.REPO, env=os.environ | told, check=True)

    async def story() -> None:
        async with Telephone(watched.asterisk.server) as phone:
            await phone.dial("4000", caller="11987654321")
            assert await comes_true(lambda: [call.menu for call in watched.calls.list()] == ["identify"])

    with alo("agi", told):
        port = int(told["ALO_AGI_PORT"])
        assert session.eventually(lambda: watched.asterisk.answers(port))
        asyncio.run(story())


def test_a_watcher_that_is_stopped_says_so(watched: Watched) -> None:
    assert session.eventually(lambda: watched.up() == [True])
    watched.watcher.terminate()
    assert watched.watcher.wait(60) == 0
    [link] = watched.calls.links()
    assert (link.up, link.note) == (False, "o acompanhamento foi desligado")


def test_the_check_knows_this_asterisk(watched: Watched) -> None:
    [found] = probe(watched.settings)
    assert (found.state, found.text.startswith("22.")) == ("ok", True)
