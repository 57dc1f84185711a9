"""/healthz: for whoever watches the process."""

from collections.abc import Callable

from flask import Blueprint, Response, make_response

from admin_web.access import Doors, Public

WHY = "a watcher has no account, and the answer says nothing but ok or not"


def blueprint(probe: Callable[[], object]) -> Blueprint:
    """200 "ok" when `probe` (a cheap question to the clinic) is answered; else the error page's 500."""
    page = Blueprint("health", __name__)

    def healthz() -> Response:
        probe()
        reply = make_response("ok\n")
        reply.mimetype = "text/plain"
        return reply

    Doors(page).rule("/healthz", "healthz", healthz, allow=Public(WHY))
    return page
