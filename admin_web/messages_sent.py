"""/mensagens: what was sent, what waits, what failed and why; sending again; and one patient's messages and wishes."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import messages_words as words
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.address import day_of, number
from clinic.messages.kinds import KINDS, SORTS
from clinic.outbox.list import A_PAGE, Line, NotToBeSent, Wanted

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
FILTERS = ("situacao", "tipo", "para", "canal", "de", "ate", "lote")


class MessagesSent:
    """The list with its filters in the address, and what can be sent again."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """What fits the filters, newest first."""
        outbox, wanted = self._clinic.messages.outbox, self._wanted()
        found = outbox.page(wanted, A_PAGE + 1)
        if found:
            self._clinic.audit.add(viewer().ref, "messages.listed", note=f"{found[-1].id}-{found[0].id}")
        asked = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
        return render_template(
            "messages/sent.html", lines=found[:A_PAGE], older=_older(found, asked), counts=outbox.counts(), asked=asked,
            zone=self._clinic.units.clock_zone(), choices=words.CHOICES, words=words, sorts=SORTS,
            doctors=self._clinic.desk.roster().doctors, **self._batch(wanted.batch),
        )  # fmt: skip

    def progress(self, batch: str) -> str:
        """How far sending again has come; asked for again and again while it goes on."""
        return render_template("messages/progress.html", **self._batch(batch))

    def resend(self, message_id: int) -> Response:
        """One message once more."""
        try:
            self._clinic.messages.outbox.resend(message_id, viewer().ref)
        except KeyError:
            abort(404)
        except NotToBeSent:
            flash("Esta mensagem ainda não saiu ou não vale mais: não há o que reenviar.", "error")
        else:
            flash("A mensagem será enviada de novo em instantes, se ainda valer.", "good")
        return redirect(url_for("messages_sent.page", **self._asked()), 303)  # type: ignore[arg-type]

    def resend_failed(self) -> Response:
        """All that failed, among those the filters show."""
        batch, count = self._clinic.messages.outbox.resend_failed(replace(self._wanted(), before=None), viewer().ref)
        if not count:
            flash("Nenhuma mensagem com falha corresponde a esses filtros.", "news")
            return redirect(url_for("messages_sent.page", **self._asked()), 303)  # type: ignore[arg-type]
        return redirect(url_for("messages_sent.page", lote=batch), 303)

    def _wanted(self) -> Wanted:
        """The filters of the address, or of the form that carries them on."""
        given = request.values
        zone = self._clinic.units.clock_zone()
        since, until = day_of(given.get("de", "")), day_of(given.get("ate", ""))
        return Wanted(
            status=_one_of(given.get("situacao", ""), words.STATUSES), kind=_one_of(given.get("tipo", ""), KINDS),
            audience=_one_of(given.get("para", ""), words.AUDIENCES),
            medium=_one_of(given.get("canal", ""), words.MEDIA), batch=given.get("lote", "")[:32],
            since=datetime.combine(since, time(), zone) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
            before=number(given.get("antes")),
        )  # fmt: skip

    @staticmethod
    def _asked() -> dict[str, str]:
        return {name: value for name in FILTERS if (value := request.form.get(name, ""))}

    def _batch(self, batch: str) -> dict[str, object]:
        done, of = self._clinic.messages.outbox.progress(batch) if batch else (0, 0)
        return {"batch": batch if of else "", "done": done, "of": of}


def _one_of(given: str, known: object) -> str:
    return given if given in known else ""  # type: ignore[operator]


def _older(found: list[Line], asked: dict[str, str]) -> str:
    """The address of the next page, with the same filters; "" on the last."""
    if len(found) <= A_PAGE:
        return ""
    return url_for("messages_sent.page", **asked, antes=found[A_PAGE - 1].id)  # type: ignore[arg-type]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /mensagens, for managers."""
    page = Blueprint("messages_sent", __name__, url_prefix="/mensagens")
    views, doors = MessagesSent(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/lote/<batch>", "progress", views.progress, allow=MANAGERS)
    doors.rule("/<int:message_id>/reenviar", "resend", views.resend, allow=MANAGERS, methods=("POST",))
    doors.rule("/reenviar", "resend_failed", views.resend_failed, allow=MANAGERS, methods=("POST",))
    return page
