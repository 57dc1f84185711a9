"""Who may open which page. Every route is declared with who may use it; what nobody declared stays closed."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from flask import Blueprint, Flask, Request, Response, abort, current_app, g, make_response, redirect, request
from flask.blueprints import BlueprintSetupState
from flask.sansio.app import App
from werkzeug.exceptions import Forbidden

from admin_web import problems, security
from clinic.users import ROLES, STAFF_ROLES, Role, Viewer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Public:
    """A page without log-in, and why it needs none."""

    reason: str


Allow = frozenset[Role] | Public
Who = Callable[[Request], Viewer | None]
"""Tells who asks, from a cookie or a token; None when it knows nobody."""

EVERYBODY: frozenset[Role] = frozenset(ROLES)
STAFF: frozenset[Role] = STAFF_ROLES
DOCTORS: frozenset[Role] = frozenset({"doctor"})
PATIENTS: frozenset[Role] = frozenset({"patient"})
MANAGERS: frozenset[Role] = frozenset({"manager", "admin"})
ADMINS: frozenset[Role] = frozenset({"admin"})

LOG_IN = "/entrar"
DOORS, WHO, LOST = "alo_doors", "alo_who", "alo_lost"
"""Keys of what an app knows; LOST: the page for a form that cannot be taken as it came."""
Lost = Literal["over", "another", "token"]
"""Why: the session has ended, the page is another's, its token is gone."""
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class WrongRole(Forbidden):
    """Logged in, but this page is for others."""


class AnothersPage(Forbidden):
    """A form of a page that was drawn for somebody else, who was logged in here before."""


class Undeclared(Exception):
    """A route that nobody said who may use; seen in tests, closed elsewhere."""


class Doors:
    """Registers the routes of one blueprint, each with who may use it."""

    def __init__(self, page: Blueprint) -> None:
        self._page = page

    def rule(
        self, path: str, name: str, view: Callable[..., Any], *, allow: Allow, methods: Iterable[str] = ("GET",)
    ) -> None:
        """One route; its endpoint is "blueprint.name"."""

        def declared(state: BlueprintSetupState) -> None:
            declare(state.app, f"{state.name_prefix}.{state.name}.{name}".lstrip("."), allow)

        self._page.add_url_rule(path, name, view, methods=list(methods))
        self._page.record(declared)


def declare(app: App, endpoint: str, allow: Allow) -> None:
    """Who may use a route that was not registered through Doors."""
    app.extensions.setdefault(DOORS, {})[endpoint] = allow


def declared(app: Flask) -> dict[str, Allow]:
    """Who may use what, by endpoint."""
    found: dict[str, Allow] = app.extensions.setdefault(DOORS, {})
    return found


def install(app: Flask, *who: Who) -> None:
    """Look at every request before its page does; `who` are asked in turn who it is."""
    app.extensions[WHO] = list(who)
    app.before_request(look)


def recognise(app: Flask, who: Who) -> None:
    """One more way to tell who asks (a bearer token), asked before the others."""
    app.extensions[WHO].insert(0, who)


def look() -> Response | None:
    """None to go on; a way to the log-in page; 403. A page that does not exist is not looked at."""
    if request.endpoint is None:
        return None
    allow = allowed()
    if allow is None:
        return _undeclared(request.endpoint)
    if isinstance(allow, Public):
        return None
    looking = somebody()
    if looking is None:
        return log_in_first()
    if request.method not in security.READING and _drawn_for_another(looking):
        raise AnothersPage
    if not looking.roles & allow:
        raise WrongRole
    return None


def _drawn_for_another(looking: Viewer) -> bool:
    """Whether what is sent was typed in another's name: two share the browser, and one left a page open."""
    whose = security.drawn_for(security.sent_token(request))
    return whose not in (None, looking.user_id) and not security.carries_bearer(request)


def somebody() -> Viewer | None:
    """Who asks, or None; found out once for each request."""
    if "viewer" not in g:
        found = (who(request) for who in current_app.extensions.get(WHO, ()))
        g.viewer = next((viewer for viewer in found if viewer), None)
    return g.viewer  # type: ignore[no-any-return]


def viewer() -> Viewer:
    """Who asks; the log-in page when nobody is logged in."""
    found = somebody()
    if found is None:
        abort(log_in_first())
    return found


def allowed() -> Allow | None:
    """Who may use the route of this request; None where nobody said."""
    return declared(current_app).get(request.endpoint or "")


def may(endpoint: str) -> bool:
    """Whether who asks may use this route: for links that lead only where one may go."""
    allow = declared(current_app).get(endpoint)
    if isinstance(allow, Public):
        return True
    looking = somebody()
    return bool(allow and looking and looking.roles & allow)


def log_in_first() -> Response:
    """To the log-in page and back; a script is told 401 and where to go, a program 401 and why."""
    if request.path.startswith(problems.API):
        return problems.log_in_first()
    reading = request.method in ("GET", "HEAD")
    if request.headers.get("HX-Request") and not reading:
        return Response(status=401)  # the page says so (login/session-over.js) and keeps what was typed
    if request.headers.get("HX-Request"):
        return Response(
            status=401, headers={"HX-Redirect": _log_in_and(_path_of(request.headers.get("HX-Current-URL")))}
        )
    if by_script():
        return make_response({"title": "Entre de novo", "what_to_do": "Sua sessão terminou.", "log_in": LOG_IN}, 401)
    if not reading and (lost := lost_form("over")):
        return lost
    here = request.full_path.rstrip("?") if reading else _path_of(request.headers.get("Referer"))
    return redirect(_log_in_and(here), 302 if reading else 303)  # type: ignore[return-value]


def lost_form(why: Lost) -> Response | None:
    """The page for a form that cannot be taken as it came, with what was typed; None where there is no such page."""
    page = current_app.extensions.get(LOST)
    return page(why) if page else None


def own_path(asked: str | None, otherwise: str = "/") -> str:
    """A path of ours to go on to, as a form or an address named it; anything else is refused."""
    return asked if asked and OWN_PATH.fullmatch(asked) else otherwise


def _log_in_and(back: str) -> str:
    return LOG_IN if back in ("", "/") else f"{LOG_IN}?next={quote(back, safe='/')}"


def _path_of(url: str | None) -> str:
    """The path of a page of ours, from its whole address."""
    parts = urlsplit(url or "")
    if parts.netloc != request.host:
        return "/"
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def by_script() -> bool:
    """Whether a script asks, and not a browser that goes to a page."""
    by_fetch = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return by_fetch or request.accept_mimetypes.best in ("application/json", "text/event-stream")


def _undeclared(endpoint: str) -> Response:
    if current_app.testing:
        raise Undeclared(endpoint)
    log.error("nobody said who may use %s", endpoint)
    raise WrongRole
