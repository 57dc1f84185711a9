"""A TCP proxy before MariaDB or MySQL that does something to the next COMMIT."""

import contextlib
import socket
import threading
from typing import Literal

COMMIT = b"\x03COMMIT"
AtCommit = Literal["pass", "stall", "cut before", "cut after"]


class Proxy:
    """Forwards bytes both ways. "stall" keeps COMMIT back until `release`; a cut loses it, or the answer to it."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.at_commit: AtCommit = "pass"
        self.stalled, self._released = threading.Event(), threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def release(self) -> None:
        """Let the stalled COMMIT go on."""
        self._released.set()

    def close(self) -> None:
        """Take no more connections."""
        self.release()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                threading.Thread(target=self._to_server, args=(client, server), daemon=True).start()
                threading.Thread(target=self._to_client, args=(server, client), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if COMMIT in data and self.at_commit != "pass" and not self._may_pass(data, client, server):
                    break
                server.sendall(data)
        _end(client, server)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        _end(client, server)

    def _may_pass(self, data: bytes, client: socket.socket, server: socket.socket) -> bool:
        """What is to be done, done once; whether the connection goes on with this COMMIT."""
        what, self.at_commit = self.at_commit, "pass"
        if what == "stall":
            self.stalled.set()
            self._released.wait(60)
            return True
        if what == "cut after":
            client.shutdown(socket.SHUT_WR)  # the answer finds nobody
            server.sendall(data)
            threading.Event().wait(0.3)
        return False


def _end(*ends: socket.socket) -> None:
    for one in ends:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
