"""What a page says once after something was done, on the next page: kept in a signed cookie, nothing private in it."""

import secrets

from flask import Flask

COOKIE = "alo_notices"


def install(app: Flask, key: str) -> None:
    """Let pages `flash`. Without a key one is made up: a notice then does not outlive the process."""
    app.secret_key = key or secrets.token_hex(32)
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
