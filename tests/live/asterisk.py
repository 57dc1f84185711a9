"""The one Asterisk of a test session, with the product's configuration and dialplan, started by its own script.

Tests that use it share it one after the other: `pytestmark = [mark.live, mark.asterisk, mark.xdist_group("asterisk")]`.
"""

import contextlib
import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live import session

SCRIPTS = session.REPO / "asterisk-docker"


@dataclass(frozen=True)
class Asterisk:
    """A running Asterisk; all paths and ports are its own."""

    run: str
    sip_port: int
    ami_port: int
    ami_secret: str
    spool: str
    prompts_dir: str
    pid: int
    boot_lines: int

    @property
    def server(self) -> tuple[str, int]:
        """Where SIP is spoken."""
        return "127.0.0.1", self.sip_port

    @property
    def shipped_copy(self) -> str:
        """Where Asterisk cannot read the shipped sounds, their copy: for ALO_PROMPTS_DIR of `alo agi`; else empty."""
        return ":".join(self.prompts_dir.split(":")[1:])

    @property
    def recordings(self) -> Path:
        """Where the reception's messages are kept."""
        return Path(self.spool) / "recordings"

    def cli(self, command: str) -> str:
        """The output of one console command."""
        return _script("cli", {"ALO_ASTERISK_RUN": self.run}, command).stdout

    def point_agi(self, port: int) -> None:
        """Let the dialplan ask the FastAGI server on this loopback port from now on."""
        self.cli(f"dialplan set global ALO_AGI 127.0.0.1:{port}")

    def log(self) -> list[str]:
        """The lines of Asterisk's log."""
        return (Path(self.run) / "log" / "messages").read_text().splitlines()

    def boot_log(self) -> list[str]:
        """What it had to say until it was fully booted, before the first call."""
        return self.log()[: self.boot_lines]

    def calls(self) -> int:
        """Channels that are up."""
        return int(self.cli("core show channels count").split()[0])

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """For one test at a time, whichever worker it runs in; at the end all calls must have ended."""
        with session.locked("asterisk-in-use"):
            yield
            assert session.eventually(lambda: self.calls() == 0), self.cli("core show channels")

    def messages(self, since: float) -> list[Path]:
        """Recordings finished after a wall-clock time."""
        return [path for path in self.recordings.glob("[!.]*.wav") if path.stat().st_mtime >= since]


def start_asterisk() -> Asterisk:
    """The session's Asterisk: started by the first who asks, ended with the session."""
    return Asterisk(**session.once("asterisk", _start))


def _script(name: str, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(SCRIPTS / name), *arguments]
    return subprocess.run(command, check=False, env=os.environ | environment, capture_output=True, text=True)


def _start(place: Path) -> dict[str, Any]:
    session.provisioned("asterisk")
    own = place / "own"
    own.mkdir()
    run = place / "run"
    start = random.randrange(16000, 27000, 2)
    environment = {
        "ALO_ASTERISK_RUN": str(run), "ALO_SIP_PORT": str(session.free_port(socket.SOCK_DGRAM)),
        "ALO_AMI_PORT": str(session.free_port()), "ALO_AGI_PORT": str(session.free_port()),
        "ALO_RTP_START": str(start), "ALO_RTP_END": str(start + 3999), "ALO_SPOOL": str(place / "spool"),
        "ALO_PROMPTS_DIR": str(own), "ALO_SYSTEMNAME": "alo-test",
    }  # fmt: skip
    # Before everything else on a busy machine, where root may say so: as on a machine of its own, it keeps its time.
    process = session.keep(place, ["nice", "-n", "-10", str(SCRIPTS / "up"), "--foreground"], environment)
    deadline = time.monotonic() + 120
    while "fully booted" not in _script("cli", environment, "core waitfullybooted").stdout:
        assert process.poll() is None and time.monotonic() < deadline, (place / "log").read_text()[-3000:]
        time.sleep(0.1)
    told = dict(line.split("=", 1) for line in (run / "env").read_text().splitlines())
    return {
        "run": str(run), "sip_port": int(told["ALO_SIP_PORT"]), "ami_port": int(told["ALO_AMI_PORT"]),
        "ami_secret": told["ALO_AMI_SECRET"], "spool": told["ALO_SPOOL"], "prompts_dir": told["ALO_PROMPTS_DIR"],
        "pid": int((place / "pid").read_text()),
        "boot_lines": len((run / "log" / "messages").read_text().splitlines()),
    }  # fmt: skip
