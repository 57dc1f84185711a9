"""Keeps one server alive for a test session and no longer.

    python keeper.py OWNER_PID FOLDER -- COMMAND...

Starts COMMAND, and when the owner (the pytest that asked for it) is gone, however it went, stops the server by its
pid and removes FOLDER. xdist workers share servers and come and go, so none of them may own one.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def stop(server: subprocess.Popen[bytes], patience: float = 10) -> None:
    """SIGTERM, and SIGKILL for a server that does not listen."""
    server.terminate()
    try:
        server.wait(patience)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(owner: int, folder: Path, command: list[str]) -> int:
    """Run until the owner or the server ends."""
    for name in (signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)

    def end(*_: object) -> None:
        stop(server)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    (folder / "pid").write_text(str(server.pid))
    while server.poll() is None and alive(owner):
        time.sleep(0.2)
    if server.poll() is None:
        stop(server)
        shutil.rmtree(folder, ignore_errors=True)
        if not list(folder.parent.glob("*/pid")):  # the last one takes away what the session shared
            shutil.rmtree(folder.parent, ignore_errors=True)
    return server.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[4:]))
