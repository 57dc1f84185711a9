"""The cookies that say who somebody is. Under https their names begin with __Host-: no other host can plant them."""

from datetime import timedelta

from flask import Request, Response

from clinic.sessions import LONGEST

SESSION, DEVICE = "alo_session", "alo_device"
A_YEAR = timedelta(days=365)


def read(asked: Request, name: str) -> str | None:
    """What the browser sent."""
    return asked.cookies.get(_named(asked, name)) or None


def keep(asked: Request, reply: Response, name: str, value: str, longest: timedelta | None = None) -> None:
    """Hand a cookie to the browser; without `longest` until it is closed. Scripts and other sites never see it."""
    reply.set_cookie(
        _named(asked, name), value, max_age=longest, httponly=True, secure=asked.is_secure, samesite="Lax", path="/"
    )


def drop(asked: Request, reply: Response, name: str) -> None:
    """Take it away again."""
    reply.delete_cookie(_named(asked, name), httponly=True, secure=asked.is_secure, samesite="Lax", path="/")


def keep_session(asked: Request, reply: Response, token: str) -> None:
    """The session's token, for as long as one lasts."""
    keep(asked, reply, SESSION, token, LONGEST)


def _named(asked: Request, name: str) -> str:
    return f"__Host-{name}" if asked.is_secure else name
