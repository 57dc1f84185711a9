"""/api/v1 as one blueprint: every part's operations, their description and its page."""

from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, jsonify, render_template

from admin_web.access import Doors, Public, recognise
from admin_web.api.answering import Answering
from admin_web.api.appointments import part as appointments
from admin_web.api.availability import part as availability
from admin_web.api.directory import part as directory
from admin_web.api.doctors import part as doctors
from admin_web.api.operations import PREFIX, REFUSED, Operation, Part
from admin_web.api.patients import part as patients
from admin_web.api.quotas import part as quotas
from admin_web.api.schedules import part as schedules
from admin_web.api.spec import path_of, spec
from admin_web.api.tokens import part as tokens
from admin_web.api.users import part as users
from admin_web.api.waiting import part as waiting
from admin_web.api.webhooks import part as webhooks
from clinic.users import Role

if TYPE_CHECKING:
    from clinic.services import Clinic

TITLE = "Alô Clínica"
DESCRIBED = Public("the description of the API holds nobody's data")
PARTS = (
    tokens, directory, doctors, availability, appointments, waiting, patients, schedules, quotas, users, webhooks,
)  # fmt: skip


def install(app: Flask, clinic: "Clinic", per_minute: int) -> None:
    """Register the API, and recognise the tokens it gives."""
    answering, parts = Answering(clinic, per_minute), [part(clinic) for part in PARTS]
    page = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in _all(parts):
        answering.register(page, operation)
    _describe(page, parts)
    recognise(app, answering.who)
    app.register_blueprint(page)


def purposes(clinic: "Clinic") -> dict[str, frozenset[Role]]:
    """For each purpose of a personal token, whose token could be used for it."""
    found: dict[str, frozenset[Role]] = {}
    for one in _all([part(clinic) for part in PARTS]):
        if one.scope and not isinstance(one.allow, Public):
            found[one.scope] = found.get(one.scope, frozenset()) | one.allow
    return found


def _describe(page: Blueprint, parts: list[Part]) -> None:
    described = cache(lambda: spec(_all(parts), TITLE))

    def description() -> Response:
        return jsonify(described())

    def docs() -> str:
        return render_template(
            "api/docs.html", parts=parts, spec=described(), path_of=path_of, refused=REFUSED, prefix=PREFIX
        )

    doors = Doors(page)
    doors.rule("/openapi.json", "openapi", description, allow=DESCRIBED)
    doors.rule("/docs", "docs", docs, allow=DESCRIBED)


def _all(parts: list[Part]) -> list[Operation]:
    return [operation for part in parts for operation in part.operations]
