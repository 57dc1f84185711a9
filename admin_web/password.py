"""/senha: a new password by a link sent by mail, also the first one; /entrar/confirmar: an e-mail that is theirs."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request

from admin_web import access
from admin_web.access import Doors, Public
from admin_web.login import BUSY, NOT_UNDERSTOOD, wait_words
from clinic.identities import Identity, understood
from clinic.login_limits import TooManyTries, source_of
from clinic.mailed_links import Link
from clinic.passwords import TooBusy, WeakPassword, check

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = Public("whoever forgot the password cannot log in; the link in the mail is the key")
WEAK = {
    "short": "Use pelo menos 8 caracteres. Uma frase curta é fácil de lembrar.",
    "long": "Use no máximo 128 caracteres.",
    "common": "Esta senha é das primeiras que alguém tentaria. Escolha outra.",
    "own": "A senha não pode ser seu nome nem seu e-mail.",
}
NOT_THE_SAME = "As duas senhas não são iguais. Digite a mesma nas duas vezes."
SAVED = "Senha guardada. Entre com ela."
CONFIRMED = "E-mail confirmado. Obrigado!"


class Password:
    """The pages for who cannot log in yet, or no more."""

    def __init__(self, clinic: "Clinic", demo_mails: str) -> None:
        """`demo_mails`: where mails are to be found, where they go nowhere."""
        self._clinic, self._demo_mails = clinic, demo_mails

    def forgot(self) -> Response:
        """Asks by what one logs in."""
        return self._ask()

    def send(self) -> Response:
        """The same answer for everybody, at once; what is to be sent is sent afterwards."""
        typed = request.form.get("who", "")
        identity = understood(typed)
        if identity is None:
            return self._ask(typed, NOT_UNDERSTOOD, 422)
        try:
            self._clinic.login_limits.attempt(_asked(identity), source_of(request.remote_addr or ""))
        except TooManyTries as enough:
            return self._ask(typed, wait_words(enough.seconds), 429)
        self._clinic.letters.forgot(identity)
        sms = self._clinic.letters.has_sms
        return make_response(render_template("password/sent.html", demo_mails=self._demo_mails, sms=sms))

    def new(self, token: str) -> Response:
        """Where the link leads: choose the password. Opening it uses nothing up."""
        link = self._clinic.mailed_links.look(token, "reset", "invite")
        return self._choose(link) if link else _too_old()

    def keep(self, token: str) -> Response:
        """Keep the password: other sessions end, other browsers are strangers again, the address is shown theirs."""
        link = self._clinic.mailed_links.look(token, "reset", "invite")
        if link is None:
            return _too_old()
        wanted, again = request.form.get("new", ""), request.form.get("again", "")
        if errors := faults(wanted, again, (link.name, link.email)):
            return self._choose(link, errors, 422)
        try:
            hashed = self._clinic.passwords.hash(wanted)
        except TooBusy:
            return self._choose(link, {"": BUSY}, 503)
        if self._clinic.mailed_links.use(token, "reset", "invite") is None:
            return _too_old()
        self._changed(link, hashed)
        flash(SAVED, "good")
        return _to_log_in()

    def confirm(self, token: str) -> Response:
        """Asks for one click: mail programs open links by themselves."""
        link = self._clinic.mailed_links.look(token, "confirm")
        return make_response(render_template("password/confirm.html", link=link)) if link else _too_old()

    def confirmed(self, token: str) -> Response:
        """The address is theirs."""
        link = self._clinic.mailed_links.use(token, "confirm")
        if link is None:
            return _too_old()
        self._clinic.users.verified(link.user_id, Identity("email", link.email))
        flash(CONFIRMED, "good")
        return _to_log_in()

    def _changed(self, link: Link, hashed: str) -> None:
        user = link.user_id
        self._clinic.passwords.store(user, hashed)
        self._clinic.audit.add(f"user:{user}", "password.changed", "user", user, link.purpose)
        self._clinic.users.shown(user, link.identity)
        self._clinic.sessions.revoke_all(user)
        self._clinic.devices.forget_all(user)
        if link.purpose == "reset":
            self._clinic.letters.changed(user, "Sua senha foi trocada")

    def _ask(self, who: str = "", error: str = "", status: int = 200) -> Response:
        return make_response(
            render_template("password/forgot.html", who=who, error=error, sms=self._clinic.letters.has_sms), status
        )

    def _choose(self, link: Link, errors: dict[str, str] | None = None, status: int = 200) -> Response:
        return make_response(render_template("password/new.html", link=link, errors=errors or {}), status)


def faults(wanted: str, again: str, own: tuple[str, ...]) -> dict[str, str]:
    """What is wrong with a new password, by field."""
    try:
        check(wanted, own)
    except WeakPassword as weak:
        return {"new": WEAK[weak.reason]}
    return {} if wanted == again else {"again": NOT_THE_SAME}


def _asked(identity: Identity) -> str:
    return f"forgot:{identity.kind}:{identity.value}"


def _too_old() -> Response:
    return make_response(render_template("password/too_old.html"), 410)


def _to_log_in() -> Response:
    return redirect(access.LOG_IN, 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic", demo_mails: str = "") -> Blueprint:
    """The pages /senha and /entrar/confirmar."""
    page = Blueprint("password", __name__)
    doors, views = Doors(page), Password(clinic, demo_mails)
    doors.rule("/senha/esqueci", "forgot", views.forgot, allow=WHY)
    doors.rule("/senha/esqueci", "send", views.send, allow=WHY, methods=["POST"])
    doors.rule("/senha/nova/<token>", "new", views.new, allow=WHY)
    doors.rule("/senha/nova/<token>", "keep", views.keep, allow=WHY, methods=["POST"])
    doors.rule("/entrar/confirmar/<token>", "confirm", views.confirm, allow=WHY)
    doors.rule("/entrar/confirmar/<token>", "confirmed", views.confirmed, allow=WHY, methods=["POST"])
    return page
