"""/entrar and /sair: one field that understands CPF, e-mail, mobile number or CRM with its state, and a password."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request

from admin_web import access, cookies, kept
from admin_web.access import Doors, Lost, Public, own_path
from admin_web.kept import Kept
from clinic.demo_accounts import DemoAccount
from clinic.identities import Identity, understood
from clinic.log_ins import Browser, LoggedIn, WrongLogIn
from clinic.login_limits import TooManyTries
from clinic.passwords import TooBusy

WRONG = "Não foi possível entrar. Confira o CPF, e-mail, celular ou CRM e a senha, e tente de novo."
NOT_UNDERSTOOD = (
    "Digite seu CPF, seu e-mail, seu celular com DDD ou, se você é médico(a), o CRM com a UF, assim: CRM/SP 123456."
)
NO_PASSWORD = "Digite sua senha."  # noqa: S105 - what a person reads
SESSION_OVER = "Sua sessão terminou. Entre de novo com a mesma conta: o que você digitou está guardado nesta página."
FILE_LOST = "Sua sessão terminou. Entre de novo com a mesma conta: o arquivo tem de ser escolhido de novo."
NOT_KEPT = "Entre para continuar. O que estava no formulário não foi enviado nem guardado: preencha-o depois de entrar."
CODE_OVER = "O tempo para digitar o código acabou. Entre de novo."
CODE_OVER_KEPT = f"{CODE_OVER[:-1]} com a mesma conta: o que você digitou está guardado nesta página."
ANOTHERS = (
    "Esta página foi aberta com outra conta, que não é a que está agora neste navegador. Nada foi enviado. "
    "Entre com a conta de antes: o que foi digitado só volta para ela."
)
DROPPED = "O que estava guardado na página de entrada foi digitado com outra conta e não veio para esta."
NO_COOKIE = (
    "O navegador não mandou o cookie desta página. Se os cookies estão desligados, ligue-os para este site "
    "e tente de novo."
)
NOT_YET = "Você ainda não entrou na outra aba. Entre nela e volte a esta, ou entre aqui."
NOT_THEIRS = "Na outra aba entrou outra conta. O que está guardado aqui só volta para quem digitou: entre com a sua."
BUSY = "Muita gente está entrando agora. Tente de novo em um minuto."
TOLD = {
    "empresa-fora": "A conta da empresa não responde agora. Entre com sua senha, ou tente de novo em um minuto.",
    "empresa-recusou": "Não deu certo entrar com a conta da empresa. Tente de novo, ou entre com sua senha.",
    "empresa-sem-conta": "Não encontramos uma conta da clínica com o e-mail confirmado dessa conta da empresa. "
    "Fale com quem cuida da equipe, ou entre com sua senha.",
}
"""What an address may ask the page to say (?aviso=…)."""
ALREADY = "already"
"""The button of who has logged in in another tab."""
TOO_LATE = "alo_too_late"
NEXT_STEP = {"code": "/entrar/codigo", "setup": "/entrar/configurar"}


class LogIns(Protocol):
    """What the page asks of the clinic (`clinic.log_ins.LogIns`)."""

    def by_password(self, identity: Identity, password: str, browser: Browser) -> LoggedIn:
        """Log in. Raises WrongLogIn, TooManyTries, TooBusy."""


class Sessions(Protocol):
    """What leaving asks of the clinic (`clinic.sessions.Sessions`)."""

    def leave(self, token: str) -> None:
        """End the session of this token."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the form."""

    who: str = ""
    password: str = ""
    back: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    kept: Kept | None = None


class LogIn:
    """The page, and what its form does."""

    def __init__(self, log_ins: LogIns, sessions: Sessions, demo: Sequence[DemoAccount], company: str) -> None:
        """`company`: the words of the company's account, "" where there is none."""
        self._log_ins, self._sessions, self._demo, self._company = log_ins, sessions, demo, company

    def page(self) -> Response:
        """The form; whoever is logged in goes on."""
        if access.somebody():
            return to(back_of(request.args.get("next")))
        wanted = request.args.get("como", "")
        chosen = next((one for one in self._demo if one.key == wanted), None)
        shown = Shown(chosen.typed, chosen.password) if chosen else Shown()
        told = TOLD.get(request.args.get("aviso", ""))
        errors = {"": told} if told else {}
        return self._form(Shown(shown.who, shown.password, back_of(request.args.get("next")), errors))

    def enter(self) -> Response:
        """Log in, and go on to where one wanted to be."""
        shown, password = typed(), request.form.get("password", "")
        if shown.kept and ALREADY in request.form:
            return self._already(shown, shown.kept)
        identity = understood(shown.who)
        errors = {} if identity else {"who": NOT_UNDERSTOOD}
        if not password:
            errors["password"] = NO_PASSWORD
        if identity is None or errors:
            return self._wrong(shown, errors, 422)
        try:
            return let_in(self._log_ins.by_password(identity, password, browser()), shown.back)
        except WrongLogIn:
            return self._wrong(shown, {"": WRONG}, 422)
        except TooManyTries as enough:
            reply = self._wrong(shown, {"": wait_words(enough.seconds)}, 429)
            reply.headers["Retry-After"] = str(enough.seconds)
            return reply
        except TooBusy:
            return self._wrong(shown, {"": BUSY}, 503)

    def leave(self) -> Response:
        """Log out: the session ends here and in the database."""
        token = cookies.read(request, cookies.SESSION)
        if token:
            self._sessions.leave(token)
        reply = to(access.LOG_IN)
        cookies.drop(request, reply, cookies.SESSION)
        return reply

    def _already(self, shown: Shown, lost: Kept) -> Response:
        """Who went another way in, in another tab, is back at what they had typed."""
        looking = access.somebody()
        if looking is None:
            return self._wrong(shown, {"": NOT_YET}, 422)
        if not lost.is_of(looking.user_id):
            return self._wrong(shown, {"": NOT_THEIRS}, 403)
        return given_back(lost, looking.user_id)

    def _wrong(self, shown: Shown, errors: Mapping[str, str], status: int) -> Response:
        return self._form(replace(shown, errors=errors), status)

    def lost(self, why: Lost) -> Response:
        """A form cannot be taken as it came: what was typed is still there, and the page says for whom."""
        looking, lost = access.somebody(), kept.of_lost(request)
        if request.path == access.LOG_IN:
            return self._wrong(typed(), {"": NO_COOKIE}, 403)
        if why == "token" and (isinstance(access.allowed(), Public) or (looking and lost.may_be_of(looking.user_id))):
            return given_back(lost, looking.user_id if looking else None, NO_COOKIE, 403)
        if looking:
            return self._wrong(Shown(kept=lost), {"": ANOTHERS}, 403)
        if not lost.is_anybodys:
            return self._wrong(Shown(), {"": NOT_KEPT}, 401)
        return self._wrong(Shown(kept=lost), {"": FILE_LOST if lost.file else SESSION_OVER}, 401)

    def too_late(self) -> Response:
        """The second step took too long: the first one again, with all that came along."""
        shown = typed()
        return self._wrong(shown, {"": CODE_OVER_KEPT if shown.kept else CODE_OVER}, 401)

    def _form(self, shown: Shown, status: int = 200) -> Response:
        return make_response(
            render_template("login/page.html", shown=shown, demo=self._demo, company=self._company), status
        )


def browser() -> Browser:
    """Where the request comes from."""
    return Browser(request.user_agent.string, request.remote_addr or "", cookies.read(request, cookies.DEVICE))


def typed() -> Shown:
    """What a log-in form brings, but for the password."""
    return Shown(request.form.get("who", ""), "", back_of(request.form.get("next")), kept=kept.of_login(request))


def let_in(done: LoggedIn, back: str) -> Response:
    """Hand the browser its cookies and go on: to what is still asked for, to what had been typed, or back."""
    lost = kept.of_login(request)
    if lost and lost.is_of(done.user_id):
        return cookies_of(done, _on_with(lost, done, back))
    if lost:
        flash(DROPPED, "news")
    step = NEXT_STEP.get(done.awaits or "")
    on = f"{step}?next={quote(back, safe='/')}" if step and back != "/" else step
    return cookies_of(done, to(on or back))


def _on_with(lost: Kept, done: LoggedIn, back: str) -> Response:
    if done.awaits == "setup":
        return redirect(NEXT_STEP["setup"], 307)  # type: ignore[return-value]  # with the same form
    if done.awaits:
        return make_response(render_template("login/code.html", kept=lost, back=back, error=""))
    return given_back(lost, done.user_id)


def given_back(lost: Kept, user_id: int | None, why: str = "", status: int = 200) -> Response:
    """What was typed, to be sent now; `why` it was not taken, where that was no session that had ended."""
    return make_response(render_template("login/again.html", kept=lost, user_id=user_id, why=why), status)


def cookies_of(done: LoggedIn, reply: Response) -> Response:
    """The session's cookie, and the one by which the browser is known again."""
    cookies.keep_session(request, reply, done.token)
    if done.device:
        cookies.keep(request, reply, cookies.DEVICE, done.device, cookies.A_YEAR)
    return reply


def too_late() -> Response:
    """The log-in page anew, when the second step took too long."""
    page: Callable[[], Response] = current_app.extensions[TOO_LATE]
    return page()


def wait_words(seconds: int) -> str:
    """How long to wait, as one says it."""
    long = f"{seconds} segundos" if seconds < 90 else f"{round(seconds / 60)} minutos"
    return f"Foram muitas tentativas. Espere {long} e tente de novo."


def back_of(asked: str | None) -> str:
    """Where to go on to after logging in: a page of ours, and not this one again."""
    path = own_path(asked)
    return "/" if path.startswith((access.LOG_IN, "/sair")) else path


def to(path: str) -> Response:
    """Go on to a path."""
    return redirect(path, 303)  # type: ignore[return-value]


def blueprint(log_ins: LogIns, sessions: Sessions, demo: Sequence[DemoAccount] = (), company: str = "") -> Blueprint:
    """The pages /entrar and /sair; `demo` accounts are offered for one click."""
    page = Blueprint("login", __name__)
    doors, views = Doors(page), LogIn(log_ins, sessions, demo, company)
    page.record(lambda state: state.app.extensions.update({access.LOST: views.lost, TOO_LATE: views.too_late}))
    nobody_yet = Public("whoever logs in is nobody yet")
    doors.rule("/entrar", "page", views.page, allow=nobody_yet)
    doors.rule("/entrar", "enter", views.enter, allow=nobody_yet, methods=["POST"])
    doors.rule(
        "/sair", "leave", views.leave, allow=Public("it ends whatever session the browser still has"), methods=["POST"]
    )
    return page
