"""The least a page in Flask can be: an empty JSON object, under the server that serves ours."""

import os
import sys

from flask import Flask

from admin_web.granian_server import serve


def make() -> Flask:
    """An app with one view and nothing else."""
    app = Flask("empty")
    app.add_url_rule("/", "empty", dict)
    return app


if __name__ == "__main__":
    port, ready = map(int, sys.argv[1:])
    serve(f"{__spec__.name}:make", "127.0.0.1", port, 1, lambda *_: os.write(ready, b"1"))  # type: ignore[name-defined]
