"""`alo asterisk …` with a run folder and ports of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.live import session

Environment = dict[str, str]


def free_ports() -> Environment:
    """Settings of one more Asterisk, that meets no other."""
    return {
        "ALO_SIP_PORT": str(session.free_port(socket.SOCK_DGRAM)),
        "ALO_AMI_PORT": str(session.free_port()),
        "ALO_RTP_START": "28000",
        "ALO_RTP_END": "28998",
        "ALO_AGI_PORT": str(session.free_port()),
    }


def run_folder(name: str) -> Path:
    """Where Asterisk's user may pass, as it may not in pytest's own folders."""
    return session.folder() / f"up-{session.worker()}-{name}"


def alo(command: str, folder: Path, environment: Environment) -> subprocess.CompletedProcess[str]:
    """`alo asterisk COMMAND`, its run folder being `folder`."""
    words = [sys.executable, str(session.REPO / "alo.py"), "asterisk", *command.split()]
    settings = {"ALO_ASTERISK_RUN": str(folder), "ALO_SPOOL": str(folder / "spool-of-alo")} | environment
    return subprocess.run(words, check=False, env=os.environ | settings, capture_output=True, text=True)
