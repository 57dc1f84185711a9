"""/entrar/codigo and /entrar/configurar: the second step, a code of the app on the telephone."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template, request

from admin_web import access, cookies, kept
from admin_web.access import Doors, Public
from admin_web.login import back_of, browser, cookies_of, let_in, to, too_late, wait_words
from admin_web.qr import qr_svg
from clinic.log_ins import LoggedIn, SessionOver, WrongLogIn
from clinic.login_limits import TooManyTries
from clinic.second_factor import WrongCode

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = Public("the first step has been taken, and the views look at the half-open session themselves")
WRONG = "Este código não confere. Digite o código de 6 números que o aplicativo mostra agora."
WRONG_RECOVERY = (
    "Este código não confere. Digite o que o aplicativo mostra agora, ou um código de recuperação não usado."
)


class LogInCodes:
    """The pages between the password and the first page."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> Response:
        """Asks for the code."""
        half = self._clinic.sessions.half_way(_token())
        if half is None or half.awaits != "code":
            return to(access.LOG_IN)
        return self._form()

    def enter(self) -> Response:
        """The code, or a recovery code; then on to where one wanted to be."""
        try:
            done = self._clinic.log_ins.by_code(_token(), request.form.get("code", "")[:40], browser())
        except SessionOver:
            return too_late()
        except WrongLogIn:
            return self._form(WRONG_RECOVERY, 422)
        except TooManyTries as enough:
            return self._form(wait_words(enough.seconds), 429)
        return let_in(done, back_of(request.form.get("next")))

    def setup(self) -> Response:
        """Staff without codes sets them up before anything else."""
        try:
            return self._setup()
        except SessionOver:
            return to(access.LOG_IN)

    def set_up(self) -> Response:
        """The first code shows that the app has the secret; the recovery codes are told once.

        Without a code it is the log-in's form, with what somebody had typed before.
        """
        try:
            if "code" not in request.form:
                return self._setup()
            account = self._clinic.log_ins.setting_up(_token())
            codes = self._clinic.second_factor.finish(account.id, request.form.get("code", "")[:40])
            return self._told(codes, self._clinic.log_ins.after_setup(_token(), browser()))
        except SessionOver:
            return too_late()
        except WrongCode:
            return self._setup(WRONG, 422)
        except TooManyTries as enough:
            return self._setup(wait_words(enough.seconds), 429)

    def _setup(self, error: str = "", status: int = 200) -> Response:
        account = self._clinic.log_ins.setting_up(_token())
        label = self._clinic.letters.email_of(account.id) or account.name
        found = self._clinic.second_factor.begin(account.id, self._clinic.profile.get().name, label)
        back = back_of(request.values.get("next"))
        page = render_template(
            "login/setup.html", setup=found, qr=qr_svg(found.uri), error=error, back=back, kept=kept.of_login(request)
        )
        return make_response(page, status)

    def _told(self, codes: list[str], done: LoggedIn) -> Response:
        on, lost = back_of(request.form.get("next")), kept.of_login(request)
        lost = lost if lost and lost.is_of(done.user_id) else None
        page = render_template("login/recovery.html", codes=codes, on=on, kept=lost, user_id=done.user_id)
        return cookies_of(done, make_response(page))

    def _form(self, error: str = "", status: int = 200) -> Response:
        back = back_of(request.values.get("next"))
        return make_response(
            render_template("login/code.html", error=error, back=back, kept=kept.of_login(request)), status
        )


def _token() -> str:
    return cookies.read(request, cookies.SESSION) or ""


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages of the second step."""
    page = Blueprint("login_codes", __name__, url_prefix="/entrar")
    doors, views = Doors(page), LogInCodes(clinic)
    doors.rule("/codigo", "page", views.page, allow=WHY)
    doors.rule("/codigo", "enter", views.enter, allow=WHY, methods=["POST"])
    doors.rule("/configurar", "setup", views.setup, allow=WHY)
    doors.rule("/configurar", "set_up", views.set_up, allow=WHY, methods=["POST"])
    return page
