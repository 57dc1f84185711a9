"""What every answer carries and every question must pass: headers, same origin, and who may see what has no log-in."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, request
from werkzeug.exceptions import Forbidden

from admin_web import cookies
from admin_web.problems import API

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TOKEN_COOKIE = "alo_csrf"  # noqa: S105 - a name
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105
TOKEN_FIELD = "csrf_token"  # noqa: S105
OF = "."
"""Between a browser's token and whom the page was drawn for."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
ONE_CLICK = re.compile(r"/c/[^/]+/avisos")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

POLICY = "Content-Security-Policy"
NONCE = "nonce"
OURS = "; ".join(
    (
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def policy(scripts: str) -> str:
    """What an answer may load: nothing that is not ours, and no script but those that are named ("'none'")."""
    return f"default-src 'none'; script-src {scripts}; {OURS}"


def of_file(sources: str) -> str:
    """The policy of what is no page, in few bytes."""
    return f"default-src {sources}; frame-ancestors 'none'"


HEADERS: Mapping[str, str] = {
    POLICY: policy("'none'"),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class NotLocal(Forbidden):
    """A page without log-in was asked for from elsewhere."""


class LostToken(Forbidden):
    """A form of our own page came without the token it was drawn with: the browser has thrown the cookie away."""


def install(app: Flask) -> None:
    """Check every request that changes something, and dress every answer."""
    app.before_request(refuse_foreign)
    app.after_request(dress)
    app.wsgi_app = _dressed(app.wsgi_app)  # type: ignore[method-assign,assignment]
    app.jinja_env.globals.update(csrf_token=csrf_token, nonce=nonce)


def refuse_foreign() -> None:
    """403 for a change that another site asked for, or that does not carry the page's token (LostToken: our own)."""
    if request.method in READING or carries_bearer(request) or _by_program(request) or _one_click(request):
        return
    if not same_origin(request):
        abort(403)
    if not carries_token(request):
        raise LostToken if _surely_ours(request) else Forbidden


def same_origin(asked: Request) -> bool:
    """Whether the browser says that our own page asks; programs send neither header and need the token alone."""
    if asked.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = asked.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == asked.host


def _surely_ours(asked: Request) -> bool:
    """Whether the browser itself says so (`same_origin` has looked at what it says)."""
    return asked.headers.get("Sec-Fetch-Site") == "same-origin" or "Origin" in asked.headers


def carries_bearer(asked: Request) -> bool:
    """Whether a program shows its own token, which no browser sends by itself; cookies then count for nothing."""
    return bearer(asked) is not None


def bearer(asked: Request) -> str | None:
    """The token that a program shows; None where it shows none.

    The header is read here: werkzeug's reader breaks off at a Basic one that is not ASCII.
    """
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _by_program(asked: Request) -> bool:
    """Whether a program asks the API that no browser's session could be misused for: it sends none."""
    return asked.path.startswith(API) and not cookies.read(asked, cookies.SESSION)


def _one_click(asked: Request) -> bool:
    """Whether a mail program says no to reminders in its reader's place (RFC 8058): the address alone says whose."""
    return bool(ONE_CLICK.fullmatch(asked.path)) and asked.form.get("List-Unsubscribe") == "One-Click"


def carries_token(asked: Request) -> bool:
    """Whether the cookie's token comes back in the header or the form, where another site cannot put it."""
    kept = cookies.read(asked, TOKEN_COOKIE) or ""
    return bool(kept) and compare_digest(kept.encode(), sent_token(asked).partition(OF)[0].encode())


def sent_token(asked: Request) -> str:
    """The token a request carries; "" where it has none."""
    return asked.headers.get(TOKEN_HEADER) or asked.form.get(TOKEN_FIELD, "")


def drawn_for(token: str) -> int | None:
    """For whom the page with this token was drawn; None where nobody had logged in."""
    user = token.partition(OF)[2]
    return int(user) if user.isdecimal() and len(user) < 19 else None


def csrf_token(user_id: int | None = None) -> str:
    """The token of this browser and of who reads, for a form or a page's meta; made when there is none yet.

    `user_id`: for whom the page is, where they have logged in with this very request.
    """
    kept = cookies.read(request, TOKEN_COOKIE) or g.get(TOKEN_COOKIE)
    if not kept:
        kept = secrets.token_urlsafe(24)
        setattr(g, TOKEN_COOKIE, kept)
    looking = g.get("viewer")
    user = user_id or (looking.user_id if looking else None)
    return f"{kept}{OF}{user}" if user else str(kept)


def nonce() -> str:
    """What the scripts of the page that is being drawn carry and its policy names: another each time one is drawn."""
    if NONCE not in g:
        drawn_with(secrets.token_urlsafe(16))
    return str(getattr(g, NONCE))


def drawn_with(nonce: str) -> None:
    """Say of the page that answers this request that it carries this nonce: it was drawn for another one."""
    setattr(g, NONCE, nonce)


def of_page() -> str:
    """The policy of the page that was drawn: its own scripts run, and what they import."""
    return policy(f"'nonce-{nonce()}'")


def dress(reply: Response) -> Response:
    """Let a page run its scripts, keep pages out of caches, set the token's cookie where a page just made one."""
    if NONCE in g:
        reply.headers.setdefault(POLICY, of_page())
    if "Cache-Control" not in reply.headers:
        reply.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        reply.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if fresh := g.get(TOKEN_COOKIE):
        cookies.keep(request, reply, TOKEN_COOKIE, fresh)
    return reply


def _dressed(app: "WSGIApplication") -> "WSGIApplication":
    """The same with the headers that are always the same: behind Flask, for which each costs as much as a cookie."""
    fixed = [(name, value, name.lower()) for name, value in HEADERS.items()]

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            return start(status, headers + [(name, value) for name, value, low in fixed if low not in there], *error)

        return app(environ, begin)

    return answer


def local_only() -> Callable[[], None]:
    """The check of a page that needs no log-in: asked for under this machine's own name, else NotLocal.

    A page elsewhere can make its own name point to 127.0.0.1, so the name in Host is looked at. The peer is not: the
    demo holds nobody's data and may run in a container, where it is never this machine.
    """

    def check() -> None:
        if not named_locally(request.host):
            raise NotLocal

    return check


def named_locally(host: str) -> bool:
    """Whether a Host header ("localhost:8000", "[::1]:8000") names this machine itself."""
    return (urlsplit(f"//{host}").hostname or "") in LOCAL_NAMES
