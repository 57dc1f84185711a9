"""A FastAGI server of small menus in a process of its own, one for each test that asks for it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agi.phone import FakeSounds, dial, header, header_text, scripted

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    """A running server: its port, what it wrote down, and its log."""

    process: subprocess.Popen
    port: int
    diary: Path
    log: Path

    def call(self, entry, *answers, uniqueid="1.1", **how):
        """A whole call by a scripted caller; the record of it."""
        handset, _person = scripted(answers, FakeSounds(), **how)
        return dial("127.0.0.1", self.port, header(entry, uniqueid=uniqueid), handset, timeout=10)

    @contextmanager
    def wire(self, entry=None, uniqueid="1.1"):
        """A raw connection, its header sent where an entry is named."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            if entry:
                wire.sendall(header_text(header(entry, uniqueid=uniqueid)))
            yield wire

    def written(self, beginning, seconds=5.0):
        """The first line of the diary that begins so, waited for; None when it does not come."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            lines = self.diary.read_text().splitlines() if self.diary.exists() else []
            if found := [line for line in lines if line.startswith(beginning)]:
                return found[0]
            time.sleep(0.02)
        return None

    def logged(self, event, seconds=5.0):
        """The last log line of that event, waited for."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line.startswith("{")]
            if found := [line for line in lines if line["event"] == event]:
                return found[-1]
            time.sleep(0.02)
        return None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)


@pytest.fixture
def serve(tmp_path):
    """Start servers; all are ended with the test."""
    started = []

    def start(*options):
        log, diary = tmp_path / f"log{len(started)}", tmp_path / f"diary{len(started)}"
        command = [sys.executable, "-m", "tests.agi.served", str(diary), *map(str, options)]
        with log.open("w") as errors:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env=dict(os.environ))
        started.append(process)
        line = process.stdout.readline()
        assert line, log.read_text()
        return Served(process, int(line), diary, log)

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def server(serve):
    """A server as it comes."""
    return serve()


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
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
