"""`alo asterisk up`, `cli` and `down`, as an administrator runs them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import session
from tests.live.commands import Environment, alo, free_ports, run_folder
from tests.live.keeper import alive

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("asterisk up")]


@pytest.fixture(scope="module")
def ports() -> Environment:
    return free_ports()


@pytest.fixture(scope="module")
def up(ports: Environment) -> Iterator[Path]:
    session.provisioned("asterisk")
    folder = run_folder("one")
    started = alo("up", folder, ports)
    assert started.returncode == 0, started.stderr
    yield folder
    alo("down", folder, ports)
    shutil.rmtree(folder)


def told(folder: Path) -> Environment:
    return dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())


def test_it_answers_where_it_was_told_to(up: Path, ports: Environment) -> None:
    assert f"127.0.0.1:{ports['ALO_SIP_PORT']}" in alo("cli pjsip show transports", up, ports).stdout
    assert f"ALO_AGI=127.0.0.1:{ports['ALO_AGI_PORT']}" in alo("cli dialplan show globals", up, ports).stdout


def test_it_is_not_root(up: Path) -> None:
    pid = (up / "asterisk.pid").read_text().strip()
    assert os.getuid() != 0 or Path(f"/proc/{pid}").stat().st_uid != 0


def test_it_makes_up_a_secret_and_shows_it_to_nobody_else(up: Path) -> None:
    assert len(told(up)["ALO_AMI_SECRET"]) >= 20 and (up / "env").stat().st_mode & 0o077 == 0
    assert (up / "etc" / "alo" / "manager.conf").stat().st_mode & 0o007 == 0


def test_it_names_itself_and_stamps_its_events(up: Path, ports: Environment) -> None:
    assert "alo" in alo("cli core show settings", up, ports).stdout.split("System name:")[1].splitlines()[0]
    assert "Yes" in alo("cli manager show settings", up, ports).stdout.split("Timestamp events:")[1].splitlines()[0]


def test_a_second_start_says_what_to_do(up: Path, ports: Environment) -> None:
    again = alo("up", up, ports)
    assert again.returncode == 1 and "alo asterisk down" in again.stderr


def test_a_port_that_is_taken_is_told_with_the_remedy(up: Path, ports: Environment) -> None:
    folder = run_folder("two")
    other = alo("up", folder, ports)
    assert other.returncode == 1 and "ALO_SIP_PORT" in other.stderr and not (folder / "asterisk.pid").exists()
    shutil.rmtree(folder)


def test_down_ends_it() -> None:
    folder = run_folder("three")
    free = free_ports()
    assert alo("up", folder, free).returncode == 0
    pid = int((folder / "asterisk.pid").read_text())
    assert alo("down", folder, free).returncode == 0 and not alive(pid)
    shutil.rmtree(folder)
