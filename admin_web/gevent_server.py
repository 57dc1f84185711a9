"""Serves the pages and their event streams from one gevent process; whoever calls this has patched already."""

import logging
from collections.abc import Callable

from flask import Flask
from gevent.event import Event
from gevent.pywsgi import WSGIServer

log = logging.getLogger(__name__)
PATIENCE = 2.0
"""Seconds for answers under way when the server stops; an event stream never ends by itself."""


def serve(app: Flask, host: str, port: int, stop: Event, ready: Callable[[int], None] | None = None) -> None:
    """Answer on host:port until `stop` is set. `ready` is called with the port once it listens (port 0: any free one).

    Raises OSError when the port is taken.
    """
    server = WSGIServer((host, port), app, log=None, error_log=log)
    server.start()
    if ready:
        ready(int(server.server_port or port))
    stop.wait()
    server.stop(timeout=PATIENCE)
