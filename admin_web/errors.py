"""Pages for what went wrong: what happened, what to do, and a code to quote."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from admin_web import problems
from admin_web.access import WrongRole
from admin_web.portal_own import NoRecord
from admin_web.security import NotLocal

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
NOT_LOCAL = Trouble(
    "Esta página só abre no próprio computador",
    "Ela não pede senha. Abra-a no computador em que o Alô Clínica está, pelo endereço 127.0.0.1.",
)
NOT_ALLOWED = Trouble(
    "Esta página não é da sua função",
    "Se precisa dela no seu trabalho, peça a um administrador da clínica que mude as suas funções.",
)
NO_RECORD = Trouble(
    "Seu acesso ainda não tem um cadastro de paciente",
    "Fale com a recepção: ela liga este acesso ao seu cadastro, e suas consultas aparecem aqui.",
)
SPECIAL: dict[type[HTTPException], Trouble] = {NotLocal: NOT_LOCAL, WrongRole: NOT_ALLOWED, NoRecord: NO_RECORD}


def install(app: Flask) -> None:
    """Show these pages for every error."""
    app.register_error_handler(HTTPException, known)
    app.register_error_handler(Exception, unknown)


def known(error: HTTPException) -> Response:
    """An error with a status of its own."""
    if error.response is not None:
        return make_response(error.response)
    reply = page(error.code or 500, SPECIAL.get(type(error)))
    if allowed := dict(error.get_headers()).get("Allow"):
        reply.headers["Allow"] = allowed
    return reply


def unknown(error: Exception) -> Response:
    """Anything that nobody expected: logged with a code, and the code shown."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    log.error("page failed, code %s, %s %s", code, request.method, request.endpoint, exc_info=error)
    return page(500, code=code)


def page(status: int, trouble: Trouble | None = None, code: str = "") -> Response:
    """The page of a status; as JSON for a script that asks for it."""
    said = trouble or TROUBLES.get(status) or TROUBLES[500 if status >= 500 else 400]
    if request.path.startswith(problems.API):
        return problems.problem(status, f"http-{status}", said.title, said.what_to_do, code=code)
    if request.accept_mimetypes.best == "application/json":
        return make_response({"title": said.title, "what_to_do": said.what_to_do, "code": code}, status)
    return make_response(render_template("errors/page.html", trouble=said, status=status, code=code), status)
