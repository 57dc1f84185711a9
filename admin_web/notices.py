"""What a page says once after something was done, on the next page: kept in a signed cookie, nothing private in it."""

import secrets

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

COOKIE = "alo_notices"


class Notices(SecureCookieSessionInterface):
    """As Flask's own, which sets up its cryptography also for the many requests that bring no notice."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What is to be said; nothing yet."""
        return super().open_session(app, request) if COOKIE in request.cookies else self.session_class()


def install(app: Flask, key: str) -> None:
    """Let pages `flash`. Without a key one is made up: a notice then does not outlive the process."""
    app.secret_key = key or secrets.token_hex(32)
    app.session_interface = Notices()
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
