"""/pacientes/pre-cadastros: those who registered by telephone; the desk completes, joins or refuses them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for

from admin_web import desk_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import Reception
from admin_web.patient_typed import LABELS, typed_form
from admin_web.words import birth, cpf, phone
from clinic.bookings import Overlaps
from clinic.cards import PatientData
from clinic.intake import Settled, Unfinished
from clinic.patient_forms import Invalid
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN = 409
LONGEST_NOTE = 200
LONGEST_SEARCH = 120
GONE = "Este pré-cadastro já foi resolvido por outra pessoa."
Answer = Response | tuple[str, int]


class PreRegistrations:
    """The list, and what can be done with each."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self) -> str:
        """Who waits, the oldest first."""
        waiting = self._clinic.desk.intake.waiting()
        return render_template("patients/unfinished.html", waiting=waiting, zone=self._desk.zone().tz)

    def one(self, pre_id: int) -> str | Response:
        """One of them, with the form of a patient and whom it may be."""
        try:
            return self._one(self._clinic.desk.intake.one(pre_id), None, {})
        except Settled:
            return self._gone(pre_id)

    def complete(self, pre_id: int) -> Answer:
        """A patient of its own."""
        try:
            pre = self._clinic.desk.intake.one(pre_id)
            patient_id = self._clinic.desk.intake.complete(pre_id, typed_form(request.form, None), viewer().ref)
        except Settled:
            return self._gone(pre_id)
        except Invalid as wrong:
            return self._one(pre, request.form, desk_words.problems(wrong.problems)), 422
        return self._to(patient_id, "Cadastro completo. O que estava marcado passou para o paciente.")

    def merge(self, pre_id: int) -> Answer:
        """It is somebody who is on file."""
        patient_id = number(request.form.get("paciente")) or 0
        try:
            pre = self._clinic.desk.intake.one(pre_id)
            self._clinic.desk.intake.merge(pre_id, patient_id, viewer().ref)
        except Settled:
            return self._gone(pre_id)
        except KeyError:
            return self._one(pre, None, {"": "Escolha o paciente da lista."}), 422
        except Overlaps as clash:
            zone = self._desk.all_units()[clash.booking.unit_id].tz
            said = f"O paciente já tem consulta em {clash.booking.starts_at.astimezone(zone):%d/%m às %H:%M}."
            return self._one(pre, None, {"": f"{said} Mude ou cancele uma das duas antes de juntar."}), TAKEN
        return self._to(patient_id, "Pré-cadastro juntado ao paciente.")

    def refuse(self, pre_id: int) -> Answer:
        """Nobody the clinic can see; a reason is kept."""
        note = one_line(request.form.get("note", ""))
        try:
            pre = self._clinic.desk.intake.one(pre_id)
            if not note:
                return self._one(pre, None, {"note": "Escreva por que recusa: fica no histórico."}), 422
            if len(note) > LONGEST_NOTE:
                return self._one(pre, None, {"note": f"Cabe até {LONGEST_NOTE} letras."}), 422
            self._clinic.desk.intake.refuse(pre_id, viewer().ref, note)
        except Settled:
            return self._gone(pre_id)
        flash("Pré-cadastro recusado. O horário dele voltou a ficar livre.", "good")
        return redirect(url_for("patients.unfinished"), 303)  # type: ignore[return-value]

    def name(self, pre_id: int) -> Response:
        """The recording in which they say their name."""
        file = self._clinic.desk.intake.spoken_name(pre_id)
        if file is None or not file.is_file():
            abort(404)
        return send_file(file.absolute(), mimetype="audio/wav", conditional=True)

    def _one(self, pre: Unfinished, typed: Mapping[str, str] | None, errors: dict[str, str]) -> str:
        known = {"cpf": cpf(pre.cpf or ""), "birth_date": birth(pre.birth_date), "phones": phone(pre.phone or "")}
        values = typed or {name: value for name, value in known.items() if value not in ("", "+")}
        sought = request.args.get("q", "")[:LONGEST_SEARCH]
        same = self._patient(pre.same_cpf)
        spoken = self._clinic.desk.intake.spoken_name(pre.id)
        return render_template(
            "patients/one_unfinished.html", pre=pre, values=values, errors=errors, labels=LABELS, same=same, q=sought,
            found=self._clinic.desk.search.find(sought, viewer().ref) if sought else [], zone=self._desk.zone().tz,
            spoken=bool(spoken and spoken.is_file()), fits=bool(same and same.birth_date == pre.birth_date),
        )  # fmt: skip

    def _patient(self, patient_id: int | None) -> PatientData | None:
        return self._clinic.desk.cards.patient(patient_id) if patient_id else None

    def _to(self, patient_id: int, said: str) -> Response:
        flash(said, "good")
        return redirect(url_for("patients.card", patient_id=patient_id), 303)  # type: ignore[return-value]

    def _gone(self, pre_id: int) -> Response:
        """Somebody was quicker; 404 where there never was one."""
        if not self._clinic.desk.intake.exists(pre_id):
            abort(404)
        flash(GONE, "error")
        return redirect(url_for("patients.unfinished"), 303)  # type: ignore[return-value]


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses below /pacientes/pre-cadastros."""
    views, doors = PreRegistrations(clinic), Doors(page)
    doors.rule("/pre-cadastros", "unfinished", views.page, allow=STAFF)
    doors.rule("/pre-cadastros/<int:pre_id>", "one_unfinished", views.one, allow=STAFF)
    doors.rule("/pre-cadastros/<int:pre_id>/nome.wav", "spoken_name", views.name, allow=STAFF)
    for words, name, view in (
        ("completar", "complete", views.complete),
        ("juntar", "merge", views.merge),
        ("recusar", "refuse", views.refuse),
    ):
        doors.rule(f"/pre-cadastros/<int:pre_id>/{words}", name, view, allow=STAFF, methods=["POST"])
