"""The description of the API (OpenAPI 3.1), made from its operations and their models."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from admin_web.api.operations import PREFIX, REFUSED, Operation
from admin_web.api.types import LARGEST_ID, Problem
from admin_web.problems import MEDIA_TYPE

REF = "#/components/schemas/{model}"
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
ABOUT = (
    "A agenda da clínica para outros programas. Datas e horas têm fuso; dinheiro é em centavos. Erros são "
    "application/problem+json (RFC 9457)."
)
Json = dict[str, Any]


def spec(operations: Sequence[Operation], title: str) -> Json:
    """All of it."""
    schemas, refs = _schemas(operations)
    paths: Json = {}
    for one in operations:
        paths.setdefault(path_of(one), {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"bearer": []}],
    }


def path_of(operation: Operation) -> str:
    """The path as OpenAPI writes it."""
    return ARGUMENT.sub(r"{\2}", operation.path)


def _schemas(operations: Sequence[Operation]) -> tuple[Json, dict[type[BaseModel], Json]]:
    wanted: dict[type[BaseModel], Any] = {Problem: "serialization"}
    for one in operations:
        wanted |= {one.body: "validation"} if one.body else {}
        wanted |= {one.shows: "serialization"} if one.shows else {}
    pairs = list(wanted.items())
    found, definitions = models_json_schema(pairs, ref_template=REF)
    return definitions.get("$defs", {}), {model: found[model, mode] for model, mode in pairs}


def _operation(one: Operation, refs: dict[type[BaseModel], Json]) -> Json:
    told: Json = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": _in_path(one) + _in_query(one) + _in_headers(one),
        "responses": _responses(one, refs),
    }
    if one.about or one.scope:
        scope = f"Propósito do token pessoal: `{one.scope}`." if one.scope else ""
        told["description"] = " ".join(filter(None, (one.about, scope)))
    if one.body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": refs[one.body]}}}
    if one.public:
        told["security"] = []
    return told


def _in_path(one: Operation) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _argument(kind)}
        for kind, name in ARGUMENT.findall(one.path)
    ]


def _argument(kind: str) -> Json:
    if kind == "int":
        return {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,80}$"}


def _in_query(one: Operation) -> list[Json]:
    schema = one.query.model_json_schema(ref_template=REF)
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": _plain(about)}
        for name, about in schema.get("properties", {}).items()
    ]


def _plain(about: Json) -> Json:
    """A parameter that is not sent is not null."""
    kinds = [kind for kind in about.get("anyOf", ()) if kind.get("type") != "null"]
    found = {**about, **kinds[0]} if len(kinds) == 1 else dict(about)
    left_out = {"anyOf", "title"} | ({"default"} if found.get("default", 0) is None else set())
    return {name: value for name, value in found.items() if name not in left_out}


def _in_headers(one: Operation) -> list[Json]:
    text = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    tag = text | {"pattern": r'^(W/)?"?[!#-+\--~]+"?$'}
    found = []
    if one.edits or (one.versioned and one.method != "GET"):
        found.append({"name": "If-Match", "in": "header", "required": one.edits, "schema": tag})
    if one.once:
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": text})
    return found


def _responses(one: Operation, refs: dict[type[BaseModel], Json]) -> Json:
    done: Json = {"description": "Feito." if one.method != "GET" else "O que foi pedido.", "headers": _headers(one)}
    if one.shows:
        done["content"] = {"application/json": {"schema": refs[one.shows]}}
    refused = {"content": {MEDIA_TYPE: {"schema": refs[Problem]}}}
    return {
        str(one.status): done,
        **{str(status): {"description": REFUSED[status], **refused} for status in one.statuses},
    }


def _headers(one: Operation) -> Json:
    text = {"schema": {"type": "string"}}
    found = {"X-RateLimit-Remaining": {"schema": {"type": "integer"}}}
    return {**found, **({"ETag": text} if one.versioned or one.edits else {})}
