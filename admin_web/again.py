"""The very same request is given the very same answer, before Flask is asked, while nothing has changed.

What a browser sends is compared whole, so that nothing is forgotten that an answer could depend on. Who it is and how
the clinic stands is asked each time (clinic.looks): where either is another, or the session has ended, it goes the long
way.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from admin_web.store import Kept, Store
from clinic.looks import Look, Looks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOOKED, KEEPS = "alo.looked", "alo.keeps"
SENT = frozenset({"PATH_INFO", "QUERY_STRING", "SCRIPT_NAME", "wsgi.url_scheme"})
Headers = list[tuple[str, str]]
Asked = tuple[tuple[str, str], ...]
LEFT = "X-RateLimit-Remaining"
"""The one header that is another each time."""
Count = Callable[[str], int]
"""One more request of somebody ("user:12"); how many are left. Raises TooManyRequests."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer to its last byte, and whose it is."""

    token: str
    looked: Look
    status: str
    headers: Headers
    body: bytes
    counts: str
    """Who is told how many requests are left ("user:12"); "" where they are not counted."""


def look(token: str, looks: Callable[[], Looks]) -> Look:
    """Who it is that sends this request, and how the clinic stands; asked once for each request."""
    found: tuple[str, Look] | None = request.environ.get(LOOKED)
    if found is None or found[0] != token:
        found = request.environ[LOOKED] = token, looks().of(token)
    return found[1]


def keep(counts: str = "") -> None:
    """Say of the answer to this request that it is the same until something changes, but for the count of whom."""
    request.environ[KEEPS] = counts


class Again:
    """Stands before the app; `count` counts what is counted in the app's place."""

    def __init__(self, app: "WSGIApplication", looks: Callable[[], Looks], count: Count) -> None:
        self._app, self._looks, self._count = app, looks, count
        self._store = Store[Finished]()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """The answer, as WSGI has it."""
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_COOKIE" not in environ:
            return self._app(environ, start)
        asked, number = _asked(environ), self._store.number()
        found = self._store.find(asked)
        return (found and self._again(found.made, environ, start)) or self._long_way(asked, number, environ, start)

    def _again(self, kept: Finished, environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes] | None:
        """The answer that was kept, if it still holds; what fails here fails in the long way too, which tells of it."""
        try:
            looked = self._looks().of(kept.token)
            if looked != kept.looked:
                environ[LOOKED] = kept.token, looked
                return None
            left = [(LEFT, str(self._count(kept.counts)))] if kept.counts else []
        except Exception:  # the database, or too many requests: there are pages for that
            return None
        start(kept.status, kept.headers + left)
        return [kept.body]

    def _long_way(
        self, asked: Asked, number: int, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        begun: list[Any] = []

        def begin(status: str, headers: Headers, *error: Any) -> Any:
            begun[:] = status, headers
            return start(status, headers, *error)

        parts = self._app(environ, begin)
        token, looked = environ.get(LOOKED, ("", (None, None)))
        if KEEPS not in environ or None in looked or not _lasts(*begun):
            return parts
        body = _whole(parts)
        headers = [one for one in begun[1] if one[0] != LEFT]
        one = Finished(token, looked, begun[0], headers, body, environ[KEEPS])
        self._store.keep(asked, Kept(looked[1], number, one, len(body) + sum(len(said) for _, said in asked)))
        return [body]


def _lasts(status: str, headers: Headers) -> bool:
    """Nothing in it is for once."""
    return status.startswith("200 ") and all(name.lower() != "set-cookie" for name, _ in headers)


def _whole(parts: Iterable[bytes]) -> bytes:
    try:
        return b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()


def _asked(environ: "WSGIEnvironment") -> Asked:
    """All that the browser said, and what proxies said of it."""
    return tuple(one for one in environ.items() if one[0] in SENT or one[0].startswith("HTTP_"))


def install(app: Flask, looks: Callable[[], Looks], count: Count) -> None:
    """Before everything else of the app; to be called last."""
    app.wsgi_app = Again(app.wsgi_app, looks, count)  # type: ignore[method-assign,assignment]
