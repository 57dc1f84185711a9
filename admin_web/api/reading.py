"""Reading a request: query, body and headers against their models; what is wrong is told by field, in Portuguese."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError

from admin_web.api.faults import Fault
from admin_web.api.operations import Operation
from admin_web.api.types import Given

G = TypeVar("G", bound=Given)
KEY = re.compile(r"[!-~]{1,200}")
TAG = re.compile(r'(?:W/)?"?([!#-+\--~]{1,200})"?')
WHAT_IS_WRONG = {
    "missing": "Falta este campo.",
    "extra_forbidden": "Este campo não existe aqui.",
    "string_type": "Precisa ser um texto.",
    "string_too_long": "Cabe até {max_length} letras.",
    "string_too_short": "Precisa de {min_length} letras ou mais.",
    "string_pattern_mismatch": "Não tem a forma pedida.",
    "string_unicode": "Tem letras que não existem.",
    "bool_type": "Precisa ser true ou false.",
    "int_type": "Precisa ser um número inteiro.",
    "int_parsing": "Precisa ser um número inteiro.",
    "int_from_float": "Precisa ser um número inteiro.",
    "greater_than_equal": "Precisa ser {ge} ou mais.",
    "less_than_equal": "Precisa ser {le} ou menos.",
    "literal_error": "Precisa ser um destes: {expected}.",
    "list_type": "Precisa ser uma lista.",
    "dict_type": "Precisa ser um objeto.",
    "model_type": "Precisa ser um objeto.",
    "too_long": "Cabem até {max_length} itens.",
    "too_short": "Precisa de {min_length} ou mais itens.",
    "timezone_aware": "Diga também o fuso, como em 2026-11-23T09:00:00-03:00.",
    "json_invalid": "Isto não é JSON.",
}
A_TIME = "Precisa ser como 2026-11-23T09:00:00-03:00."
A_DAY = "Precisa ser uma data como 2026-11-23."


def query(operation: Operation) -> Given:
    """The parameters after "?". Raises Fault."""
    given = request.args.to_dict(flat=False)
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise Fault(400, "request", "Pedido que não entendemos", "", _each(twice, "Só pode vir uma vez."))
    plain = {name: values[0] for name, values in given.items()}
    return _understood(lambda: operation.query.model_validate_strings(plain))


def body(operation: Operation) -> Given | None:
    """The body, where one is wanted. Raises Fault."""
    wanted = operation.body
    if wanted is None:
        return None
    if request.mimetype != "application/json":
        raise Fault(415, "content-type", "O corpo precisa ser application/json")
    sent = _with_whole_numbers(request.get_data())
    return _understood(lambda: wanted.model_validate_json(sent))


def key(operation: Operation) -> str | None:
    """The Idempotency-Key, where it counts. Raises Fault."""
    sent = request.headers.get("Idempotency-Key") if operation.once else None
    if sent is not None and not KEY.fullmatch(sent):
        said = "De 1 a 200 letras, algarismos ou sinais, sem espaços."
        raise Fault(400, "request", "Pedido que não entendemos", "", _each(["Idempotency-Key"], said))
    return sent


def version(operation: Operation) -> str | None:
    """The one ETag of If-Match, where it counts; None for none and for "*". Raises Fault.

    A weak one counts as well: proxies that compress make them so.
    """
    if not (operation.edits or operation.versioned) or request.method == "GET":
        return None
    if "If-Match" not in request.headers:
        if operation.edits:
            raise Fault(428, "if-match", "Falta o cabeçalho If-Match", "Leia antes e mande o ETag que recebeu.")
        return None
    sent = request.headers["If-Match"].strip()
    if sent == "*" and not operation.edits:
        return None
    tag = TAG.fullmatch(sent)
    if tag is None:
        said = "Mande um ETag só, como o recebeu."
        raise Fault(400, "request", "Pedido que não entendemos", "", _each(["If-Match"], said))
    return tag[1]


def _with_whole_numbers(sent: bytes) -> bytes | str:
    """The same where 1.0 is 1, as JSON Schema has it; what is no JSON is left to the models to refuse."""
    try:
        return json.dumps(json.loads(sent, parse_float=_number))
    except (ValueError, RecursionError):
        return sent


def _number(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _understood(read: Callable[[], G]) -> G:
    try:
        return read()
    except ValidationError as wrong:
        errors = [{"field": _place(one["loc"]), "message": _said(one)} for one in wrong.errors(include_url=False)]
        raise Fault(400, "request", "Pedido que não entendemos", "Confira os campos.", errors) from None


def _place(where: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in where)[:200]


def _said(error: Mapping[str, Any]) -> str:
    kind, more = error["type"], error.get("ctx") or {}
    if kind == "value_error":
        return str(more["error"])
    if kind.startswith("datetime"):
        return A_TIME
    if kind.startswith("date"):
        return A_DAY
    if kind == "literal_error":
        more = {"expected": more["expected"].replace("' or '", "' ou '")}
    return WHAT_IS_WRONG.get(kind, "Isto não serve aqui.").format(**more)


def _each(names: list[str], said: str) -> list[dict[str, str]]:
    return [{"field": name, "message": said} for name in names]
