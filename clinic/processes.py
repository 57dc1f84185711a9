"""Several processes as one: all started, all awaited, none left behind.

Only the standard library, for `alo run` must not load what its children load. A child tells that it is ready by writing
to the pipe whose number it was given; nobody has to guess from outside, and no port is touched.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Part:
    """One process: its name for people, and its command; `{ready}` in it becomes the pipe's number."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Running:
    """A part that was started."""

    part: Part
    process: subprocess.Popen[bytes]
    ready: int


class PartEnded(Exception):
    """A part ended by itself; `status` as Popen.returncode, negative for a signal."""

    def __init__(self, name: str, status: int) -> None:
        super().__init__(name, status)
        self.name = name
        self.status = status


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def port_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with contextlib.suppress(OSError), socket.create_server((host, port)):
        return False
    return True


@contextlib.contextmanager
def until_stopped() -> Iterator[None]:
    """Inside, SIGINT and SIGTERM raise Stopped, once; afterwards they are as before."""

    def stop(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - a handler's signature
        raise Stopped

    before = {signum: signal.signal(signum, stop) for signum in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


class Told:
    """Whether SIGTERM or SIGINT came; waits for them without being broken off in the middle of something else.

    No threading.Event: a handler that sets one while it is being looked at may wait for itself for ever.
    """

    def __init__(self) -> None:
        self._told = False
        self._read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, self._tell)

    def _tell(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's signature
        self._told = True

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        return self._told

    def wait(self, timeout: float) -> bool:
        """Wait for so many seconds, or until it is time to stop; tells whether it is."""
        if not self._told:
            select.select([self._read], [], [], timeout)
        return self._told


class Together:
    """Processes that live and end as one."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._running: list[Running] = []

    def start(self, *parts: Part) -> None:
        """Start parts, each in a group of its own: Ctrl-C in the terminal is ours to pass on."""
        for part in parts:
            self._running.append(_started(part, self._env))

    def await_ready(self) -> None:
        """Return when every part has said that it is ready; PartEnded when one ends before."""
        for one in self._running:
            if not os.read(one.ready, 1):
                raise PartEnded(one.part.name, one.process.wait())

    def await_end(self) -> NoReturn:
        """Wait until a part ends, which none should, and raise PartEnded."""
        while True:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            for one in self._running:
                if found and found.si_pid == one.process.pid:
                    raise PartEnded(one.part.name, one.process.wait())
            if found:  # pragma: no cover - not ours: somebody else's child, put to rest
                os.waitpid(found.si_pid, 0)

    def stop(self, patience: float) -> None:
        """End every part by its pid: asked first, after `patience` seconds or a second Ctrl-C killed."""
        for one in self._running:
            one.process.terminate()
            os.close(one.ready)
        try:
            with contextlib.suppress(Stopped, KeyboardInterrupt):
                self._wait(time.monotonic() + patience)
        finally:
            for one in self._running:
                one.process.kill()
                one.process.wait()

    def alive(self) -> list[str]:
        """The names of the parts that run."""
        return [one.part.name for one in self._running if one.process.poll() is None]

    def _wait(self, deadline: float) -> None:
        for one in self._running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, deadline - time.monotonic()))


@contextlib.contextmanager
def together(env: Mapping[str, str], patience: float = 35) -> Iterator[Together]:
    """However the block is left, every part started in it is stopped."""
    running = Together(env)
    try:
        yield running
    finally:
        running.stop(patience)


def _started(part: Part, env: Mapping[str, str]) -> Running:
    ready, tell = os.pipe()
    command = [word.replace("{ready}", str(tell)) for word in part.command]
    try:
        process = subprocess.Popen(command, env=env, pass_fds=[tell], start_new_session=True)
    finally:
        os.close(tell)
    return Running(part, process, ready)


def tell_ready(pipe: int | None) -> None:
    """A child is ready: say so to whoever started it. SystemExit when they ended before: nobody would stop this one."""
    if pipe is None:
        return
    try:
        os.write(pipe, b"1")
    except BrokenPipeError:
        raise SystemExit(0) from None
    finally:
        os.close(pipe)


def end_with_parent() -> None:
    """Linux: when the process that started this one is killed, this one gets SIGTERM; elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
