"""Static files under a path that changes with their content, so that a browser may keep them for ever.

The version stands in the path and not behind a question mark: what one style sheet or script names relatively then
carries the version too.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from flask import Flask, Response, send_file, send_from_directory, url_for

from admin_web import security
from admin_web.access import Public, declare

FOLDER = Path(__file__).parent / "static"
FOR_EVER = 365 * 24 * 3600
NEEDLESS = ("Content-Disposition", "Expires", "Last-Modified")
"""Said by others already: of what is kept for a year, and known by its ETag. Twenty files come with a page."""
LIGHT = "frame/light.css"
EVERYWHERE = ("frame/dark.css", LIGHT, "frame/base.css", "ui/ui.css")
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "frame/all.css": EVERYWHERE,
    "portal/all.css": (*EVERYWHERE, "login/login.css", "portal/portal.css"),
}
"""Sheets that come as one, for every page and for those of patients, from the log-in on: on a slow line each request
before the first paint is waited for, and the second of two at once opens a connection of its own."""


def version(folder: Path = FOLDER) -> str:
    """Twelve hex digits that change with any byte or name below the folder, and with what is put together."""
    digest = sha256(repr(TOGETHER).encode())
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
        self._urls: dict[str, str] = {}

    def url(self, file: str) -> str:
        """The address of a file ("frame/base.css") with its version; a page has fifty of them, found once."""
        known = self._urls.get(file)
        if known is None:
            known = self._urls[file] = url_for("static", version=self._version, filename=file)
        return known

    def icon(self, name: str) -> str:
        """The address of one symbol of the sprite."""
        return f"{self.url('icons.svg')}#{name}"

    def serve(self, version: str, filename: str) -> Response:
        """The file; a page older than this process asks with another version, and what it gets must not be kept."""
        known = version == self._version
        longest = FOR_EVER if known else None
        if filename in TOGETHER:
            reply = self._sheet(filename, longest)
        else:
            reply = send_from_directory(self._folder, filename, max_age=longest)
        reply.cache_control.public = known
        reply.cache_control.immutable = known
        # A worker runs under the policy of its file, and imports what is ours.
        reply.headers[security.POLICY] = security.of_file("'self'" if filename.endswith(".js") else "'none'")
        for needless in NEEDLESS:
            reply.headers.pop(needless, None)
        return reply

    def _sheet(self, name: str, longest: int | None) -> Response:
        """Several sheets in turn."""
        texts = ((one, (self._folder / one).read_text("utf-8")) for one in TOGETHER[name])
        text = "".join(switched(text) if one == LIGHT else text for one, text in texts)
        return send_file(
            BytesIO(text.encode()), "text/css", etag=f"{self._version}-{len(text)}", max_age=longest, conditional=True
        )


def switched(colours: str) -> str:
    """The rules of `:root`, for who chose this theme and for whose system has it and who chose none."""
    chosen, systems = (
        colours.replace(":root", f":root{who}") for who in ('[data-theme="light"]', ":not([data-theme])")
    )
    return f"{chosen}@media (prefers-color-scheme: light) {{\n{systems}}}\n"


def install(app: Flask) -> None:
    """Give templates ``asset()`` and ``icon_url()``, and serve what they name."""
    assets = Assets()
    app.add_url_rule("/static/<version>/<path:filename>", "static", assets.serve)
    declare(app, "static", Public("files that ship with the product and say nothing of anybody"))
    app.jinja_env.globals.update(asset=assets.url, icon_url=assets.icon)
