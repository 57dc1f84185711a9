"""Serves the pages from processes of threads, behind nginx; never patched by gevent, and so without event streams.

Each worker is a process of its own (started anew when it dies) and makes its own app, for neither threads nor
connections to a database can be handed over to another process.
"""

from collections.abc import Callable

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 16
"""Requests at the same time in one worker; each waits for the database more than it computes."""
WAITING = 1024
STOPS_WITHIN = 10


def serve(factory: str, host: str, port: int, workers: int, ready: Callable[..., None]) -> None:
    """Answer until SIGTERM or SIGINT; `factory` ("module:function") makes the app in each of the workers.

    `ready` is called once the port is open. Raises OSError when it is taken.
    """
    server = Granian(
        factory, host, port, interface=Interfaces.WSGI, factory=True, workers=workers, blocking_threads=THREADS,
        backlog=WAITING, respawn_failed_workers=True, workers_kill_timeout=STOPS_WITHIN, log_level=LogLevels.warning,
    )  # fmt: skip
    server.on_startup(ready)
    server.serve()
