"""/espera/nova: the desk puts somebody into the waiting list: who, then what for."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from admin_web import offer_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.address import number
from admin_web.desk import Reception
from clinic.people import Person
from clinic.waiting.wanted import Wanted, faults

if TYPE_CHECKING:
    from clinic.services import Clinic

LONGEST_SEARCH = 120
FIELDS = {
    "specialty": "especialidade", "doctor": "medico", "unit": "unidade", "payer": "convenio",
    "payer_of_doctor": "convenio", "payer_there": "convenio", "unit_of_doctor": "unidade",
}  # fmt: skip
Answer = Response | str | tuple[str, int]


class WaitingNew:
    """One page in two steps."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self) -> str:
        """The search, or the wish once somebody is chosen."""
        person = self._desk.patient(number(request.args.get("paciente")))
        return self._wish(person, {}) if person else self._search()

    def save(self) -> Answer:
        """Into the list; the same wish twice is one place."""
        person = self._desk.patient(number(request.form.get("paciente")))
        if person is None:
            return self._search("Escolha primeiro o paciente."), 422
        wanted = {name: number(request.form.get(name)) for name in ("especialidade", "medico", "unidade", "convenio")}
        if errors := self._faults(wanted):
            return self._wish(person, errors), 422
        period, modality = request.form.get("periodo"), request.form.get("modalidade")
        self._clinic.waiting_list.join(
            person, wanted["especialidade"] or 0, "desk", wanted["medico"], wanted["unidade"], wanted["convenio"],
            period if period in offer_words.PERIOD else None,
            modality=modality if modality in offer_words.MODALITY else None,
            but_free=request.form.get("novos") == "1",
        )  # fmt: skip
        self._clinic.audit.add(viewer().ref, "waiting.joined", "patient", person.id)
        flash(f"{person.name} está na lista de espera.", "good")
        return redirect(url_for("waiting.page"), 303)  # type: ignore[return-value]

    def _faults(self, wanted: dict[str, int | None]) -> dict[str, str]:
        """What is wrong with a wish, by field."""
        asked = Wanted(wanted["especialidade"], wanted["medico"], wanted["unidade"], wanted["convenio"])
        found = faults(self._clinic.desk.roster(), {one.id for one in self._desk.units()}, asked)
        return {FIELDS[one]: offer_words.WISH[one] for one in found}

    def _search(self, said: str = "") -> str:
        typed = request.args.get("q", "")[:LONGEST_SEARCH]
        found = self._clinic.desk.search.find(typed, viewer().ref) if typed else []
        return render_template("waiting/who.html", q=typed, found=found, said=said, drawer=False)

    def _wish(self, person: Person, errors: dict[str, str]) -> str:
        roster = self._clinic.desk.roster()
        doctors = {one for some in roster.announceable.values() for one in some}
        values = {"convenio": person.usual_payer_id, "unidade": person.usual_unit_id, **request.args, **request.form}
        return render_template(
            "waiting/new.html", person=person, errors=errors, values=values, periods=offer_words.PERIODS,
            modalities=offer_words.MODALITIES, units=[(one.id, one.name) for one in self._desk.units()],
            specialties=[(one.id, one.name) for one in roster.specialties],
            payers=[(one.id, one.name) for one in roster.payers],
            doctors=[(one.id, one.name) for one in roster.doctors.values() if one.id in doctors],
        )  # fmt: skip


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The two addresses."""
    views, doors = WaitingNew(clinic), Doors(page)
    doors.rule("/nova", "new", views.page, allow=STAFF)
    doors.rule("/nova", "save", views.save, allow=STAFF, methods=["POST"])
