"""/integracoes/…/entregas: what a program was told, how it answered, and telling it again."""

from datetime import datetime, time
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import webhooks_words as words
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.address import day_of, number
from clinic.outbox.list import A_PAGE, NotToBeSent
from clinic.webhooks.deliveries import Delivery
from clinic.webhooks.fanout import EVENTS, PING
from clinic.webhooks.service import Programs
from clinic.webhooks.subscriptions import Subscription

if TYPE_CHECKING:
    from clinic.services import Clinic

FILTERS = ("situacao", "tipo")


class Log:
    """The deliveries of one program, with their filters in the address."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    @property
    def _programs(self) -> Programs:
        return self._clinic.messages.programs

    def page(self, subscription_id: int) -> str:
        """What fits the filters, the newest first."""
        one, given = self._one(subscription_id), request.args
        status, kind = given.get("situacao", ""), given.get("tipo", "")
        found = self._programs.deliveries.page(
            one.id, status if status in words.STATUSES else "", kind if kind in (*EVENTS, PING) else "",
            number(given.get("antes")), A_PAGE + 1,
        )  # fmt: skip
        asked = {name: value for name in FILTERS if (value := given.get(name, ""))}
        return render_template(
            "webhooks/log.html", one=one, deliveries=found[:A_PAGE], older=_older(one.id, found, asked), asked=asked,
            choices=words.CHOICES, words=words, zone=self._clinic.units.clock_zone(), state=words.state,
        )  # fmt: skip

    def show(self, subscription_id: int, delivery_id: int) -> str:
        """One of them: what was sent, and every try. Reading what names a patient is written down."""
        one = self._one(subscription_id)
        try:
            delivery, tries = self._programs.deliveries.get(one.id, delivery_id)
        except KeyError:
            abort(404)
        if one.with_patient and delivery.line.patient_id is not None:
            note = f"webhook:{one.id}"
            self._clinic.audit.add(viewer().ref, "patient.read", "patient", delivery.line.patient_id, note)
        return render_template(
            "webhooks/delivery.html", one=one, delivery=delivery, tries=tries, words=words,
            zone=self._clinic.units.clock_zone(),
        )  # fmt: skip

    def resend(self, subscription_id: int, delivery_id: int) -> Response:
        """One once more."""
        try:
            self._programs.deliveries.resend(subscription_id, delivery_id, viewer().ref)
        except KeyError:
            abort(404)
        except NotToBeSent:
            flash("Este aviso ainda não saiu ou não vale mais: não há o que reenviar.", "error")
        else:
            flash("O aviso será enviado de novo em instantes.", "good")
        return redirect(url_for("webhooks.log", subscription_id=subscription_id), 303)

    def resend_failed(self, subscription_id: int) -> Response:
        """All that failed since a day, or ever."""
        one = self._one(subscription_id)
        day = day_of(request.form.get("de", ""))
        since = datetime.combine(day, time(), self._clinic.units.clock_zone()) if day else None
        count = self._programs.deliveries.resend_failed(one.id, viewer().ref, since)
        said = {0: "Nada falhou nesse tempo.", 1: "Um aviso será enviado de novo em instantes."}
        flash(said.get(count, f"{count} avisos serão enviados de novo em instantes."), "good" if count else "news")
        return redirect(url_for("webhooks.log", subscription_id=one.id), 303)

    def _one(self, subscription_id: int) -> Subscription:
        try:
            return self._programs.subscriptions.get(subscription_id)
        except KeyError:
            abort(404)


def _older(subscription_id: int, found: list[Delivery], asked: dict[str, str]) -> str:
    """The address of the next page, with the same filters; "" on the last."""
    if len(found) <= A_PAGE:
        return ""
    last = found[A_PAGE - 1].line.id
    return url_for("webhooks.log", subscription_id=subscription_id, antes=last, **asked)  # type: ignore[arg-type]


def install(doors: Doors, clinic: "Clinic") -> None:
    """The log's pages below those of one program, for managers."""
    views, log = Log(clinic), "/<int:subscription_id>/entregas"
    one = f"{log}/<int:delivery_id>"
    doors.rule(log, "log", views.page, allow=MANAGERS)
    doors.rule(f"{log}/reenviar", "resend_failed", views.resend_failed, allow=MANAGERS, methods=("POST",))
    doors.rule(one, "delivery", views.show, allow=MANAGERS)
    doors.rule(f"{one}/reenviar", "resend", views.resend, allow=MANAGERS, methods=("POST",))
