"""Pages for what went wrong: what happened, what to do, and a code to quote."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from admin_web import problems
from admin_web.access import PATIENTS, STAFF, AnothersPage, Lost, WrongRole, allowed, by_script, lost_form, somebody
from admin_web.portal_own import NoRecord
from admin_web.security import LostToken, NotLocal

log = logging.getLogger(__name__)
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page says."""

    title: str
    what_to_do: str


TROUBLES = {
    400: Trouble("Não entendemos o pedido", "Volte à página anterior, recarregue-a e tente outra vez."),
    403: Trouble("Este pedido não foi aceito", "Recarregue a página de onde ele partiu e tente outra vez."),
    404: Trouble("Esta página não existe", "Confira o endereço, ou escolha uma das páginas do menu."),
    405: Trouble("Isto não pode ser feito aqui", "Volte à página anterior e use os botões dela."),
    413: Trouble("O pedido é grande demais", "Envie menos de uma vez."),
    500: Trouble("Algo deu errado do nosso lado", "Tente de novo em um minuto. Se continuar, diga-nos este código."),
    503: Trouble("Fora do ar por um instante", "Tente de novo em um minuto."),
}
TO_PROGRAMS = {
    400: Trouble("Não entendemos o pedido", "Compare-o com a descrição em /api/v1/docs."),
    403: Trouble(
        "Este pedido não foi aceito", "Mande Authorization: Bearer; com a sessão de um navegador, também X-CSRF-Token."
    ),
    404: Trouble("Não há nada neste endereço", "Confira o endereço; /api/v1/docs mostra todos."),
    405: Trouble("Este método não serve neste endereço", "O cabeçalho Allow diz quais servem."),
}
"""The same to programs, which have no page to go back to, nor a menu."""
NOT_LOCAL = Trouble(
    "Esta página só abre no próprio computador",
    "Ela não pede senha. Abra-a no computador em que o Alô Clínica está, pelo endereço 127.0.0.1.",
)
NO_ROLE = Trouble("Quem pede não tem a função para isto", "A gerência da clínica muda as funções de uma conta.")
"""To programs, where the role is what is missing; a plain 403 is a request that no page and no token stands behind."""
NOT_ALLOWED = Trouble(
    "Esta página não é da sua função",
    "Se precisa dela no seu trabalho, peça a um administrador da clínica que mude as suas funções.",
)
FOR_STAFF = Trouble(
    "Esta página é da equipe da clínica",
    "Suas consultas e seus dados estão no início. Se algo falta, fale com a recepção.",
)
FOR_PATIENTS = Trouble(
    "Esta página é dos pacientes",
    "Para marcar, mudar ou cancelar por alguém, abra a Agenda ou a ficha da pessoa.",
)
NO_RECORD = Trouble(
    "Seu acesso ainda não tem um cadastro de paciente",
    "Fale com a recepção: ela liga este acesso ao seu cadastro, e suas consultas aparecem aqui.",
)
ANOTHERS_PAGE = Trouble(
    "Esta página foi aberta com outra conta", "Nada foi feito. Recarregue a página para usar a conta de agora."
)
SPECIAL: dict[type[HTTPException], Trouble] = {
    NotLocal: NOT_LOCAL, NoRecord: NO_RECORD, AnothersPage: ANOTHERS_PAGE,
}  # fmt: skip
TOKEN_GONE = Trouble("Este navegador perdeu a marca desta página", "Copie o que digitou e recarregue a página.")
"""To a part of a page: its session goes on, and to send it once more helps nobody."""
KEPT: dict[type[HTTPException], tuple[Lost, Trouble]] = {
    AnothersPage: ("another", ANOTHERS_PAGE), LostToken: ("token", TOKEN_GONE),
}  # fmt: skip
"""Forms that cannot be taken as they came: a page of its own keeps what was typed, a script is told."""


def install(app: Flask) -> None:
    """Show these pages for every error."""
    app.register_error_handler(HTTPException, known)
    app.register_error_handler(Exception, unknown)


def known(error: HTTPException) -> Response:
    """An error with a status of its own."""
    if error.response is not None:
        return make_response(error.response)
    if kept := _lost(error):
        return kept
    reply = page(error.code or 500, _wrong_role() if isinstance(error, WrongRole) else SPECIAL.get(type(error)))
    if allowed := dict(error.get_headers()).get("Allow"):
        reply.headers["Allow"] = allowed
    return reply


def _lost(error: HTTPException) -> Response | None:
    """The page that keeps what was typed; a script keeps it itself and is told why. None for all else."""
    kept = KEPT.get(type(error))
    if kept is None or request.endpoint is None or request.path.startswith(problems.API):
        return None
    why, told = kept
    part = bool(request.headers.get("HX-Request"))
    if part and why == "another":
        return Response(status=401)  # the page says so (login/session-over.js)
    if part or by_script():  # the page says what is told (login/session-over.js)
        return make_response({"title": told.title, "what_to_do": told.what_to_do}, 403)
    return lost_form(why)


def _wrong_role() -> Trouble:
    """Whose page it is, in words for who asked: a patient has no role to ask for."""
    if request.path.startswith(problems.API):
        return NO_ROLE
    looking = somebody()
    if looking and looking.roles == PATIENTS:
        return FOR_STAFF
    books = bool(looking and looking.roles & STAFF)
    return FOR_PATIENTS if books and allowed() == PATIENTS else NOT_ALLOWED


def unknown(error: Exception) -> Response:
    """Anything that nobody expected: logged with a code, and the code shown."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    log.error("page failed, code %s, %s %s", code, request.method, request.endpoint, exc_info=error)
    return page(500, code=code)


def page(status: int, trouble: Trouble | None = None, code: str = "") -> Response:
    """The page of a status; as JSON for a script that asks for it."""
    to_program = request.path.startswith(problems.API)
    said = trouble or (TO_PROGRAMS if to_program else TROUBLES).get(status) or TROUBLES[500 if status >= 500 else 400]
    if to_program:
        return problems.problem(status, f"http-{status}", said.title, said.what_to_do, code=code)
    if request.accept_mimetypes.best == "application/json":
        return make_response({"title": said.title, "what_to_do": said.what_to_do, "code": code}, status)
    return make_response(render_template("errors/page.html", trouble=said, status=status, code=code), status)
