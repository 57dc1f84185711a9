"""Static files under a path that changes with their content, so that a browser may keep them for ever.

The version stands in the path and not behind a question mark: what one style sheet or script names relatively then
carries the version too.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, send_from_directory, url_for

from admin_web.access import Public, declare

FOLDER = Path(__file__).parent / "static"
FOR_EVER = 365 * 24 * 3600


def version(folder: Path = FOLDER) -> str:
    """Twelve hex digits that change with any byte or name below the folder."""
    digest = sha256()
    for file in _files(folder):
        digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


class Assets:
    """Serves the static files of one app."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._version = version(folder)

    def url(self, file: str) -> str:
        """The address of a file ("frame/base.css") with its version."""
        return url_for("static", version=self._version, filename=file)

    def icon(self, name: str) -> str:
        """The address of one symbol of the sprite."""
        return f"{self.url('icons.svg')}#{name}"

    def serve(self, version: str, filename: str) -> Response:
        """The file; a page older than this process asks with another version, and what it gets must not be kept."""
        known = version == self._version
        reply = send_from_directory(self._folder, filename, max_age=FOR_EVER if known else None)
        reply.cache_control.public = known
        reply.cache_control.immutable = known
        return reply


def install(app: Flask) -> None:
    """Give templates ``asset()`` and ``icon_url()``, and serve what they name."""
    assets = Assets()
    app.add_url_rule("/static/<version>/<path:filename>", "static", assets.serve)
    declare(app, "static", Public("files that ship with the product and say nothing of anybody"))
    app.jinja_env.globals.update(asset=assets.url, icon_url=assets.icon)
