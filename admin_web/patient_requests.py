"""/pedidos: what patients ask about their data: access, corrections, erasure; answered within fifteen days."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from admin_web.access import STAFF, Doors, viewer
from clinic.data_requests import Asked, NotDone
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_NOTE = 200
FASTER = "Outra pessoa já respondeu a este pedido."
NO_CONTACT = "Falta na ficha um contato para o acesso. Confira quem é, ponha o e-mail na ficha e envie de novo."


class PatientRequests:
    """The list, and the answers."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """Those that wait, the oldest first."""
        return self._shown({})

    def _shown(self, wrong: dict[int, str]) -> str:
        """`wrong`: what is the matter with the answer that was typed, by request."""
        waiting, zone, now = self._clinic.portal.requests.open(), self._clinic.units.clock_zone(), self._clinic.clock()
        return render_template("patient_requests/page.html", waiting=waiting, zone=zone, now=now, wrong=wrong)

    def done(self, request_id: int) -> Response:
        """It was seen to."""
        self._get(request_id)
        if not self._clinic.portal.requests.settle(request_id, "done", viewer().ref):
            return _back(FASTER, "error")
        return _back("Pedido atendido.")

    def refuse(self, request_id: int) -> Response | tuple[str, int]:
        """It cannot be done; the patient reads why."""
        note = one_line(request.form.get("note", ""))
        if self._get(request_id).status != "open":
            return _back(FASTER, "error")
        if not note:
            return self._shown({request_id: "Escreva por que o pedido não pode ser atendido."}), 422
        if len(note) > LONGEST_NOTE:
            return self._shown({request_id: f"Cabe até {LONGEST_NOTE} letras."}), 422
        if not self._clinic.portal.requests.settle(request_id, "refused", viewer().ref, note):
            return _back(FASTER, "error")
        return _back("Resposta registrada.")

    def let_in(self, request_id: int) -> Response:
        """Send the link to the portal, to the e-mail or mobile on file."""
        asked, portal = self._get(request_id, "access"), self._clinic.portal
        try:
            first = portal.requests.grant(
                request_id, viewer().ref, lambda: portal.registrations.let_in(asked.patient_id)
            )  # fmt: skip
        except NotDone:
            return _back(NO_CONTACT, "error")
        if not first:  # whoever answered may have found that it is not them
            return _back(FASTER, "error")
        return _back("Acesso enviado para o contato da ficha.")

    def erase(self, request_id: int) -> Response:
        """Contact goes; what the law keeps stays."""
        asked, requests = self._get(request_id, "erasure"), self._clinic.portal.requests
        if asked.status != "open":
            return _back(FASTER, "error")
        if requests.needs_contact(asked.patient_id):
            return _back("Há consulta ou espera em aberto. Apague depois delas, ou cancele antes.", "error")
        if not requests.erase(asked, viewer().ref):
            return _back(FASTER, "error")
        return _back("Contato apagado. A ficha e as consultas ficam, como manda a lei.")

    def _get(self, request_id: int, kind: str | None = None) -> Asked:
        asked = self._clinic.portal.requests.get(request_id)
        if asked is None or kind not in (None, asked.kind):
            abort(404)
        return asked


def _back(said: str, tone: str = "good") -> Response:
    flash(said, tone)
    return redirect(url_for("patient_requests.page"), 303)  # type: ignore[return-value]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /pedidos."""
    page = Blueprint("patient_requests", __name__, url_prefix="/pedidos")
    views, doors = PatientRequests(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=STAFF)
    for words, name, view in (
        ("feito", "done", views.done), ("recusar", "refuse", views.refuse), ("acesso", "let_in", views.let_in),
        ("apagar", "erase", views.erase),
    ):  # fmt: skip
        doors.rule(f"/<int:request_id>/{words}", name, view, allow=STAFF, methods=["POST"])
    return page
