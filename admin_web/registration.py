"""/cadastro-paciente: whoever is new registers by themselves. What the page answers depends on what was typed alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from admin_web import access, desk_words
from admin_web.access import Doors, Public, own_path
from admin_web.login import BUSY, wait_words
from admin_web.password import faults
from clinic.letters import is_name
from clinic.login_limits import TooManyTries, source_of
from clinic.passwords import TooBusy
from clinic.patient_forms import Invalid, PatientForm, PatientRecord, read
from clinic.privacy import Choices
from clinic.registrations import Confirmed, is_adult

if TYPE_CHECKING:
    from clinic.services import Clinic

WHY = Public("whoever registers has no account yet; the link in the mail is the key")
LABELS = {
    "name": "Nome completo", "cpf": "CPF", "birth_date": "Data de nascimento", "email": "E-mail",
    "phones": "Telefone", "new": "Senha", "again": "A mesma senha, de novo", "code": "Código ou protocolo",
    "read": "Aviso de privacidade",
}  # fmt: skip
EMPTY = {
    "cpf": "Escreva seu CPF.", "email": "Escreva seu e-mail: é por ele que o cadastro se confirma.",
    "phones": "Escreva um telefone com DDD.",
}  # fmt: skip
MINOR = "Menores de 18 anos são cadastrados pelo responsável, na recepção."
NO_NAME = "Escreva só o nome, sem números, endereços ou sinais."
UNREAD = "Leia o aviso de privacidade e marque aqui."
CHANGED = "O aviso mudou agora há pouco. Leia de novo e marque aqui."
BAD_CODE = "O código tem seis números; o protocolo, doze. Deixe vazio se não tiver."
TYPED = ("name", "cpf", "birth_date", "phones", "email")
LONGEST_CODE = 20


class Register:
    """The form, what it does, and the link that was mailed."""

    def __init__(self, clinic: "Clinic", demo_mails: str) -> None:
        """`demo_mails`: where mails are to be found, where they go nowhere."""
        self._clinic, self._demo_mails = clinic, demo_mails

    def form(self) -> Response:
        """Empty."""
        return self._form({}, {})

    def ask(self) -> Response:
        """The same answer for every CPF, at once; what differs happens afterwards."""
        typed = request.form
        record, errors = self._read(typed)
        if record is None or errors:
            return self._form(typed, errors, 422)
        try:
            self._clinic.login_limits.attempt(f"register:{record.cpf}", source_of(request.remote_addr or ""))
            hashed = self._clinic.passwords.hash(typed["new"])
        except TooManyTries as enough:
            return self._form(typed, {"": wait_words(enough.seconds)}, 429)
        except TooBusy:
            return self._form(typed, {"": BUSY}, 503)
        version = self._clinic.portal.privacy.notice().version
        choices = Choices(version, self._clinic.clock(), typed.get("marketing") == "1", typed.get("training") == "1")
        self._clinic.portal.registrations.ask(record, hashed, choices, _code(typed))
        return redirect(url_for("registration.sent", next=_next(typed)), 303)  # type: ignore[return-value]

    def sent(self) -> str:
        """Look into your mail."""
        sms = self._clinic.letters.has_sms
        return render_template("registration/sent.html", demo_mails=self._demo_mails, back=_next(request.args), sms=sms)

    def confirm(self, token: str) -> Response:
        """Asks for one click: mail programs open links by themselves."""
        if not self._clinic.portal.registrations.look(token):
            return make_response(render_template("registration/too_old.html"), 410)
        return make_response(render_template("registration/confirm.html"))

    def confirmed(self, token: str) -> Response:
        """The address is theirs; the account is there."""
        done = self._clinic.portal.registrations.confirm(token)
        if done is None:
            return make_response(render_template("registration/too_old.html"), 410)
        flash(_said(done), "good")
        return redirect(access.LOG_IN, 303)  # type: ignore[return-value]

    def _read(self, typed: Mapping[str, str]) -> tuple[PatientRecord | None, dict[str, str]]:
        """What was typed, understood, and all that is wrong with it."""
        name, cpf, born, phones, email = (
            typed.get(one, "") for one in ("name", "cpf", "birth_date", "phones", "email")
        )
        given = PatientForm(name, "", cpf, born, phones, email)
        must = {name: said for name, said in EMPTY.items() if name != "email" or not self._clinic.letters.has_sms}
        errors = {name: said for name, said in must.items() if not typed.get(name, "").strip()}
        record = None
        try:
            record = read(given, self._clinic.clock().date())
        except Invalid as wrong:
            errors = {**desk_words.problems(wrong.problems), **errors}
        if record and not is_adult(record.birth_date, self._clinic.clock().date()):
            errors["birth_date"] = MINOR
        if record and not is_name(record.name):  # whoever asks could have the clinic mail their words to anybody
            errors["name"] = NO_NAME
        own = (typed.get("name", "")[:200], typed.get("email", "")[:320])
        errors |= faults(typed.get("new", ""), typed.get("again", ""), own) | self._rest(typed)
        return record, errors

    def _rest(self, typed: Mapping[str, str]) -> dict[str, str]:
        errors = {}
        if typed.get("read") != "1":
            errors["read"] = UNREAD
        elif typed.get("version") != str(self._clinic.portal.privacy.notice().version):
            errors["read"] = CHANGED
        if typed.get("code", "").strip() and len(_code(typed)) not in (6, 12):
            errors["code"] = BAD_CODE
        return errors

    def _form(self, values: Mapping[str, str], errors: dict[str, str], status: int = 200) -> Response:
        page = render_template(
            "registration/form.html", values=values, errors=errors, labels=LABELS, back=_next(request.values),
            notice=self._clinic.portal.privacy.notice(), sms=self._clinic.letters.has_sms,
        )  # fmt: skip
        return make_response(page, status)


def _code(typed: Mapping[str, str]) -> str:
    text = typed.get("code", "")[: LONGEST_CODE * 2]
    return "".join(one for one in text if one.isascii() and one.isdigit())[:LONGEST_CODE]


def _next(given: Mapping[str, str]) -> str | None:
    path = own_path(given.get("next"))
    return None if path == "/" else path


def _said(done: Confirmed) -> str:
    if done.outcome == "to_verify":
        return "E-mail confirmado. A recepção confere seu cadastro e avisa quando o acesso estiver pronto."
    if done.outcome == "taken_over":
        return "Cadastro concluído. O que você marcou por telefone já está em Minhas consultas. Entre com sua senha."
    if done.code_unknown:
        return (
            "Cadastro concluído. Não achamos nada com o código informado: a recepção confere e junta ao seu cadastro. "
            "Entre com sua senha."
        )
    return "Cadastro concluído. Entre com seu CPF ou e-mail e sua senha."


def blueprint(clinic: "Clinic", demo_mails: str = "") -> Blueprint:
    """The pages below /cadastro-paciente."""
    page = Blueprint("registration", __name__, url_prefix="/cadastro-paciente")
    doors, views = Doors(page), Register(clinic, demo_mails)
    doors.rule("", "form", views.form, allow=WHY)
    doors.rule("", "ask", views.ask, allow=WHY, methods=["POST"])
    doors.rule("/enviado", "sent", views.sent, allow=WHY)
    doors.rule("/confirmar/<token>", "confirm", views.confirm, allow=WHY)
    doors.rule("/confirmar/<token>", "confirmed", views.confirmed, allow=WHY, methods=["POST"])
    return page
