"""What the workers of one test session share: a folder, locks, and servers started once."""

import contextlib
import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.live.keeper import alive

REPO = Path(__file__).resolve().parents[2]
PROVISION = REPO / "asterisk-docker" / "provision.sh"
PORTS = range(10_000, 16_000)
"""Below those the kernel hands out by itself, so that no connection has one by chance before its server is up."""


def owner() -> int:
    """The pid whose end is the session's end: xdist's controller, or this pytest."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def worker() -> str:
    """gw0, gw1 … under xdist; "main" without it."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def folder() -> Path:
    """The session's own folder, the same for all its workers; servers' users may pass through it."""
    started = Path(f"/proc/{owner()}/stat").read_text().rsplit(")", 1)[1].split()[19]  # pids are used again
    path = Path(tempfile.gettempdir()) / f"alo-tests-{owner()}-{started}"
    if not path.exists():
        _sweep(path.parent)
        path.mkdir(mode=0o755, exist_ok=True)
    return path


def _sweep(place: Path) -> None:
    """Take away the folders of sessions whose pytest is gone."""
    for old in place.glob("alo-tests-*-*"):
        if not alive(int(old.name.split("-")[2])):
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One worker at a time."""
    with (folder() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def once(name: str, start: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
    """Call `start(its folder)` in the first worker that asks; the others get what it returned."""
    known = folder() / f"{name}.json"
    with locked(name):
        if not known.exists():
            place = folder() / name
            place.mkdir(mode=0o755)
            known.write_text(json.dumps(start(place)))
        found: dict[str, Any] = json.loads(known.read_text())
    return found


def keep(place: Path, command: list[str], environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a server that ends with the session; its output goes to `log` in its folder."""
    keeper = [sys.executable, str(Path(__file__).with_name("keeper.py")), str(owner()), str(place), "--", *command]
    with (place / "log").open("ab") as log:
        return subprocess.Popen(
            keeper, env=os.environ | (environment or {}), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A loopback port nobody uses now, and nobody else in this session is given."""
    given = folder() / "ports"
    given.mkdir(exist_ok=True)
    while True:
        port = random.choice(PORTS)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", port))
            (given / str(port)).touch(exist_ok=False)
            return port


def provisioned(what: str) -> Path:
    """Install or unpack a server with the product's own recipe and say where it is.

    Raises: AssertionError with the recipe's last words when it cannot.
    """
    done = subprocess.run([str(PROVISION), what], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"provision.sh {what}:\n{done.stderr[-3000:]}"
    return Path(done.stdout.strip().splitlines()[-1])


def eventually(true: Callable[[], bool], within: float = 60) -> bool:
    """Whether a condition comes true in time; a busy machine may need all of it."""
    deadline = time.monotonic() + within
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def answers(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
