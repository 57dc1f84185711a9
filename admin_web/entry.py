"""The process of the pages and their live events: patched by gevent before anything else is loaded."""

from gevent import monkey

monkey.patch_all()

import signal  # noqa: E402 - what is imported after the patch is patched
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.event import Event  # noqa: E402

from admin_web import gevent_server  # noqa: E402


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Run slow computing (a password's hash) in the hub's threads, so that all pages go on; returns its result."""
    return gevent.get_hub().threadpool.apply(work)


def serve(app: Flask, host: str, port: int, ready: Callable[..., None]) -> None:
    """Answer until SIGTERM or SIGINT; `ready` is called once it listens. Raises OSError when the port is taken."""
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(signum, stop.set)
    gevent_server.serve(app, host, port, stop, ready)
