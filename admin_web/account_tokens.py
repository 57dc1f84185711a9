"""/conta/chaves: keys (personal tokens) by which another system acts in one's name, for some purposes, until a day."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web.access import EVERYBODY, Doors, viewer
from admin_web.api.api import purposes
from admin_web.fields import Field, read
from clinic.personal_tokens import MOST, SameName, TokenInfo, TooManyTokens
from clinic.users import Role, Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

SCOPES = {
    "appointments:read": "ver consultas e a lista de espera",
    "appointments:write": "marcar, mudar e cancelar consultas; entrar e sair da lista de espera",
    "availability:read": "ver horários livres",
    "directory:read": "ver médicos, especialidades, convênios e unidades",
    "directory:write": "mudar médicos, especialidades, convênios e unidades",
    "patients:read": "ver pacientes",
    "patients:write": "cadastrar e mudar pacientes",
    "schedules:read": "ver os horários de trabalho e as cotas dos médicos",
    "schedules:write": "mudar os horários de trabalho e as cotas dos médicos",
    "users:read": "ver quem pode entrar",
    "users:write": "criar e mudar contas da equipe",
    "webhooks:read": "ver integrações e o que elas receberam",
    "webhooks:write": "criar e mudar integrações",
}
DAYS = (("30", "30 dias"), ("90", "90 dias"), ("180", "180 dias"), ("365", "um ano"))
USUAL_DAYS = "90"
FIELDS = (
    Field("name", "Nome", required=True, longest=80, missing="Falta o nome."),
    Field("days", "Vale por", "choose", required=True, options=lambda: DAYS, whole=True, missing="Escolha o prazo."),
)
LABELS = {"name": "Nome", "scope": "O que pode fazer", "days": "Vale por"}
NO_SCOPE = "Escolha ao menos uma coisa que o outro sistema pode fazer."
SAME_NAME = "Você já tem uma chave com este nome. Se a perdeu, revogue-a e crie outra."
TOO_MANY = f"Você já tem {MOST} chaves. Revogue as que ninguém usa mais."
SOON = 14
"""Days before its end from which a key is marked."""


class Keys:
    """The list with its form, and the question before one is revoked."""

    def __init__(self, clinic: "Clinic", may: Mapping[str, frozenset[Role]]) -> None:
        self._clinic, self._may = clinic, may

    def page(self) -> str:
        """Those that count, and an empty form."""
        return self._shown({"days": USUAL_DAYS})

    def create(self) -> tuple[str, int]:
        """A new one, shown this once. A form that comes again finds the name taken, and makes no second key."""
        me, typed = viewer(), request.form.to_dict()
        scopes = [one for one in request.form.getlist("scope") if one in self._offered(me)]
        values, errors = read(FIELDS, typed)
        if not scopes:
            errors["scope"] = NO_SCOPE
        if errors:
            return self._shown(typed, errors, scopes), 422
        try:
            made, secret = self._clinic.personal_tokens.create(me.user_id, values["name"], scopes, values["days"])
        except SameName:
            return self._shown(typed, {"name": SAME_NAME}, scopes), 422
        except TooManyTokens:
            return self._shown(typed, {"": TOO_MANY}, scopes), 409
        self._clinic.letters.changed(me.user_id, "Uma chave de acesso foi criada na sua conta")
        return self._shown({"days": USUAL_DAYS}, made=made, secret=secret), 201

    def ask(self, token_id: int) -> str:
        """Which one it is, before it is revoked."""
        key = next((one for one in self._mine(viewer()) if one.id == token_id), None)
        if key is None:
            abort(404)
        return render_template("account/revoke.html", key=key, zone=self._clinic.units.clock_zone())

    def revoke(self, token_id: int) -> Response:
        """It opens nothing any more."""
        if not self._clinic.personal_tokens.revoke(viewer().user_id, token_id):
            abort(404)
        flash("Chave revogada. Quem a usava já não entra.", "good")
        return redirect(url_for("account_tokens.page"), 303)

    def _mine(self, me: Viewer) -> list[TokenInfo]:
        return self._clinic.personal_tokens.list(me.user_id)

    def _offered(self, me: Viewer) -> dict[str, str]:
        """What a key of theirs could be used for, in words: it never does more than they themselves may."""
        return {scope: words for scope, words in SCOPES.items() if self._may[scope] & me.roles}

    def _shown(
        self, typed: Mapping[str, str], errors: Mapping[str, str] | None = None, ticked: Any = (), **more: Any
    ) -> str:
        me = viewer()
        return render_template(
            "account/tokens.html", keys=self._mine(me), offered=self._offered(me), words=SCOPES, days=DAYS, typed=typed,
            ticked=ticked, errors=errors or {}, labels=LABELS, now=self._clinic.clock(), soon=SOON,
            zone=self._clinic.units.clock_zone(), **more,
        )  # fmt: skip


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /conta/chaves."""
    page = Blueprint("account_tokens", __name__, url_prefix="/conta/chaves")
    doors, views = Doors(page), Keys(clinic, purposes(clinic))
    doors.rule("", "page", views.page, allow=EVERYBODY)
    doors.rule("", "create", views.create, allow=EVERYBODY, methods=("POST",))
    doors.rule("/<int:token_id>/revogar", "ask", views.ask, allow=EVERYBODY)
    doors.rule("/<int:token_id>/revogar", "revoke", views.revoke, allow=EVERYBODY, methods=("POST",))
    return page
