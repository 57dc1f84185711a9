"""A FastAGI server of small menus in a process of its own: one for all, and more for tests that need them otherwise."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from agi.dialling import header_text
from agi.phone import FakeSounds, dial, header, scripted
from tests.live import session

ROOT = Path(__file__).resolve().parents[2]
numbers = count(1)


@dataclass
class Served:
    """A running server: its port, what it wrote down, and its log."""

    process: subprocess.Popen
    port: int
    diary: Path
    log: Path
    id: str = "1.1"

    def call(self, entry, *answers, files=None, **how):
        """A whole call by a scripted caller; the record of it."""
        handset, _person = scripted(answers, files or FakeSounds(), **how)
        return dial("127.0.0.1", self.port, header(entry, uniqueid=self.id), handset, timeout=60)

    @contextmanager
    def wire(self, entry=None):
        """A raw connection, its header sent where an entry is named."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as wire:
            if entry:
                wire.sendall(header_text(header(entry, uniqueid=self.id)))
            yield wire

    def written(self, what, seconds=60.0):
        """What the diary says of this call after the word `what`, waited for; None when it does not come."""
        return waited_for(lambda: self._written(f"{what} {self.id}"), seconds)

    def _written(self, beginning):
        lines = self.diary.read_text().splitlines() if self.diary.exists() else []
        return next((line.removeprefix(beginning).strip() for line in lines if line.startswith(beginning)), None)

    def logged(self, event, seconds=60.0):
        """The log line of that event for this call, waited for."""
        return waited_for(lambda: self._logged(event), seconds)

    def _logged(self, event):
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
        return next((line for line in lines if (line["event"], line.get("call")) == (event, self.id)), None)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)


def waited_for(look, seconds):
    """What `look` finds as soon as it finds something; None when it never does."""
    until = time.monotonic() + seconds
    while (found := look()) is None and time.monotonic() < until:
        time.sleep(0.02)
    return found


@contextmanager
def started(folder, *options):
    """A server of its own."""
    log, diary = folder / "log", folder / "diary"
    command = [sys.executable, "-m", "tests.agi.served", str(diary), *map(str, options)]
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT)
    try:
        line = process.stdout.readline()
        assert line, log.read_text()
        yield Served(process, int(line), diary, log)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def serve(tmp_path):
    """Start a server with options, or several."""
    with ExitStack() as stack:

        def start(*options):
            folder = tmp_path / f"server{next(numbers)}"
            folder.mkdir()
            return stack.enter_context(started(folder, *options))

        yield start


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """The server that tests share which harm nothing."""
    with started(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def server(running):
    """The shared server, with a call id of the test's own."""
    return replace(running, id=f"1.{next(numbers)}.")


def lines_from(wire, count=1):
    """So many lines from the other side."""
    received = b""
    while received.count(b"\n") < count:
        data = wire.recv(4096)
        if not data:
            break
        received += data
    return received.decode().splitlines()


@pytest.fixture
def free_port():
    """A port nobody listens on."""
    return session.free_port()
