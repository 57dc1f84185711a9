"""/pacientes: finding, registering and correcting patients, and the card of each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from admin_web import desk_words, series_words, unfinished
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import Reception, in_drawer
from admin_web.patient_typed import LABELS, as_typed, seen, typed_form
from clinic.cards import Card, PatientData
from clinic.patient_forms import Invalid, PatientForm
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_SEARCH = 120
MOST_FOUND = 40
CHANGED = "Outra pessoa mudou estes dados enquanto você editava. Confira a ficha; guardar de novo vale o que está aqui."

SENT = {
    "confirm": " Ao novo e-mail foi um pedido de confirmação, pois o paciente tem conta no portal.",
    "invite": " Ao novo e-mail foi outro convite do portal, para escolher a senha; o convite anterior não vale mais.",
}
"""What the new e-mail of who has an account was sent."""


class Patients:
    """Search, card, and the form of a patient."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def search(self) -> str:
        """Who fits what was typed; the fragment alone while it is being typed."""
        typed = request.args.get("q", "")[:LONGEST_SEARCH]
        found = self._clinic.desk.search.find(typed, viewer().ref, MOST_FOUND) if typed.strip() else []
        heard = self._clinic.desk.protocols.unfinished_of(typed) if typed.strip() and not found else None
        unfinished = self._clinic.desk.intake.count()
        template = "patients/found.html" if in_drawer() else "patients/search.html"
        return render_template(
            template, q=typed, found=found, heard=heard, unfinished=unfinished, today=self._desk.today(),
            age=desk_words.age,
        )  # fmt: skip

    def card(self, patient_id: int) -> str:
        """Everything on file; reading leaves a trace."""
        try:
            card: Card = self._clinic.desk.cards.card(patient_id, viewer().ref)
        except KeyError:
            abort(404)
        now = self._clinic.clock()
        coming = [one for one in reversed(card.visits) if one.starts_at >= now and one.status in ("booked", "pending")]
        past = [one for one in card.visits if one not in coming]
        roster = self._clinic.desk.roster()
        return render_template(
            "patients/card.html", card=card, patient=card.patient, coming=coming, past=past, roster=roster,
            kinds={one.id: one for one in roster.kinds}, zones={one.id: one.tz for one in roster.unit.values()},
            why=desk_words.WHY, events=desk_words.EVENTS, vias=desk_words.VIAS, names=self._names(card),
            ours=self._desk.ours(), today=self._desk.today(), who=desk_words.who, age=desk_words.age,
            missed=self._missed(patient_id), rule=self._clinic.profile.get(),
            last=next((one for one in past if one.status == "fulfilled"), None), series_words=series_words,
            sittings=self._clinic.desk.repetitions.places({one.series_id for one in card.visits if one.series_id}),
        )  # fmt: skip

    def new_form(self) -> str:
        """An empty form; what was searched for is filled in."""
        typed = request.args.get("q", "").strip()
        digits = "".join(one for one in typed if one.isdecimal())
        field = "name" if not digits else "cpf" if len(digits) == 11 and digits[2] != "9" else "phones"
        return self._form({field: typed[:LONGEST_SEARCH]} if typed else {}, {})

    def new(self) -> Response | tuple[str, int]:
        """Register; then on to the booking it was for, else to the card."""
        try:
            patient_id = self._clinic.desk.intake.register(self._typed(), viewer().ref)
        except Invalid as wrong:
            return self._form(request.form, desk_words.problems(wrong.problems), wrong.patient_id), 422
        flash("Paciente cadastrado.", "good")
        slot = number(request.form.get("horario"))
        if slot:
            return redirect(url_for("desk.book", horario=slot, paciente=patient_id), 303)  # type: ignore[return-value]
        return redirect(url_for("patients.card", patient_id=patient_id), 303)  # type: ignore[return-value]

    def edit_form(self, patient_id: int) -> str:
        """What is on file, to correct."""
        patient = self._patient(patient_id)
        self._clinic.audit.add(viewer().ref, "patient.read", "patient", patient_id)
        on_file = as_typed(patient)
        return self._form(on_file, {}, None, patient_id, seen(on_file))

    def edit(self, patient_id: int) -> Response | tuple[str, int]:
        """Keep what was corrected."""
        self._patient(patient_id)
        form, began, corrections = self._typed(), request.form.get("seen", ""), self._clinic.portal.corrections
        try:
            sent = corrections.correct(patient_id, form, viewer().ref, lambda now: seen(as_typed(now)) == began)
        except ChangedMeanwhile:
            now = self._patient(patient_id)
            theirs = self._theirs(now)
            return self._form(request.form, {}, None, patient_id, seen(as_typed(now)), CHANGED, theirs), 409
        except Invalid as wrong:
            errors = desk_words.problems(wrong.problems)
            return self._form(request.form, errors, wrong.patient_id, patient_id, began), 422
        flash(f"Dados corrigidos.{SENT.get(sent or '', '')}", "good")
        return redirect(url_for("patients.card", patient_id=patient_id), 303)  # type: ignore[return-value]

    def _missed(self, patient_id: int) -> int:
        """How many visits they missed of late."""
        return self._clinic.allowances.missed(self._clinic.desk.bookings.person("patient", patient_id))

    def _patient(self, patient_id: int) -> PatientData:
        try:
            return self._clinic.desk.cards.patient(patient_id)
        except KeyError:
            abort(404)

    def _typed(self) -> PatientForm:
        return typed_form(request.form, self._guardian(request.form.get("guardian_id")))

    def _guardian(self, given: str | None) -> int | None:
        """The guardian that was chosen, if there is such a patient."""
        guardian_id = number(given)
        try:
            return self._clinic.desk.cards.patient(guardian_id).id if guardian_id else None
        except KeyError:
            return None

    def _theirs(self, patient: PatientData) -> list[tuple[str, str]]:
        """What somebody else has saved where something else was typed."""
        roster, now = self._clinic.desk.roster(), as_typed(patient)
        said = now | {
            "guardian_id": self._patient(patient.guardian_id).called if patient.guardian_id else "",
            "usual_payer_id": roster.payer[patient.usual_payer_id].name if patient.usual_payer_id else "",
            "usual_unit_id": roster.unit[patient.usual_unit_id].name if patient.usual_unit_id else "",
        }
        return [(LABELS[name], said[name] or "nada") for name in LABELS if now[name] != request.form.get(name, "")]

    def _form(
        self,
        values: Mapping[str, str],
        errors: dict[str, str],
        same: int | None = None,
        patient_id: int | None = None,
        began: str = "",
        said: str = "",
        theirs: Sequence[tuple[str, str]] = (),
    ) -> str:
        """`began` marks what was on file when the values were read. What is out of use is there for who has it."""
        guardian = self._guardian(values.get("guardian_id") or request.args.get("responsavel"))
        payer, unit = values.get("usual_payer_id"), values.get("usual_unit_id")
        roster = self._clinic.desk.roster()
        return render_template(
            "patients/form.html", values=values, errors=errors, labels=LABELS, same=same, patient_id=patient_id,
            guardian=self._patient(guardian) if guardian else None, slot=number(request.values.get("horario")),
            payer_options=[(one.id, one.name) for one in roster.payer.values() if one.active or str(one.id) == payer],
            unit_options=[(one.id, one.name) for one in roster.unit.values() if one.active or str(one.id) == unit],
            said=said, theirs=theirs, seen=began,
        )  # fmt: skip

    def _names(self, card: Card) -> dict[str, str]:
        """Who of the team is in the histories."""
        refs = {change.by for visit in card.visits for change in visit.changes if change.by.startswith("user:")}
        found = {ref: self._clinic.users.viewer(int(ref.partition(":")[2])) for ref in refs}
        return {ref: one.name for ref, one in found.items() if one}


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /pacientes."""
    page = Blueprint("patients", __name__, url_prefix="/pacientes")
    views, doors = Patients(clinic), Doors(page)
    doors.rule("", "search", views.search, allow=STAFF)
    doors.rule("/novo", "new_form", views.new_form, allow=STAFF)
    doors.rule("/novo", "new", views.new, allow=STAFF, methods=["POST"])
    doors.rule("/<int:patient_id>", "card", views.card, allow=STAFF)
    doors.rule("/<int:patient_id>/editar", "edit_form", views.edit_form, allow=STAFF)
    doors.rule("/<int:patient_id>/editar", "edit", views.edit, allow=STAFF, methods=["POST"])
    unfinished.register(page, clinic)
    return page
