"""From a request to its answer: limits, whose record, what comes in, the operation, what goes out or went wrong."""

import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, make_response, request

from admin_web import again, security
from admin_web.access import Doors
from admin_web.answers import Answers, stamped
from admin_web.api import reading
from admin_web.api.faults import Fault, fault_of
from admin_web.api.operations import PREFIX, Asked, Operation, Reply
from admin_web.api.types import LARGEST_ID
from clinic.personal_tokens import BEGINS
from clinic.programs import Answer
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

log = logging.getLogger(__name__)
SCOPES, WHO = "api_scopes", "api_who"


class Answering:
    """Answers every operation in the same way."""

    def __init__(self, clinic: "Clinic", per_minute: int) -> None:
        self._clinic, self._per_minute = clinic, per_minute
        self._answers = Answers(stamped(clinic))

    def register(self, page: Blueprint, operation: Operation) -> None:
        """Give an operation its address."""

        def view(**path: Any) -> Response:
            return self._answer(operation, path)

        Doors(page).rule(operation.path, operation.name, view, allow=operation.allow, methods=(operation.method,))

    def who(self, asked: Any) -> Viewer | None:
        """Who shows a bearer token; it counts for the API alone."""
        token = security.bearer(asked)
        if not token or not asked.path.startswith(f"{PREFIX}/"):
            return None
        if not token.startswith(BEGINS):
            return self._clinic.tokens.viewer(token)
        bearer = self._clinic.personal_tokens.bearer(token)
        if bearer is None:
            return None
        setattr(g, SCOPES, bearer.scopes)
        setattr(g, WHO, f"token:{bearer.token_id}")
        return bearer.viewer

    def _answer(self, operation: Operation, path: dict[str, Any]) -> Response:
        try:
            left = self._clinic.programs.count(_counted(), self._per_minute)
            _check_scope(operation)
            if any(isinstance(one, int) and not 1 <= one <= LARGEST_ID for one in path.values()):
                abort(404)
            if operation.guard:
                operation.guard(**path)
            reply = self._lasting(operation, path) if operation.lasting else self._new(operation, path)
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            return fault.reply
        reply.headers["X-RateLimit-Remaining"] = str(left)
        return reply

    def _lasting(self, operation: Operation, path: dict[str, Any]) -> Response:
        """The answer as it was given before, to the very same question."""
        again.keep(_counted())
        asked = (request.path, request.query_string)
        body = self._answers.of(asked, lambda: self._new(operation, path).get_data())
        return Response(body, operation.status, mimetype="application/json")

    def _new(self, operation: Operation, path: dict[str, Any]) -> Response:
        asked = _asked(operation, path)
        if asked.key is None:
            return _response(operation, operation.view(asked))
        owner, key = f"user:{asked.viewer.user_id}", asked.key
        kept = self._clinic.programs.begin(owner, key, f"{operation.name} {asked.said}".encode())
        return _again(operation, kept) if kept else self._first_time(operation, asked, owner, key)

    def _first_time(self, operation: Operation, asked: Asked, owner: str, key: str) -> Response:
        """Answer and keep the answer; not what nobody expected, nor what says when to try again: so that it can be."""
        try:
            reply = _response(operation, operation.view(asked))
        except Exception as error:
            fault = fault_of(error)
            if fault is None or fault.status >= 500 or fault.wait is not None:
                self._clinic.programs.let_go(owner, key)
                raise
            reply = fault.reply
        self._clinic.programs.finish(owner, key, Answer(reply.status_code, reply.get_data(as_text=True)))
        return reply


def _counted() -> str:
    """Whose requests are counted together: a token's, with what it is renewed to, beside its person's others; where
    nobody has logged in, an address's."""
    looking = g.get("viewer")
    if looking is None:
        return f"address:{request.remote_addr}"[:64]
    return f"{looking.ref}/{g.get(WHO) or f'session:{looking.session_id}'}"


def _check_scope(operation: Operation) -> None:
    scopes = g.get(SCOPES)
    if scopes is not None and (operation.scope is None or operation.scope not in scopes):
        detail = f"Ele precisa valer para {operation.scope}." if operation.scope else "Use um token de acesso."
        raise Fault(403, "scope", "O token não vale para isto", detail)


def _asked(operation: Operation, path: dict[str, Any]) -> Asked:
    version = reading.version(operation)
    return Asked(path, reading.query(operation), reading.body(operation), version, reading.key(operation))


def _response(operation: Operation, reply: Reply) -> Response:
    body = reply.body.model_dump_json() if reply.body is not None else ""
    made = make_response(body, operation.status)
    made.mimetype = "application/json"
    if reply.version:
        made.headers["ETag"] = f'"{reply.version}"'
    if reply.location:
        made.headers["Location"] = f"{PREFIX}{reply.location}"
    if reply.next:
        given = {**request.args.to_dict(), "cursor": reply.next}
        made.headers["Link"] = f'<{request.path}?{urlencode(given)}>; rel="next"'
    return made


def _again(operation: Operation, kept: Answer) -> Response:
    """As it was answered the first time. Its ETag is of what it shows: of a record that was changed since it is old."""
    made = make_response(kept.body, kept.status)
    made.mimetype = "application/json" if kept.status < 400 else "application/problem+json"
    made.headers["Idempotent-Replayed"] = "true"
    if kept.status < 400 and operation.versioned:
        made.headers["ETag"] = f'"{_tag(kept.body)}"'
    if kept.status == 201:
        made.headers["Location"] = f"{PREFIX}/{operation.tag}/{json.loads(kept.body)['id']}"
    return made


def version_of(shown: Any) -> str:
    """What names a representation as it stands: its ETag."""
    return _tag(shown.model_dump_json())


def _tag(body: str) -> str:
    return sha256(body.encode()).hexdigest()[:24]


def not_found_unless(may: Callable[..., bool]) -> Callable[..., None]:
    """A guard from a question."""

    def guard(**path: Any) -> None:
        if not may(**path):
            abort(404)

    return guard
