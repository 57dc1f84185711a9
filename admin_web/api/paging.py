"""Lists in parts: an opaque cursor names where the next part begins."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from admin_web.api.faults import Fault


def cursor(*place: object) -> str:
    """Names a place in a list."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(given: str | None, kinds: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The place a cursor names; None for the beginning. Raises Fault for one that we did not make."""
    if given is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if not isinstance(found, list) or [type(one) for one in found] != list(kinds):
        said = "Use o cursor da resposta anterior, sem mudá-lo."
        raise Fault(422, "cursor", "Este cursor não existe", "", [{"field": "cursor", "message": said}])
    return tuple(found)


def after_id(given: str | None) -> int:
    """The id after which a list by id goes on."""
    found = place(given, (int,))
    return min(max(found[0], 0), 2**53) if found else 0


def part(rows: Sequence[Any], limit: int) -> tuple[Sequence[Any], bool]:
    """The first `limit`, and whether there are more; `rows` has one more than that, if it can."""
    return rows[:limit], len(rows) > limit


def of_few(rows: Sequence[Any], limit: int, after: int) -> tuple[Sequence[Any], str | None]:
    """A part of a list that is in memory, by id, and the cursor of the next."""
    coming = sorted((row for row in rows if row.id > after), key=lambda row: row.id)
    some, more = part(coming, limit)
    return some, cursor(some[-1].id) if more else None
