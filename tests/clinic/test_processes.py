"""Several processes started, awaited and stopped as one."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from clinic.processes import Part, PartEnded, Stopped, port_taken, tell_ready, together, until_stopped

TOLD = """
import sys, time
from clinic.processes import Told
told = Told()
print("on", flush=True)
begun = time.monotonic()
print(told.wait(60), told.is_set(), time.monotonic() - begun < 30)
"""
READY = "import os, sys, time; os.write(int(sys.argv[1]), b'1'); time.sleep(60)"
DEAF = (
    "import os, signal, sys, time; signal.signal(15, signal.SIG_IGN); os.write(int(sys.argv[1]), b'1'); time.sleep(60)"
)
SHORT = "import os, sys; os.write(int(sys.argv[1]), b'1'); sys.exit(3)"
BOUND = """
from clinic.processes import end_with_parent
import time
end_with_parent()
print("on", flush=True)
time.sleep(60)
"""
BROKEN = "raise SystemExit(4)"


def part(name, source):
    return Part(name, (sys.executable, "-c", source, "{ready}"))


def test_all_are_ready_and_all_are_stopped():
    with together(os.environ) as running:
        running.start(part("a", READY), part("b", READY))
        running.await_ready()
        assert running.alive() == ["a", "b"]
    assert running.alive() == []


def test_one_that_cannot_start_stops_all():
    with pytest.raises(PartEnded) as ended, together(os.environ) as running:
        running.start(part("a", READY), part("b", BROKEN))
        running.await_ready()
    assert (ended.value.name, ended.value.status) == ("b", 4)
    assert running.alive() == []


def test_one_that_ends_is_noticed():
    with pytest.raises(PartEnded) as ended, together(os.environ) as running:
        running.start(part("a", READY), part("b", SHORT))
        running.await_end()
    assert (ended.value.name, ended.value.status) == ("b", 3)


def test_one_that_will_not_end_is_killed():
    begun = time.monotonic()
    with together(os.environ, patience=0.2) as running:
        running.start(part("a", DEAF))
        running.await_ready()
    assert running.alive() == []
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops(signum):
    before = signal.getsignal(signum)
    with pytest.raises(Stopped), until_stopped():
        os.kill(os.getpid(), signum)
        time.sleep(5)
    assert signal.getsignal(signum) is before


def test_a_taken_port_is_seen():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert port_taken("127.0.0.1", port)
    assert not port_taken("127.0.0.1", port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_child_ends_when_its_parent_is_killed():
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {BOUND!r}]); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout.readline() == "on\n"
        started.kill()
        assert started.stdout.read() == ""  # the pipe closes when the last who holds it, the child, is gone


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_ends_when_told(signum):
    with subprocess.Popen([sys.executable, "-c", TOLD], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout.readline() == "on\n"
        started.send_signal(signum)
        assert started.stdout.read() == "True True True\n"


def test_a_child_that_is_ready_for_nobody_ends():
    read, write = os.pipe()
    os.close(read)
    with pytest.raises(SystemExit):
        tell_ready(write)
