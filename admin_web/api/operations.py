"""What the API can be asked: each operation says who may ask, what comes in, what goes out and what may go wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from admin_web.access import Allow, Public, viewer
from admin_web.api.types import Given, NoQuery, Shown
from clinic.users import Viewer

PREFIX = "/api/v1"
REFUSED = {
    400: "O pedido não segue este contrato.",
    401: "Falta um token válido.",
    403: "A função ou os propósitos do token não bastam.",
    404: "Não há isto, ou não é seu.",
    405: "Este número não pode ser de nada, ou o método não existe.",
    409: "Não combina com o que já existe.",
    412: "Mudou desde que foi lido (If-Match).",
    413: "O pedido é grande demais.",
    415: "O corpo precisa ser application/json.",
    422: "O contrato está certo, mas uma regra da clínica não deixa.",
    428: "Falta o cabeçalho If-Match.",
    429: "Pedidos demais; espere o que diz Retry-After.",
    503: "Fora do ar por um instante.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, understood: `path` holds its ids, `version` the If-Match, `key` the Idempotency-Key."""

    path: Mapping[str, Any]
    query: Any
    body: Any
    version: str | None = None
    key: str | None = None

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return viewer()

    @property
    def own_key(self) -> str | None:
        """The key as one that nobody else can have, nor another request."""
        if self.key is None:
            return None
        return f"api:{self.viewer.user_id}:{sha256(f'{self.key} {self.said}'.encode()).hexdigest()}"

    @property
    def said(self) -> str:
        """All that tells it from another request of the same operation."""
        body = self.body.model_dump_json() if self.body else ""
        return f"{sorted(self.path.items())} {body}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers; `version` becomes the ETag, `location` names what was made, `next` the next page."""

    body: Shown | None = None
    version: str = ""
    location: str = ""
    next: str | None = None


View = Callable[[Asked], Reply]
Guard = Callable[..., None]
"""Given the ids of the path; aborts with 404 where the record is not there for who asks."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One of them. `path` as Flask writes it, below /api/v1."""

    method: str
    path: str
    name: str
    summary: str
    view: View
    allow: Allow
    scope: str | None = None
    """What a personal token must be for; None: no personal token counts here."""
    query: type[Given] = NoQuery
    body: type[Given] | None = None
    shows: type[Shown] | None = None
    status: int = 200
    guard: Guard | None = None
    edits: bool = False
    """If-Match is demanded."""
    versioned: bool = False
    """Answers carry an ETag; If-Match is looked at where it is sent."""
    once: bool = False
    """An Idempotency-Key counts."""
    lasting: bool = False
    """Everybody who may ask is answered the same while the agenda stands as it did: the answer is kept."""
    refuses: tuple[int, ...] = ()
    about: str = ""

    @property
    def tag(self) -> str:
        """The part of the API it belongs to."""
        return self.path.split("/")[1]

    @property
    def public(self) -> bool:
        """Whether no token is asked for."""
        return isinstance(self.allow, Public)

    @property
    def statuses(self) -> list[int]:
        """What it may refuse with."""
        found = {400, 429, *self.refuses}
        found |= set() if self.public else {401, 403}
        found |= {404, 405} if "<" in self.path else set()
        found |= {413, 415, 422} if self.body else set()
        found |= {412, 428} if self.edits else {412} if self.versioned and self.method != "GET" else set()
        found |= {409, 422} if self.once else set()
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Part:
    """Operations that belong together, as one module registers them."""

    title: str
    operations: list[Operation] = field(default_factory=list)
