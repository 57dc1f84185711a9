"""A connected socket as a call needs it, in a gevent process: what arrives is taken in as it comes, one call to the
system a command each way, and no timer."""

import os
import socket
from typing import Any

import gevent
from gevent import get_hub, getcurrent

READ = 1
RECEIVE_BYTES = 2048
WAITING_BYTES = 16_384
"""More than this, unasked, is taken from nobody."""
SEND_SECONDS = 15.0


class Line:
    """A wire (agi.wire.Wire) on a gevent socket. `shutdown` from another greenlet ends a `recv`."""

    __slots__ = ("_ended", "_fd", "_received", "_socket", "_waiter", "_watcher")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._fd = connected.fileno()
        self._received = b""
        self._ended = False
        self._waiter: Any = None
        self._watcher = get_hub().loop.io(self._fd, READ)
        self._watcher.start(self._arrives)

    def send(self, data: bytes, /) -> int:
        """Send what there is room for; OSError when the other side is gone."""
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            with gevent.Timeout(SEND_SECONDS, TimeoutError):
                return self._socket.send(data)

    def recv(self, _size: int, /) -> bytes:
        """What has arrived, waited for; b"" at the end."""
        while not self._received and not self._ended:
            self._waiter = getcurrent()
            try:
                get_hub().switch()
            finally:
                self._waiter = None
        data, self._received = self._received, b""
        return data

    def settimeout(self, _seconds: float | None, /) -> None:
        """The calls' one clock looks after deadlines."""

    def shutdown(self, how: int, /) -> None:
        """End it."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """Let go of the connection."""
        self._ended = True
        self._watcher.stop()
        self._watcher.close()
        self._socket.close()

    def _arrives(self) -> None:
        """Runs in the hub: takes what is there and wakes the call, if it waits."""
        try:
            data = os.read(self._fd, RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._received += data
        if not data or len(self._received) > WAITING_BYTES:
            self._ended = True
            self._watcher.stop()
        if self._waiter:
            self._waiter.switch()
