"""The pages of a small clinic on a real port, its clock standing still: for browser tests.

python -m tests.admin_web.serve_site DATABASE_URL     prints the port when it listens
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from admin_web.app import create_app  # noqa: E402
from admin_web.gevent_server import serve  # noqa: E402
from clinic.services import open_clinic  # noqa: E402
from clinic.settings import Settings  # noqa: E402
from tests.clinic.small_clinic import TestClock  # noqa: E402


def main(url: str) -> None:
    settings = Settings(database_url=url, demo=False)
    stop = Event()
    gevent.signal_handler(15, stop.set)
    app = create_app(open_clinic(settings, TestClock()), settings=settings)
    serve(app, "127.0.0.1", 0, stop, lambda port: print(port, flush=True))  # noqa: T201 - who started this reads it


if __name__ == "__main__":
    main(sys.argv[1])
