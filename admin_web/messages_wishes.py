"""How patients wish to be told: /portal/avisos for themselves, and for the desk, with what was sent to them,
/pacientes/…/mensagens."""

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import messages_words as words
from admin_web.access import PATIENTS, STAFF, Doors, viewer
from admin_web.address import number
from admin_web.portal_own import people_of, person_of
from clinic.messages.kinds import SORTS
from clinic.messages.preferences import MEDIA, Preference
from clinic.outbox.list import A_PAGE, Wanted

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
CHOOSES = "A clínica escolhe"
MEDIA_CHOICES = [("", CHOOSES), *((one, words.MEDIA[one][0].upper() + words.MEDIA[one][1:]) for one in MEDIA)]


class OwnWishes:
    """One's own wishes and those for dependants."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """How each of them is told now."""
        people = people_of(self._clinic)
        known = self._clinic.messages.preferences.of_all(one.id for one in people)
        cards = self._clinic.desk.cards
        return render_template(
            "messages/own_wishes.html", people=people, known=known, usual=Preference(), media=MEDIA_CHOICES,
            contacts={one.id: cards.patient(one.id) for one in people},
        )  # fmt: skip

    def save(self) -> Response:
        """Keep the wishes for one of them."""
        person = person_of(self._clinic, number(request.form.get("para")))
        preferences = self._clinic.messages.preferences
        preferences.set(person.id, _wish(preferences.of(person.id)), by=viewer().ref)
        flash(f"Guardado. Vale para os próximos avisos a {person.name}.", "good")
        return redirect(url_for("own_wishes.page"), 303)


class PatientMessages:
    """What one patient was told, and how they wish to be told."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, patient_id: int) -> str:
        """The newest first."""
        patient = self._patient(patient_id)
        wanted = Wanted(patient_id=patient_id, before=number(request.args.get("antes")))
        found = self._clinic.messages.outbox.page(wanted, A_PAGE + 1)
        self._clinic.audit.add(viewer().ref, "patient.read", "patient", patient_id, "messages")
        older = found[A_PAGE - 1].id if len(found) > A_PAGE else None
        return render_template(
            "messages/patient.html", patient=patient, lines=found[:A_PAGE], media=MEDIA_CHOICES, words=words,
            sorts=SORTS,
            older=url_for("patient_messages.page", patient_id=patient_id, antes=older) if older else "",
            wish=self._clinic.messages.preferences.of(patient_id), doctors=self._clinic.desk.roster().doctors,
            zone=self._clinic.units.clock_zone(),
        )  # fmt: skip

    def save(self, patient_id: int) -> Response:
        """What the patient told the desk."""
        self._patient(patient_id)
        preferences = self._clinic.messages.preferences
        preferences.set(patient_id, _wish(preferences.of(patient_id)), by=viewer().ref)
        self._clinic.audit.add(viewer().ref, "patient.changed", "patient", patient_id, "messages")
        flash("Guardado. Vale para os próximos avisos.", "good")
        return redirect(url_for("patient_messages.page", patient_id=patient_id), 303)

    def _patient(self, patient_id: int) -> object:
        if not self._clinic.access.may_see_patient(viewer(), patient_id):
            abort(404)
        return self._clinic.desk.cards.patient(patient_id)


def _wish(known: Preference) -> Preference:
    """What the form says; what it does not ask stays as it is known."""
    medium, reminders = request.form.get("medium", ""), request.form.get("reminders") == "1"
    return replace(known, reminders=reminders, medium=medium if medium in MEDIA else None)


def portal(clinic: "Clinic") -> Blueprint:
    """The page /portal/avisos."""
    page = Blueprint("own_wishes", __name__, url_prefix="/portal/avisos")
    views, doors = OwnWishes(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=PATIENTS)
    doors.rule("", "save", views.save, allow=PATIENTS, methods=("POST",))
    return page


def desk(clinic: "Clinic") -> Blueprint:
    """The page of a patient's messages, for the desk."""
    page = Blueprint("patient_messages", __name__, url_prefix="/pacientes/<int:patient_id>/mensagens")
    views, doors = PatientMessages(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=STAFF)
    doors.rule("", "save", views.save, allow=STAFF, methods=("POST",))
    return page
