"""What went wrong, as programs read it: application/problem+json (RFC 9457), in Portuguese."""

from collections.abc import Mapping, Sequence

from flask import Response, json, make_response

MEDIA_TYPE = "application/problem+json"
API = "/api/"
TYPES_AT = "/api/v1/docs#"
Errors = Sequence[Mapping[str, str]]


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str = "",
    errors: Errors = (),
    headers: Mapping[str, str] | None = None,
    code: str = "",
) -> Response:
    """An answer of this status; `kind` names what happened, `errors` what is wrong by field, `code` is to be quoted."""
    said: dict[str, object] = {"type": TYPES_AT + kind, "title": title, "status": status, "detail": detail or title}
    if errors:
        said["errors"] = list(errors)
    if code:
        said["code"] = code
    reply = make_response(json.dumps(said, ensure_ascii=False), status, dict(headers or {}))
    reply.mimetype = MEDIA_TYPE
    return reply


def log_in_first() -> Response:
    """401 for a program that shows no token that counts."""
    detail = "Mande o cabeçalho Authorization: Bearer com um token válido; veja /api/v1/docs."
    return problem(401, "log-in", "É preciso se identificar", detail, headers={"WWW-Authenticate": "Bearer"})
