"""/tokens: logging in as a program, renewing, ending; /personal-tokens: tokens for other systems."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from flask import abort, request
from pydantic import Field, StringConstraints

from admin_web.access import EVERYBODY, Public
from admin_web.api.faults import Fault, unknown, wrong_log_in
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.types import Given, Label, Shown
from clinic.identities import understood
from clinic.log_ins import Browser, LoggedIn
from clinic.personal_tokens import LONGEST, SCOPES, TokenInfo
from clinic.tokens import NoKey, Pair

if TYPE_CHECKING:
    from clinic.services import Clinic

PROGRAM = "Programa (API)"
Scope = Literal[
    "appointments:read", "appointments:write", "availability:read", "directory:read", "directory:write",
    "patients:read", "patients:write", "schedules:read", "schedules:write", "users:read", "users:write",
    "webhooks:read", "webhooks:write",
]  # fmt: skip
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LOG_IN = Public("it is where programs log in, by password and code")
RENEW = Public("the refresh token itself says who asks")


class LogIn(Given):
    """Who, and the password; the code where the account asks for one."""

    identifier: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    password: Secret
    code: Annotated[str, StringConstraints(max_length=40)] | None = None


class Refresh(Given):
    """A refresh token."""

    refresh_token: Secret


class TokenPair(Shown):
    """What counts until `expires_at`, and what gives the next one, once."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - RFC 6750's word
    expires_at: datetime


class NewToken(Given):
    """What a personal token is for, and how many days it counts."""

    name: Label
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))]
    days: Annotated[int, Field(ge=1, le=LONGEST.days)] = 90


class PersonalToken(Shown):
    """A personal token; what it looks like is told once, when it is made."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    token: str | None = None


class PersonalTokens(Shown):
    """All of one's own that count."""

    items: list[PersonalToken]


class Tokens:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def log_in(self, asked: Asked) -> Reply:
        """By password, and the code where one is asked for."""
        if not self._clinic.tokens.available:
            raise NoKey
        given: LogIn = asked.body
        identity = understood(given.identifier)
        if identity is None:
            raise wrong_log_in()
        browser = Browser(PROGRAM, request.remote_addr or "")
        done = self._clinic.log_ins.by_password(identity, given.password, browser)
        if done.awaits:
            done = self._second_step(done, given.code, browser)
        return Reply(_pair(self._clinic.tokens.of_session(done.token)))

    def _second_step(self, done: LoggedIn, code: str | None, browser: Browser) -> LoggedIn:
        """The code; whatever goes wrong, the half session ends."""
        try:
            if done.awaits == "setup":
                detail = "Entre uma vez pelas páginas e ligue os códigos de acesso."
                raise Fault(403, "setup", "A conta ainda não tem códigos de acesso", detail)
            if not code:
                raise Fault(401, "code", "Falta o código de acesso", "Mande também o código do aplicativo em code.")
            return self._clinic.log_ins.by_code(done.token, code, browser)
        except Exception:
            self._clinic.sessions.leave(done.token)
            raise

    def renew(self, asked: Asked) -> Reply:
        """The next pair."""
        return Reply(_pair(self._clinic.tokens.renew(asked.body.refresh_token)))

    def revoke(self, asked: Asked) -> Reply:
        """Log out."""
        self._clinic.tokens.revoke(asked.body.refresh_token)
        return Reply()

    def list(self, asked: Asked) -> Reply:
        """One's own personal tokens."""
        found = self._clinic.personal_tokens.list(asked.viewer.user_id)
        return Reply(PersonalTokens(items=[_shown(one) for one in found]))

    def create(self, asked: Asked) -> Reply:
        """A new personal token."""
        given: NewToken = asked.body
        if not given.name.strip():
            raise unknown("name")
        made, token = self._clinic.personal_tokens.create(
            asked.viewer.user_id, given.name.strip(), given.scopes, given.days
        )
        return Reply(_shown(made, token), location=f"/personal-tokens/{made.id}")

    def end(self, asked: Asked) -> Reply:
        """A personal token opens nothing any more."""
        if not self._clinic.personal_tokens.revoke(asked.viewer.user_id, asked.path["token_id"]):
            abort(404)
        return Reply()


def _pair(pair: Pair) -> TokenPair:
    return TokenPair(access_token=pair.access, refresh_token=pair.refresh, expires_at=pair.expires_at)


def _shown(info: TokenInfo, token: str | None = None) -> PersonalToken:
    return PersonalToken(
        id=info.id, name=info.name, scopes=list(info.scopes), created_at=info.created_at, expires_at=info.expires_at,
        used_at=info.used_at, token=token,
    )  # fmt: skip


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = Tokens(clinic)
    return Part("Tokens", [
        Operation("POST", "/tokens", "log_in", "Entrar e receber tokens", own.log_in, LOG_IN, body=LogIn,
                  shows=TokenPair, refuses=(401, 403, 503),
                  about="CPF, e-mail, celular ou CRM com UF, a senha e, se a conta pede, o código do aplicativo."),
        Operation("POST", "/tokens/refresh", "renew_token", "Trocar o refresh token por um novo par", own.renew, RENEW,
                  body=Refresh, shows=TokenPair, refuses=(401, 503),
                  about="Cada um vale uma vez; usado de novo, a sessão inteira termina."),
        Operation("POST", "/tokens/revoke", "revoke_token", "Sair", own.revoke, RENEW, body=Refresh, status=204),
        Operation("GET", "/personal-tokens", "list_personal_tokens", "Os próprios tokens pessoais", own.list,
                  EVERYBODY, shows=PersonalTokens),
        Operation("POST", "/personal-tokens", "create_personal_token", "Criar um token pessoal", own.create, EVERYBODY,
                  body=NewToken, shows=PersonalToken, status=201, refuses=(409,),
                  about="O token aparece só nesta resposta."),
        Operation("DELETE", "/personal-tokens/<int:token_id>", "revoke_personal_token", "Revogar um token pessoal",
                  own.end, EVERYBODY, status=204),
    ])  # fmt: skip
