"""What services refuse, as problems of the API: a status, a kind, and words that say what to do."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response
from werkzeug.exceptions import NotFound

from admin_web import desk_words
from admin_web.problems import problem
from clinic.agenda import OverlappingHours
from clinic.bookings import (
    AfterNoShows,
    ExtraQuotaFull,
    NotAllowed,
    NotYours,
    Overlaps,
    SlotTaken,
    TooMany,
    WrongStatus,
)
from clinic.editing import NameTaken
from clinic.log_ins import SessionOver, WrongLogIn
from clinic.login_limits import TooManyTries
from clinic.passwords import TooBusy
from clinic.patient_forms import Invalid
from clinic.personal_tokens import SameName, TooManyTokens
from clinic.practice import EndsBeforeItBegins
from clinic.profile import ChangedMeanwhile
from clinic.programs import OtherRequest, StillAtWork, TooManyRequests
from clinic.quotas import QuotaFull
from clinic.tokens import NoKey, Refused
from clinic.transitions import TooLate, TooSoon
from clinic.users import IdentityTaken, LastAdmin
from clinic.webhooks.subscriptions import Unknown

Errors = Sequence[Mapping[str, str]]


class Fault(Exception):
    """A request that is refused: everything a problem says of it."""

    def __init__(
        self, status: int, kind: str, title: str, detail: str = "", errors: Errors = (), wait: int | None = None
    ) -> None:
        super().__init__(status, kind)
        self.status, self.kind, self.title, self.detail = status, kind, title, detail
        self.errors, self.wait = errors, wait

    @property
    def reply(self) -> Response:
        """As it is answered."""
        headers = {"Retry-After": str(self.wait)} if self.wait is not None else {}
        return problem(self.status, self.kind, self.title, self.detail, self.errors, headers)


def unknown(*fields: str) -> Fault:
    """422: these fields name nothing that exists (for who asks)."""
    errors = [{"field": one, "message": "Não há nada com este número."} for one in fields]
    return Fault(422, "unknown", "Algo do pedido não existe", "Confira os números.", errors)


def changed() -> Fault:
    """412: it is not what was read."""
    return Fault(412, "changed", "Mudou desde que foi lido", "Leia de novo e mande o novo ETag.")


def wrong_log_in() -> Fault:
    """401 that tells nothing of what was wrong."""
    return Fault(401, "wrong-log-in", "Não foi possível entrar", "Confira quem entra, a senha e o código.")


QUOTA = "O médico não atende mais por este convênio neste dia"
NOT_ALLOWED = {
    "doctor": "Este médico não atende isto.", "kind": "Este tipo de consulta não se marca assim.",
    "payer": "Este médico não aceita este convênio nesta unidade.", "people": "A recepção marca para esta pessoa.",
    "return": "Não há consulta da qual esta seja o retorno.", "specialty": "Este médico não atende esta especialidade.",
}  # fmt: skip


def _not_allowed(error: Any) -> Fault:
    return Fault(422, "not-allowed", "Isto não pode ser marcado assim", NOT_ALLOWED.get(error.reason, ""))


def _invalid(error: Any) -> Fault:
    said = desk_words.problems(error.problems)
    errors = [{"field": field, "message": message} for field, message in said.items()]
    if error.problems.get("cpf") == "taken":
        return Fault(409, "cpf-taken", "Este CPF já está no cadastro", "", errors)
    return Fault(422, "invalid", "Alguns campos não servem", "Confira os campos.", errors)


def _wait(title: str, kind: str, status: int = 429) -> Callable[[Any], Fault]:
    return lambda error: Fault(status, kind, title, "Espere os segundos de Retry-After.", wait=error.seconds)


def _plain(status: int, kind: str, title: str, detail: str = "", wait: int | None = None) -> Callable[[Any], Fault]:
    return lambda _: Fault(status, kind, title, detail, wait=wait)


FAULTS: Mapping[type[Exception], Callable[[Any], Fault]] = {
    AfterNoShows: _plain(409, "after-no-shows", "A recepção marca a próxima consulta desta pessoa", "Diga o motivo."),
    ChangedMeanwhile: lambda _: changed(),
    EndsBeforeItBegins: _plain(422, "ends-before", "Precisa terminar depois de começar, e no futuro"),
    ExtraQuotaFull: _plain(409, "quota", "Não cabe mais encaixe neste dia"),
    IdentityTaken: _plain(409, "identity-taken", "Outra pessoa já é conhecida assim"),
    Invalid: _invalid,
    LastAdmin: _plain(409, "last-admin", "É a última conta de administração"),
    NameTaken: _plain(409, "taken", "Outro cadastro já tem este nome, telefone, código ou CRM"),
    NoKey: _plain(503, "no-key", "A instalação não tem ALO_SECRET_KEY", "Sem ela não há tokens de acesso.", 3600),
    NotAllowed: _not_allowed,
    NotFound: _plain(404, "not-found", "Não encontrado", "Não há isto, ou não é seu."),
    NotYours: _plain(404, "not-found", "Não encontrado", "Não há isto, ou não é seu."),
    OtherRequest: _plain(422, "other-request", "Esta Idempotency-Key já veio com outro pedido", "Use outra chave."),
    OverlappingHours: _plain(422, "overlapping-hours", "Dois horários ocupam o mesmo minuto"),
    Overlaps: _plain(409, "overlaps", "O paciente já tem consulta nesse horário"),
    QuotaFull: lambda error: Fault(409, "quota-full", QUOTA, f"São {error.limit} por dia. Escolha outro dia."),
    Refused: _plain(401, "token-refused", "Este token não vale mais", "Entre de novo."),
    SessionOver: lambda _: wrong_log_in(),
    SlotTaken: _plain(409, "slot-taken", "Este horário acabou de ser reservado", "Escolha outro."),
    StillAtWork: _plain(409, "at-work", "O mesmo pedido ainda está sendo respondido", "Repita em seguida.", 1),
    TooBusy: _plain(503, "busy", "Muita gente está entrando agora", "Tente de novo em seguida.", 5),
    TooLate: _plain(409, "too-late", "A hora pedida já chegou", "O pedido se desfaz sozinho."),
    TooMany: _plain(409, "too-many", "Esta pessoa já tem todas as consultas que pode marcar"),
    TooManyRequests: _wait("Pedidos demais neste minuto", "rate"),
    TooManyTokens: _plain(409, "too-many-tokens", "Há tokens demais", "Revogue os que não usa."),
    SameName: _plain(409, "same-name", "Há um token com este nome", "Use outro nome, ou revogue o que existe."),
    TooManyTries: _wait("Tentativas demais", "tries"),
    TooSoon: _plain(409, "too-soon", "Ainda é cedo para isto", "Chegada é do dia; falta, da hora marcada em diante."),
    Unknown: _plain(404, "not-found", "Não encontrado", "Não há isto, ou não é seu."),
    WrongLogIn: lambda _: wrong_log_in(),
    WrongStatus: _plain(409, "wrong-status", "A consulta não está mais assim", "Leia-a de novo."),
}


def fault_of(error: Exception) -> Fault | None:
    """What an error of a service is to a program; None for one nobody expected."""
    if isinstance(error, Fault):
        return error
    made = next((FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS), None)
    return made(error) if made else None
