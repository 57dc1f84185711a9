"""/medico/…/precos: what a doctor charges, and the calendar to subscribe to; /ics serves it."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_web import own_quotas
from admin_web.access import DOCTORS, MANAGERS, Doors, Public, viewer
from admin_web.own import doctor_of_page
from clinic.editing import stamp
from clinic.profile import ChangedMeanwhile
from clinic.roster import KindInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
MONEY = re.compile(r"(?:R\$\s*)?([0-9]{1,3}\.[0-9]{3}|[0-9]{1,6})(?:,([0-9]{2}))?")
WHO = DOCTORS | MANAGERS
STALE = "Outra pessoa mudou estes preços enquanto você escrevia. Confira e guarde de novo para valer os seus."


class OwnTerms:
    """Prices, and the address of the calendar."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, doctor_id: int) -> str:
        """As they stand."""
        return self._shown(doctor_id, {}, {})

    def prices(self, doctor_id: int) -> str | AnyResponse | tuple[str, int]:
        """Keep all prices; an empty one is no price."""
        doctor_of_page(self._clinic, doctor_id)
        typed = {kind.id: request.form.get(f"price-{kind.id}", "").strip() for kind in self._clinic.directory.kinds()}
        cents = {kind: read_reais(text) for kind, text in typed.items() if text}
        errors = {f"price-{kind}": "Escreva o valor como 350,00." for kind, read in cents.items() if read is None}
        if errors:
            return self._shown(doctor_id, errors, typed), 422
        wanted = {kind: read for kind, read in cents.items() if read is not None}
        try:
            self._clinic.practice.set_prices(doctor_id, wanted, request.form.get("seen", ""))
        except ChangedMeanwhile:
            return self._shown(doctor_id, {"": STALE}, typed), 409
        self._clinic.audit.add(viewer().ref, "prices.changed", "doctor", doctor_id)
        flash("Preços guardados.", "good")
        return redirect(url_for("own_terms.page", doctor_id=doctor_id), 303)

    def open_feed(self, doctor_id: int) -> tuple[str, int]:
        """A new address for the calendar, shown this once."""
        doctor_of_page(self._clinic, doctor_id)
        token = self._clinic.feeds.open(doctor_id, with_names=request.form.get("names") == "1")
        self._clinic.audit.add(viewer().ref, "feed.opened", "doctor", doctor_id)
        return self._shown(doctor_id, {}, {}, url_for("own_terms.calendar", token=token, _external=True)), 201

    def close_feed(self, doctor_id: int) -> AnyResponse:
        """No address leads to the calendar any more."""
        doctor_of_page(self._clinic, doctor_id)
        self._clinic.feeds.close(doctor_id)
        self._clinic.audit.add(viewer().ref, "feed.closed", "doctor", doctor_id)
        flash("Calendário fechado: o endereço antigo não funciona mais.", "good")
        return redirect(url_for("own_terms.page", doctor_id=doctor_id), 303)

    def calendar(self, token: str) -> Response:
        """The calendar behind a secret address."""
        found = self._clinic.feeds.calendar(token)
        if found is None:
            abort(404)
        return Response(
            found, mimetype="text/calendar", headers={"Content-Disposition": 'inline; filename="agenda.ics"'}
        )

    def _shown(self, doctor_id: int, errors: dict[str, str], typed: dict[int, str], address: str = "") -> str:
        kinds, prices = self._clinic.directory.kinds(), self._clinic.practice.prices(doctor_id)
        on_file = {kind.id: write_reais(prices.get(kind.id)) for kind in kinds}
        return render_template(
            "own_terms/page.html",
            doctor=doctor_of_page(self._clinic, doctor_id),
            kinds=kinds,
            prices={**on_file, **typed},
            errors=errors,
            labels={f"price-{kind.id}": kind.name for kind in kinds},
            seen=request.form.get("seen", "") if errors.keys() - {""} else stamp(prices),
            theirs=_theirs(kinds, prices, typed) if "" in errors else [],
            feed=self._clinic.feeds.of(doctor_id),
            address=address,
            zone=self._clinic.units.clock_zone(),
        )


def _theirs(kinds: Sequence[KindInfo], prices: Mapping[int, int], typed: Mapping[int, str]) -> list[tuple[str, str]]:
    """What is on file where another price was typed."""
    differ = (kind for kind in kinds if prices.get(kind.id) != read_reais(typed.get(kind.id, "")))
    return [(kind.name, f"R$ {write_reais(prices[kind.id])}" if kind.id in prices else "sem preço") for kind in differ]


def read_reais(text: str) -> int | None:
    """ "1.250,50", "350" or "R$ 350,00" in centavos; None for what is none."""
    found = MONEY.fullmatch(text)
    return int(found[1].replace(".", "")) * 100 + int(found[2] or 0) if found else None


def write_reais(cents: int | None) -> str:
    """Centavos as they are typed, "350,00"; "" for no price."""
    return "" if cents is None else f"{cents // 100},{cents % 100:02d}"


def blueprint(clinic: "Clinic") -> Blueprint:
    """Prices and calendar of a doctor; the calendar itself asks for its secret instead of a log-in."""
    page = Blueprint("own_terms", __name__)
    views, doors, own = OwnTerms(clinic), Doors(page), "/medico/<int:doctor_id>/precos"
    doors.rule(own, "page", views.page, allow=WHO)
    doors.rule(own, "prices", views.prices, allow=WHO, methods=("POST",))
    doors.rule(f"{own}/calendario", "open_feed", views.open_feed, allow=WHO, methods=("POST",))
    doors.rule(f"{own}/calendario/fechar", "close_feed", views.close_feed, allow=WHO, methods=("POST",))
    secret = Public("calendars elsewhere cannot log in; the secret in the address is asked for instead")
    own_quotas.register(page, clinic)
    doors.rule("/ics/<token>.ics", "calendar", views.calendar, allow=secret)
    return page
