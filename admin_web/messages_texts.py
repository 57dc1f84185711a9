"""/mensagens/textos: what each message says, switched on or off, in the clinic's own words or ours, with a preview."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import messages_words as words
from admin_web.access import MANAGERS, Doors, viewer
from clinic.messages.kinds import EVERYWHERE, KINDS, SORTS, Audience, Kind, audiences, needed
from clinic.messages.sample import sample
from clinic.messages.texts import LONGEST, VARIABLE, BadText, Rendered, Text, faults, fill, tidy
from clinic.messages.wordings import Wording
from clinic.outbox.writing import label
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
SAID = "Outra pessoa mudou este texto enquanto você escrevia. Confira e guarde de novo para valer o seu."
Answer = str | Response | tuple[str, int]


class MessageTexts:
    """The list, and one message to edit."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """Every message, in the order of a visit."""
        texts = {(one.kind, one.audience): one for one in self._clinic.messages.texts.all()}
        return render_template("messages/texts.html", kinds=KINDS, sorts=SORTS, texts=texts, who=words.AUDIENCES,
                               audiences=audiences)  # fmt: skip

    def switch(self, kind: str, audience: str) -> Response:
        """Send it from now on, or not."""
        text = self._text(kind, audience)
        on = request.form.get("on") == "1"
        self._clinic.messages.texts.switch(text.kind, text.audience, on, by=viewer().ref)
        self._audit("message.switched", text)
        name = SORTS[text.kind].name
        flash(f"{name}: {'volta a ser enviada' if on else 'não será mais enviada'}.", "good")
        return redirect(url_for("message_texts.page"), 303)

    def edit(self, kind: str, audience: str) -> str:
        """The words in force."""
        text = self._text(kind, audience)
        return self._shown(text, text.wording, {}, text.seen)

    def save(self, kind: str, audience: str) -> Answer:
        """Keep what was typed, or only show how it would look."""
        text, typed = self._text(kind, audience), _typed()
        seen = request.form.get("seen", "")
        wrong = words.faults(faults(text.kind, text.audience, typed), text.kind)
        if wrong or request.form.get("do") == "ver":
            return self._shown(text, typed, wrong, seen), 422 if wrong else 200
        try:
            self._clinic.messages.texts.save(
                text.kind, text.audience, typed.subject, typed.text, typed.short, by=viewer().ref, seen=seen
            )
        except ChangedMeanwhile:
            now = self._text(kind, audience)
            return self._shown(now, typed, {"": SAID}, now.seen), 409
        except BadText as bad:
            return self._shown(text, typed, words.faults([bad], text.kind), seen), 422
        self._audit("message.worded", text)
        flash("Texto guardado. Vale para as próximas mensagens.", "good")
        return redirect(url_for("message_texts.page"), 303)

    def restore(self, kind: str, audience: str) -> Answer:
        """Our words again."""
        text = self._text(kind, audience)
        try:
            self._clinic.messages.texts.restore(
                text.kind, text.audience, by=viewer().ref, seen=request.form.get("seen", "")
            )
        except ChangedMeanwhile:
            now = self._text(kind, audience)
            return self._shown(now, now.wording, {"": SAID}, now.seen), 409
        self._audit("message.restored", text)
        flash("O texto original voltou.", "good")
        return redirect(url_for("message_texts.edit", kind=kind, audience=audience), 303)

    def preview(self, kind: str, audience: str) -> str:
        """How what is being typed would look."""
        text, typed = self._text(kind, audience), _typed()
        wrong = words.faults(faults(text.kind, text.audience, typed), text.kind)
        return render_template("messages/preview.html", **self._preview(text, typed), wrong=wrong, parts=words.PARTS)

    def _shown(self, text: Text, typed: Wording, wrong: dict[str, str], seen: str) -> str:
        sort = SORTS[text.kind]
        return render_template(
            "messages/text.html", text=text, sort=sort, typed=typed, errors=wrong, seen=seen, longest=LONGEST,
            labels=words.PARTS, who=words.AUDIENCES[text.audience], wrong=wrong, parts=words.PARTS,
            needed=words.spoken(sorted(needs)) if (needs := needed(text.kind, text.audience)) else "",
            variables=sort.variables, special=[name for name in sort.variables if name not in EVERYWHERE],
            zone=self._clinic.units.clock_zone(), **self._preview(text, typed),
        )  # fmt: skip

    def _preview(self, text: Text, typed: Wording) -> dict[str, object]:
        """With a visit that nobody has; what is no variable stays as it was typed."""
        known = sample(self._clinic.profile.get().name, self._clinic.letters.url)
        odd = {
            name: f"{{{name}}}" for part in (typed.subject, typed.text, typed.short) for name in VARIABLE.findall(part)
        }
        shown: Rendered = fill(typed, odd | known)
        deeds = SORTS[text.kind].deeds if text.audience == "patient" else ()
        return {"shown": shown, "deeds": [label(text.kind, one) for one in deeds], "sms": words.SMS_LETTERS}

    def _text(self, kind: str, audience: str) -> Text:
        try:
            return self._clinic.messages.texts.get(_kind(kind), _audience(audience))
        except KeyError:
            abort(404)

    def _audit(self, action: str, text: Text) -> None:
        self._clinic.audit.add(viewer().ref, action, "message", None, f"{text.kind}/{text.audience}")


def _typed() -> Wording:
    given = request.form
    return tidy(Wording(given.get("subject", ""), given.get("text", ""), given.get("short", "")))


def _kind(name: str) -> Kind:
    return name  # type: ignore[return-value]


def _audience(name: str) -> Audience:
    return name  # type: ignore[return-value]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /mensagens/textos, for managers."""
    page = Blueprint("message_texts", __name__, url_prefix="/mensagens/textos")
    views, doors = MessageTexts(clinic), Doors(page)
    one = "/<kind>/<audience>"
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule(one, "edit", views.edit, allow=MANAGERS)
    for words_, name, view in (
        ("", "save", views.save), ("/ligar", "switch", views.switch), ("/restaurar", "restore", views.restore),
        ("/previa", "preview", views.preview),
    ):  # fmt: skip
        doors.rule(one + words_, name, view, allow=MANAGERS, methods=("POST",))
    return page
