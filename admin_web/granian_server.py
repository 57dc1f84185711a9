"""Serves the pages from processes of threads, behind nginx; never patched by gevent, and so without event streams.

Each worker is a process of its own (started anew when it dies) and makes its own app, for neither threads nor
connections to a database can be handed over to another process.
"""

import contextlib
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 64
"""Requests at the same time in one worker. They wait for the database more than they compute; and the more of them
wait, the more are answered by one look at it (clinic.looks)."""
WAITING = 1024
STOPS_WITHIN = 10
LOOKS_EVERY = 0.05


def serve(factory: str, host: str, port: int, workers: int, ready: Callable[..., None]) -> None:
    """Answer until SIGTERM or SIGINT; `factory` ("module:function") makes the app in each of the workers.

    `ready` is called once a worker answers. Raises OSError when the port is taken.
    """
    multiprocessing.set_start_method("spawn", force=True)  # a fork would copy the locks our own thread may hold
    server = Granian(
        factory, host, port, interface=Interfaces.WSGI, factory=True, workers=workers, blocking_threads=THREADS,
        backlog=WAITING, respawn_failed_workers=True, workers_kill_timeout=STOPS_WITHIN, log_level=LogLevels.warning,
    )  # fmt: skip
    telling = threading.Thread(target=_tell_when_open, args=(host, port, ready), daemon=True)
    server.on_startup(telling.start)
    server.serve()


def _tell_when_open(host: str, port: int, ready: Callable[..., None]) -> None:
    """Granian knows when it has begun to start its workers, not when they are there."""
    here = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - where to ask, not where to listen
    while True:
        with contextlib.suppress(OSError), socket.create_connection((here, port), 1):
            return ready()
        time.sleep(LOOKS_EVERY)
