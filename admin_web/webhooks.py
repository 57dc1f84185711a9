"""/integracoes: programs of others that are told what happens to appointments."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import webhooks_log
from admin_web import webhooks_words as words
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.fields import Field, differences, read
from clinic.profile import ChangedMeanwhile
from clinic.webhooks.fanout import EVENTS
from clinic.webhooks.service import Programs
from clinic.webhooks.subscriptions import BadUrl, LabelTaken, NoKey, Subscription, TooMany, Wish

if TYPE_CHECKING:
    from clinic.services import Clinic

FIELDS = (
    Field("label", "Nome", required=True, longest=80, missing="Falta o nome."),
    Field("url", "Endereço", required=True, longest=500, missing="Falta o endereço."),
    Field("with_patient", "Dados do paciente", "tick"),
)
LABELS = {field.name: field.label for field in FIELDS} | {"event": "O que avisar"}
ALL = "all"
Answer = str | Response | tuple[str, int]


class Integrations:
    """The list, the form of one, and what can be done with it."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    @property
    def _programs(self) -> Programs:
        return self._clinic.messages.programs

    def page(self) -> str:
        """All of them, and how each stands."""
        return self._render("list", programs=self._programs.subscriptions.all(), state=words.state)

    def new(self) -> str:
        """An empty form."""
        return self._form(None, {"scope": ALL}, ())

    def create(self) -> Answer:
        """A new one; its secret is shown this once. A form that comes again finds the name taken."""
        wish, errors, ticked = self._typed()
        if wish is None:
            return self._form(None, request.form, ticked, errors), 422
        try:
            made, secret = self._programs.subscriptions.create(wish, viewer().ref)
        except (BadUrl, LabelTaken, NoKey, TooMany) as refused:
            return self._form(None, request.form, ticked, _told(refused)), 409 if isinstance(refused, TooMany) else 422
        return self._secret(made, secret, "criada"), 201

    def edit(self, subscription_id: int) -> str:
        """Its form, and how it stands."""
        one = self._one(subscription_id)
        return self._form(one, _shown(one), one.events)

    def save(self, subscription_id: int) -> Answer:
        """Keep what was typed, unless somebody else has changed it meanwhile."""
        one = self._one(subscription_id)
        wish, errors, ticked = self._typed()
        if wish is None:
            return self._form(one, request.form, ticked, errors), 422
        try:
            self._programs.subscriptions.save(subscription_id, wish, _seen(), viewer().ref)
        except ChangedMeanwhile:
            return self._stale(subscription_id, wish, ticked), 409
        except (BadUrl, LabelTaken) as refused:
            return self._form(one, request.form, ticked, _told(refused)), 422
        flash("Integração guardada. Vale para os próximos avisos.", "good")
        return redirect(url_for("webhooks.page"), 303)

    def rotate(self, subscription_id: int) -> Answer:
        """A new secret, shown this once; a second click finds it changed already."""
        one = self._one(subscription_id)
        try:
            secret = self._programs.subscriptions.rotate(subscription_id, _seen(), viewer().ref)
        except ChangedMeanwhile:
            return self._form(one, _shown(one), one.events, {"": words.ROTATED}), 409
        except NoKey as refused:
            return self._form(one, _shown(one), one.events, _told(refused)), 422
        return self._secret(subscription_id, secret, "tem um segredo novo")

    def ask(self, subscription_id: int) -> str:
        """Which one it is, before it is deleted."""
        return self._render("delete", one=self._one(subscription_id))

    def delete(self, subscription_id: int) -> Response:
        """It is told nothing any more; a second click finds it gone, which is what was wanted."""
        try:
            self._programs.subscriptions.delete(subscription_id, viewer().ref)
        except KeyError:
            flash("Esta integração já não existia.", "news")
        else:
            flash("Integração apagada. O outro sistema não recebe mais nada.", "good")
        return redirect(url_for("webhooks.page"), 303)

    def simply(self, deed: str, said: str) -> Callable[[int], Response]:
        """What needs no more than who does it."""

        def view(subscription_id: int) -> Response:
            self._one(subscription_id)
            where = self._programs.deliveries if deed == "ping" else self._programs.subscriptions
            getattr(where, deed)(subscription_id, viewer().ref)
            flash(said, "good")
            page = "webhooks.log" if deed == "ping" else "webhooks.edit"
            return redirect(url_for(page, subscription_id=subscription_id), 303)

        return view

    def _typed(self) -> tuple[Wish | None, dict[str, str], list[str]]:
        """What was wished, or None and what is wrong; and which events were ticked."""
        values, errors = read(FIELDS, request.form)
        ticked = [one for one in request.form.getlist("event") if one in EVENTS]
        every = request.form.get("scope") == ALL
        if not every and not ticked:
            errors["event"] = words.NO_EVENTS
        if errors:
            return None, errors, ticked
        events = frozenset(() if every else ticked)
        return Wish(values["label"], values["url"], events, values["with_patient"]), {}, ticked

    def _stale(self, subscription_id: int, wish: Wish, ticked: Sequence[str]) -> str:
        now = self._one(subscription_id)
        theirs = differences(FIELDS, _values(now), _values(wish))
        if frozenset(now.events) != wish.events:
            theirs.append((LABELS["event"], ", ".join(words.EVENT_NAMES[one] for one in now.events) or "todos"))
        return self._form(now, request.form, ticked, {"": words.STALE}, theirs)

    def _one(self, subscription_id: int) -> Subscription:
        try:
            return self._programs.subscriptions.get(subscription_id)
        except KeyError:
            abort(404)

    def _form(
        self,
        one: Subscription | None,
        typed: Mapping[str, Any],
        ticked: Sequence[str],
        errors: Mapping[str, str] | None = None,
        theirs: Sequence[tuple[str, str]] = (),
    ) -> str:
        stale = errors is not None and "" in errors
        seen = one.version if one and (stale or not request.form) else request.form.get("seen", "")
        return self._render(
            "form", one=one, typed=typed, ticked=ticked, errors=errors or {}, labels=LABELS, theirs=theirs, seen=seen,
            events=EVENTS, available=self._programs.subscriptions.available, example=words.EXAMPLE, state=words.state,
        )  # fmt: skip

    def _secret(self, subscription_id: int, secret: str, done: str) -> str:
        return self._render("secret", one=self._one(subscription_id), secret=secret, done=done, example=words.EXAMPLE)

    def _render(self, page: str, **given: Any) -> str:
        now, zone = self._clinic.clock(), self._clinic.units.clock_zone()
        return render_template(f"webhooks/{page}.html", words=words, now=now, zone=zone, **given)


def _values(one: Subscription | Wish) -> dict[str, Any]:
    return {"label": one.label, "url": one.url, "with_patient": one.with_patient}


def _shown(one: Subscription) -> dict[str, Any]:
    return _values(one) | {"with_patient": "1" if one.with_patient else "", "scope": "" if one.events else ALL}


def _seen() -> int:
    """The version the form was made of; one that nobody has, where there is none."""
    given = request.form.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else -1


def _told(refused: Exception) -> dict[str, str]:
    """What is wrong, at its field."""
    if isinstance(refused, BadUrl):
        return {"url": words.BAD_URLS[str(refused)]}
    if isinstance(refused, LabelTaken):
        return {"label": words.LABEL_TAKEN}
    return {"": words.TOO_MANY if isinstance(refused, TooMany) else words.NO_KEY}


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /integracoes, for managers."""
    page = Blueprint("webhooks", __name__, url_prefix="/integracoes")
    views, doors, one = Integrations(clinic), Doors(page), "/<int:subscription_id>"
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/nova", "new", views.new, allow=MANAGERS)
    doors.rule("/nova", "create", views.create, allow=MANAGERS, methods=("POST",))
    doors.rule(one, "edit", views.edit, allow=MANAGERS)
    doors.rule(one, "save", views.save, allow=MANAGERS, methods=("POST",))
    doors.rule(f"{one}/segredo", "rotate", views.rotate, allow=MANAGERS, methods=("POST",))
    doors.rule(f"{one}/apagar", "ask", views.ask, allow=MANAGERS)
    doors.rule(f"{one}/apagar", "delete", views.delete, allow=MANAGERS, methods=("POST",))
    for path, deed, said in (
        ("pausar", "pause", "Integração pausada. O que acontecer fica guardado, para reenviar depois."),
        ("retomar", "resume", "Integração ativa de novo. O que ficou para trás pode ser reenviado em Entregas."),
        ("teste", "ping", "Teste a caminho: a resposta aparece aqui em instantes."),
    ):
        doors.rule(f"{one}/{path}", deed, views.simply(deed, said), allow=MANAGERS, methods=("POST",))
    webhooks_log.install(doors, clinic)
    return page
