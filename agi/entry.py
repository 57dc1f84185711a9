"""The process of the telephone: patched by gevent before anything else is loaded."""

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402 - what is imported after the patch is patched
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from agi.server import serve  # noqa: E402

__all__ = ["in_a_thread", "serve"]


def in_a_thread(work: Callable[[], Any]) -> Any:
    """Run slow computing (a PIN's hash) in the hub's threads, so that all other calls go on; returns its result."""
    return gevent.get_hub().threadpool.apply(work)
