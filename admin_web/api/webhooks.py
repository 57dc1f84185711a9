"""/webhooks: programs that are told of appointments, for managers; secrets are shown once."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from flask import abort
from pydantic import Field, StringConstraints

from admin_web.access import MANAGERS
from admin_web.api.answering import version_of
from admin_web.api.faults import Fault, changed
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, cursor, of_few, place
from admin_web.api.paging import part as first
from admin_web.api.types import Cursor, Given, Label, Moment, Paged, Shown
from clinic.outbox.list import NotToBeSent
from clinic.profile import ChangedMeanwhile
from clinic.webhooks.deliveries import MOST_RESENT, Delivery, Since
from clinic.webhooks.service import Programs
from clinic.webhooks.subscriptions import BadUrl, LabelTaken, NoKey, Subscription, TooMany, Wish

if TYPE_CHECKING:
    from clinic.services import Clinic

PATH = "/webhooks/<int:subscription_id>"
Event = Literal[
    "booked", "requested", "accepted", "declined", "expired", "moved", "cancelled", "withdrawn", "restored",
    "imported", "confirmed", "arrived", "fulfilled", "noshow", "delayed", "on_time", "reoffered", "removed",
]  # fmt: skip
Url = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[!-~]+$")]
NEWEST = 2**53


class WebhookValues(Given):
    """A program that wishes to be told; no `events`: all. `with_patient`: name, telephone and e-mail are sent too."""

    label: Label
    url: Url
    events: Annotated[list[Event], Field(max_length=18, default_factory=list)]
    with_patient: bool = False


class Webhook(Shown):
    """A program, and how it stands. `secret` is there only in the answer that made it."""

    id: int
    label: str
    url: str
    events: list[str]
    with_patient: bool
    paused_at: datetime | None
    paused_why: str | None
    failures: int
    told_at: datetime | None
    old_until: datetime | None
    created_at: datetime
    version: int
    secret: str | None = None


class Webhooks(Shown):
    """A part of the programs."""

    items: list[Webhook]
    next_cursor: str | None


class DeliveriesQuery(Paged):
    """Which deliveries."""

    status: Literal["waiting", "sent", "failed", "silenced"] | None = None


class ShownDelivery(Shown):
    """One event to one program. `webhook_id`: the header; `answered`: the status of the last answer."""

    id: int
    webhook_id: str | None
    event: str
    appointment_id: int | None
    status: str
    reason: str | None
    attempts: int
    answered: int | None
    milliseconds: int | None
    created_at: datetime
    due_at: datetime | None


class ShownDeliveries(Shown):
    """A part of the deliveries, the newest first."""

    items: list[ShownDelivery]
    next_cursor: str | None


class ResendQuery(Given):
    """What is sent once more: what failed, or everything (for who lost what they had); `since` when it was written."""

    since: Moment | None = None
    which: Literal["failed", "all"] = "failed"
    limit: Annotated[int, Field(ge=1, le=MOST_RESENT)] = MOST_RESENT
    cursor: Cursor | None = None


class Resent(Shown):
    """How many are sent once more, and how many more there are: they go with the same question and `next_cursor`."""

    count: int
    left: int = 0
    next_cursor: str | None = None


class Integrations:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    @property
    def _programs(self) -> Programs:
        return self._clinic.messages.programs

    def list(self, asked: Asked) -> Reply:
        """By id."""
        query = asked.query
        some, following = of_few(self._programs.subscriptions.all(), query.limit, after_id(query.cursor))
        return Reply(Webhooks(items=[_shown(one) for one in some], next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them."""
        return self._reply(self._one(asked))

    def create(self, asked: Asked) -> Reply:
        """A new one, with its secret."""
        try:
            made, secret = self._programs.subscriptions.create(_wish(asked.body), asked.viewer.ref)
        except (BadUrl, LabelTaken, NoKey, TooMany) as refused:
            raise _refused(refused) from None
        return self._reply(self._programs.subscriptions.get(made), secret, f"/webhooks/{made}")

    def replace(self, asked: Asked) -> Reply:
        """Another name, address or choice."""
        one = self._checked(asked)
        try:
            self._programs.subscriptions.save(one.id, _wish(asked.body), one.version, asked.viewer.ref)
        except (BadUrl, ChangedMeanwhile, LabelTaken) as refused:
            raise _refused(refused) from None
        return self._reply(self._one(asked))

    def rotate(self, asked: Asked) -> Reply:
        """A new secret; the old one signs too for a day."""
        one = self._checked(asked)
        try:
            secret = self._programs.subscriptions.rotate(one.id, one.version, asked.viewer.ref)
        except (ChangedMeanwhile, NoKey) as refused:
            raise _refused(refused) from None
        return self._reply(self._one(asked), secret)

    def pause(self, asked: Asked) -> Reply:
        """It is told nothing until it runs again."""
        self._programs.subscriptions.pause(self._one(asked).id, asked.viewer.ref)
        return self._reply(self._one(asked))

    def resume(self, asked: Asked) -> Reply:
        """It is told again from now on."""
        self._programs.subscriptions.resume(self._one(asked).id, asked.viewer.ref)
        return self._reply(self._one(asked))

    def ping(self, asked: Asked) -> Reply:
        """Send an event that means nothing."""
        one = self._one(asked)
        self._programs.deliveries.ping(one.id, asked.viewer.ref)
        return self._reply(one)

    def delete(self, asked: Asked) -> Reply:
        """It is told nothing any more."""
        self._programs.subscriptions.delete(self._one(asked).id, asked.viewer.ref)
        return Reply()

    def deliveries(self, asked: Asked) -> Reply:
        """What it was told, the newest first."""
        one, query = self._one(asked), asked.query
        before = place(query.cursor, (int,))
        last = min(max(before[0], 0), NEWEST) if before else None
        rows = self._programs.deliveries.page(one.id, query.status or "", "", last, query.limit + 1)
        some, more = first(rows, query.limit)
        following = cursor(some[-1].line.id) if more else None
        return Reply(ShownDeliveries(items=[_told(row) for row in some], next_cursor=following), next=following)

    def resend(self, asked: Asked) -> Reply:
        """One once more."""
        try:
            self._programs.deliveries.resend(self._one(asked).id, asked.path["delivery_id"], asked.viewer.ref)
        except KeyError:
            abort(404)
        except NotToBeSent:
            raise Fault(409, "not-to-be-sent", "Este aviso ainda não saiu ou não vale mais") from None
        return Reply(Resent(count=1))

    def resend_some(self, asked: Asked) -> Reply:
        """What failed, or all there was since a moment: the oldest first, so many at once."""
        one, query, deliveries = self._one(asked), asked.query, self._programs.deliveries
        if query.which == "all" and query.since is None:
            errors = [{"field": "since", "message": "Diga desde quando."}]
            raise Fault(422, "invalid", "Falta desde quando reenviar tudo", "", errors)
        went_on = place(query.cursor, (int, int))
        after, newest = went_on or (0, deliveries.newest(one.id))
        wanted = Since(query.since, query.which == "failed", min(max(newest, 0), NEWEST))
        done = deliveries.resend_since(one.id, asked.viewer.ref, wanted, min(max(after, 0), NEWEST), query.limit)
        following = cursor(done.last, newest) if done.left else None
        return Reply(Resent(count=done.count, left=done.left, next_cursor=following))

    def _one(self, asked: Asked) -> Subscription:
        return self._programs.subscriptions.get(asked.path["subscription_id"])

    def _checked(self, asked: Asked) -> Subscription:
        """As it was read by who asks (If-Match)."""
        one = self._one(asked)
        if asked.version is not None and asked.version != version_of(_stable(one)):
            raise changed()
        return one

    @staticmethod
    def _reply(one: Subscription, secret: str | None = None, location: str = "") -> Reply:
        shown = _shown(one)
        return Reply(shown.model_copy(update={"secret": secret}), version_of(_stable(one)), location)


def _shown(one: Subscription) -> Webhook:
    return Webhook.model_validate({**{name: getattr(one, name) for name in one.__slots__}, "events": list(one.events)})


def _stable(one: Subscription) -> Webhook:
    """Without what deliveries change by themselves: the ETag is of what people choose."""
    return _shown(one).model_copy(update={"failures": 0, "told_at": None})


def _told(row: Delivery) -> ShownDelivery:
    line = row.line
    return ShownDelivery(
        id=line.id, webhook_id=line.uid, event=row.event, appointment_id=line.appointment_id, status=line.status,
        reason=line.reason, attempts=line.attempts, answered=row.answered, milliseconds=row.milliseconds,
        created_at=line.created_at, due_at=line.due_at,
    )  # fmt: skip


def _wish(given: WebhookValues) -> Wish:
    return Wish(" ".join(given.label.split()), given.url, frozenset(given.events), given.with_patient)


def _refused(error: Exception) -> Fault:
    if isinstance(error, BadUrl):
        why = {"not-https": "Precisa começar com https://.", "private-address": "Leva à rede interna."}
        said = why.get(str(error), "Não é um endereço.")
        return Fault(422, "invalid", "Este endereço não serve", "", [{"field": "url", "message": said}])
    if isinstance(error, LabelTaken):
        return Fault(409, "name-taken", "Já existe uma integração com este nome")
    if isinstance(error, TooMany):
        return Fault(409, "too-many", "Há integrações demais", "Apague as que ninguém usa.")
    if isinstance(error, NoKey):
        return Fault(409, "no-key", "Segredos não podem ser guardados aqui", "Falta ALO_SECRET_KEY na instalação.")
    return changed()


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own, log = Integrations(clinic), f"{PATH}/deliveries"
    reads, writes = "webhooks:read", "webhooks:write"
    return Part("Integrações (webhooks)", [
        Operation("GET", "/webhooks", "list_webhooks", "Listar as integrações", own.list, MANAGERS, reads, query=Paged,
                  shows=Webhooks, refuses=(422,)),
        Operation("POST", "/webhooks", "create_webhook", "Criar uma integração", own.create, MANAGERS, writes,
                  body=WebhookValues, shows=Webhook, status=201, refuses=(409,), versioned=True,
                  about="O segredo só aparece nesta resposta."),
        Operation("GET", PATH, "get_webhook", "Ler uma integração", own.get, MANAGERS, reads, shows=Webhook,
                  versioned=True),
        Operation("PUT", PATH, "replace_webhook", "Guardar uma integração", own.replace, MANAGERS, writes,
                  body=WebhookValues, shows=Webhook, edits=True, refuses=(409,)),
        Operation("DELETE", PATH, "delete_webhook", "Apagar uma integração", own.delete, MANAGERS, writes, status=204),
        Operation("POST", f"{PATH}/secret", "rotate_webhook_secret", "Trocar o segredo", own.rotate, MANAGERS, writes,
                  shows=Webhook, edits=True, refuses=(409,),
                  about="O segredo novo só aparece nesta resposta; o antigo também assina por um dia."),
        Operation("POST", f"{PATH}/pause", "pause_webhook", "Pausar", own.pause, MANAGERS, writes, shows=Webhook),
        Operation("POST", f"{PATH}/resume", "resume_webhook", "Retomar", own.resume, MANAGERS, writes, shows=Webhook),
        Operation("POST", f"{PATH}/ping", "ping_webhook", "Enviar um teste", own.ping, MANAGERS, writes,
                  shows=Webhook),
        Operation("GET", log, "list_webhook_deliveries", "O que foi avisado", own.deliveries, MANAGERS, reads,
                  query=DeliveriesQuery, shows=ShownDeliveries, refuses=(422,)),
        Operation("POST", f"{log}/resend", "resend_webhook_deliveries", "Reenviar o que falhou, ou tudo desde então",
                  own.resend_some, MANAGERS, writes, query=ResendQuery, shows=Resent, refuses=(422,),
                  about="Do mais antigo ao mais novo, até 500 por pedido; left diz quantos faltam, e next_cursor os "
                        "pede. O id do acontecimento é o mesmo; o que já tinha chegado vai com outro webhook-id."),
        Operation("POST", f"{log}/<int:delivery_id>/resend", "resend_webhook_delivery", "Reenviar um aviso",
                  own.resend, MANAGERS, writes, shows=Resent, refuses=(409,)),
    ])  # fmt: skip
