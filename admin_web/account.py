"""/conta: one's own account: by what one is known, the password, codes, and where one is logged in."""

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request

from admin_web import cookies
from admin_web.access import EVERYBODY, Doors, viewer
from admin_web.agents import agent_words
from admin_web.home import role_words
from admin_web.login import BUSY, wait_words
from admin_web.login_codes import WRONG, WRONG_RECOVERY
from admin_web.password import faults
from admin_web.qr import qr_svg
from admin_web.words import cpf, phone
from clinic.identities import Identity
from clinic.login_limits import TooManyTries
from clinic.passwords import TooBusy
from clinic.second_factor import NoKey, WrongCode
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

Errors = dict[str, str]
WRONG_PASSWORD = "Esta não é a sua senha de agora."  # noqa: S105 - what a person reads
KINDS = {
    "cpf": "CPF", "email": "E-mail", "phone": "Telefone", "crm": "CRM", "oidc": "Conta da empresa",
}  # fmt: skip
NO_KEY = "Para usar códigos, quem cuida da instalação precisa definir ALO_SECRET_KEY."


class OwnAccount:
    """The page and what its forms do."""

    def __init__(self, clinic: "Clinic", zone: Callable[[], tzinfo]) -> None:
        self._clinic, self._zone = clinic, zone

    def page(self) -> Response:
        """All of it."""
        return self._page()

    def change_password(self) -> Response:
        """A new password; every other session ends, other browsers are strangers again."""
        me, form = viewer(), request.form
        try:
            wrong = self._password_faults(me, form.get("current", ""), form.get("new", ""), form.get("again", ""))
            if wrong:
                return self._page(wrong, 422)
            self._clinic.passwords.set(me.user_id, form["new"], by=me.ref)
        except TooManyTries as enough:
            return self._page({"current": wait_words(enough.seconds)}, 429)
        except TooBusy:
            return self._page({"": BUSY}, 503)
        return self._password_changed(me)

    def end_session(self, session_id: int) -> Response:
        """Log out another browser, or this one."""
        me = viewer()
        if not self._clinic.sessions.revoke(me.user_id, session_id):
            abort(404)
        flash("Sessão encerrada.", "good")
        return _back()

    def end_others(self) -> Response:
        """Log out everywhere but here."""
        me = viewer()
        self._clinic.sessions.revoke_all(me.user_id, but=me.session_id)
        flash("Todas as outras sessões foram encerradas.", "good")
        return _back()

    def codes(self) -> Response:
        """Set codes up."""
        return self._setup()

    def codes_on(self) -> Response:
        """The first code of the app; the recovery codes are told once."""
        me = viewer()
        try:
            codes = self._clinic.second_factor.finish(me.user_id, request.form.get("code", "")[:40])
        except WrongCode:
            return self._setup(WRONG, 422)
        except TooManyTries as enough:
            return self._setup(wait_words(enough.seconds), 429)
        self._clinic.letters.changed(me.user_id, "Os códigos de acesso da sua conta foram ligados")
        return make_response(render_template("login/recovery.html", codes=codes, on="/conta"))

    def codes_off(self) -> Response:
        """No codes any more; the last one shows that it is their wish."""
        me = viewer()
        try:
            right = self._clinic.second_factor.check(me.user_id, request.form.get("code", "")[:40], self._device(me))
        except TooManyTries as enough:
            return self._page({"code": wait_words(enough.seconds)}, 429)
        if not right:
            return self._page({"code": WRONG_RECOVERY}, 422)
        self._clinic.second_factor.turn_off(me.user_id, by=me.ref)
        self._clinic.letters.changed(me.user_id, "Os códigos de acesso da sua conta foram desligados")
        flash("Códigos desligados.", "good")
        return _back()

    def confirm_email(self) -> Response:
        """A mail with a link that confirms the address."""
        me = viewer()
        try:
            self._clinic.login_limits.attempt(f"confirm:{me.user_id}", f"confirm:{me.user_id}")
        except TooManyTries as enough:
            return self._page({"": wait_words(enough.seconds)}, 429)
        if self._clinic.letters.confirm(me.user_id):
            flash("Enviamos um e-mail com o endereço para confirmar.", "good")
        return _back()

    def _password_faults(self, me: Viewer, current: str, wanted: str, again: str) -> Errors:
        """What is wrong, by field. Raises TooManyTries, TooBusy."""
        own = tuple(one.identity.value for one in self._clinic.users.known_by(me.user_id))
        if wrong := faults(wanted, again, (me.name, *own)):
            return wrong
        attempt = self._clinic.login_limits.attempt(f"password:{me.user_id}", f"session:{me.session_id}")
        if not self._clinic.passwords.fits(current, self._clinic.users.account(me.user_id).password_hash):
            return {"current": WRONG_PASSWORD}
        self._clinic.login_limits.succeeded(attempt)
        return {}

    def _password_changed(self, me: Viewer) -> Response:
        self._clinic.sessions.revoke_all(me.user_id, but=me.session_id)
        self._clinic.devices.forget_all(me.user_id)
        self._clinic.letters.changed(me.user_id, "Sua senha foi trocada")
        flash("Senha trocada. As outras sessões foram encerradas.", "good")
        reply = _back()
        cookies.keep(request, reply, cookies.DEVICE, self._clinic.devices.remember(me.user_id, None), cookies.A_YEAR)
        return reply

    def _setup(self, error: str = "", status: int = 200) -> Response:
        me = viewer()
        if self._clinic.second_factor.state(me.user_id).since:
            return _back()
        label = self._clinic.letters.email_of(me.user_id) or me.name
        try:
            setup = self._clinic.second_factor.begin(me.user_id, self._clinic.profile.get().name, label)
        except NoKey:
            flash(NO_KEY, "error")
            return _back()
        page = render_template("account/codes.html", setup=setup, qr=qr_svg(setup.uri), error=error)
        return make_response(page, status)

    def _page(self, errors: Errors | None = None, status: int = 200) -> Response:
        me = viewer()
        known = self._clinic.users.known_by(me.user_id)
        page = render_template(
            "account/page.html",
            me=me,
            roles=role_words(me),
            known=[one for one in known if one.identity.kind != "oidc"],
            kinds=KINDS,
            value_words=value_words,
            company=any(one.identity.kind == "oidc" for one in known),
            has_password=self._clinic.users.account(me.user_id).password_hash is not None,
            codes=self._clinic.second_factor.state(me.user_id),
            codes_there=self._clinic.second_factor.available,
            sessions=self._clinic.sessions.list(me.user_id),
            agent_words=agent_words,
            zone=self._zone(),
            errors=errors or {},
        )
        return make_response(page, status)

    def _device(self, me: Viewer) -> str | None:
        return self._clinic.devices.known(cookies.read(request, cookies.DEVICE), me.user_id)


def value_words(identity: Identity) -> str:
    """What one is known by, as one writes it."""
    if identity.kind == "cpf":
        return cpf(identity.value)
    if identity.kind == "phone":
        return phone(identity.value)
    return identity.value.replace("/", " ") if identity.kind == "crm" else identity.value


def _back() -> Response:
    return redirect("/conta", 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic", zone: Callable[[], tzinfo]) -> Blueprint:
    """The page /conta."""
    page = Blueprint("account", __name__, url_prefix="/conta")
    doors, views = Doors(page), OwnAccount(clinic, zone)
    doors.rule("", "page", views.page, allow=EVERYBODY)
    doors.rule("/senha", "change_password", views.change_password, allow=EVERYBODY, methods=["POST"])
    doors.rule("/sessoes/encerrar", "end_others", views.end_others, allow=EVERYBODY, methods=["POST"])
    doors.rule(
        "/sessoes/<int:session_id>/encerrar", "end_session", views.end_session, allow=EVERYBODY, methods=["POST"]
    )
    doors.rule("/codigos", "codes", views.codes, allow=EVERYBODY)
    doors.rule("/codigos", "codes_on", views.codes_on, allow=EVERYBODY, methods=["POST"])
    doors.rule("/codigos/desligar", "codes_off", views.codes_off, allow=EVERYBODY, methods=["POST"])
    doors.rule("/email/confirmar", "confirm_email", views.confirm_email, allow=EVERYBODY, methods=["POST"])
    return page
