"""/cadastro/medicos: the clinic's doctors: CRM, specialties with RQE, which payer is taken where, how they work."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import leaving
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.fields import Field, differences, read, shown, states
from clinic import fairness
from clinic.editing import NameTaken, Record
from clinic.practice import Visit
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
STALE = "Outra pessoa mudou este cadastro enquanto você escrevia. Confira e guarde de novo para valer o seu."
NO_RQE = "O RQE tem só números."
UNTICKED = "Marque a especialidade, ou apague o RQE."
WEIGHS = (
    "Quando qualquer médico serve e dois têm o mesmo horário: "
    "quem tem peso 2 recebe duas consultas para cada uma de quem tem peso 1."
)
CRM = re.compile(r"[0-9]{1,10}")
RQE = re.compile(r"[0-9]{1,12}")


def titles() -> list[tuple[str, str]]:
    """What is spoken before a doctor's name."""
    return [("doutora", "Doutora"), ("doutor", "Doutor")]


FIELDS = (
    Field("name", "Nome", required=True),
    Field("title", "Tratamento", "choose", required=True, options=titles),
    Field("spoken", "Como se pronuncia", hint="Só se for lido errado ao telefone."),
    Field("crm", "CRM", required=True, longest=10, hint="Só os números."),
    Field("crm_state", "UF do CRM", "choose", required=True, options=states),
    Field("return_days", "Dias para o retorno", "number", required=True, most=365),
    Field("approval_hours", "Horas para responder a pedidos", "number", required=True, least=1, most=240),
    Field("extra_quota", "Encaixes por dia", "number", required=True, most=20),
    Field("weight", "Peso na escolha automática", "number", WEIGHS, required=True, least=1, most=fairness.HEAVIEST),
    Field("position", "Lugar na lista", "number", "É também a ordem das teclas ao telefone.", required=True),
    Field("approves", "Responde a cada pedido antes de valer", "tick"),
    Field("active", "Atende", "tick", "Quem não atende não é oferecido; o que já está marcado continua."),
)
LABELS = {field.name: field.label for field in FIELDS}


class Doctors:
    """List and form."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """All doctors."""
        names = {one["id"]: one["name"] for one in self._clinic.editing.records("specialty")}
        doctors = self._clinic.editing.records("doctor")
        known = self._clinic.editing.specialties_of_all()
        return render_template("doctors/list.html", doctors=doctors, specialties=known, names=names)

    def new(self) -> str | Response | tuple[str, int]:
        """An empty form, and what comes back from it."""
        if request.method == "POST":
            return self._keep(None)
        start = {"active": True, "return_days": 30, "approval_hours": 24, "extra_quota": 2, "weight": 1}
        place = len(self._clinic.editing.records("doctor"))
        return self._form(None, shown(FIELDS, start | {"position": place}), {}, frozenset(), {}, "")

    def edit(self, record_id: int) -> str | Response | tuple[str, int]:
        """A doctor's form, and what comes back from it."""
        self._record(record_id)
        if request.method == "POST":
            return self._keep(record_id)
        seen = self._clinic.editing.seen_of(record_id)  # first: what is saved from now on is a conflict
        record = self._record(record_id)
        specialties = {key: rqe or "" for key, rqe in self._clinic.editing.specialties_of(record_id).items()}
        payers = self._clinic.editing.payers_of(record_id)
        return self._form(record_id, shown(FIELDS, record), specialties, payers, {}, seen)

    def _keep(self, record_id: int | None) -> str | Response | tuple[str, int]:
        values, errors = read(FIELDS, request.form)
        specialties, payers, seen = self._specialties(), self._payers(record_id), request.form.get("seen", "")
        if values.get("crm") and not CRM.fullmatch(values["crm"]):
            errors["crm"] = "Só os números do CRM."
        errors |= self._rqe_faults(record_id, specialties)
        if errors:
            return self._form(record_id, request.form, specialties, payers, errors, seen), 422
        before = self._record(record_id) if record_id is not None else {}
        hits = leaving.hits(self._clinic, "doctor", before, values) if before else []
        if not leaving.were_told(hits):
            return self._form(record_id, request.form, specialties, payers, errors, seen, hits=hits)
        with_rqe = {key: rqe or None for key, rqe in specialties.items()}
        try:
            saved = self._clinic.editing.save_doctor(record_id, values, with_rqe, payers, seen)
        except NameTaken:
            errors = {"crm": "Este CRM já está no cadastro."}
            return self._form(record_id, request.form, specialties, payers, errors, seen), 422
        except ChangedMeanwhile:
            now, theirs = self._clinic.editing.seen_of(record_id or 0), self._theirs(record_id or 0, values, payers)
            return self._form(record_id, request.form, specialties, payers, {"": STALE}, now, theirs), 409
        self._clinic.audit.add(viewer().ref, "doctor.saved", "doctor", saved, fairness.told(before, values))
        leaving.offer(self._clinic, hits, values["name"])
        flash("Cadastro guardado. As vagas já o seguem.", "good")
        return redirect(url_for("doctors.page") if record_id else url_for("own_hours.page", doctor_id=saved), 303)

    def _theirs(self, record_id: int, wanted: Record, payers: frozenset[tuple[int, int]]) -> list[tuple[str, str]]:
        """What somebody else has saved where something else was typed."""
        editing, found = self._clinic.editing, differences(FIELDS, self._record(record_id), wanted)
        if (rqes := editing.specialties_of(record_id)) != {
            key: rqe or None for key, rqe in self._specialties().items()
        }:
            names = {one["id"]: one["name"] for one in editing.records("specialty")}
            said = [f"{names[key]} (RQE {rqe})" if rqe else names[key] for key, rqe in rqes.items()]
            found.append(("Especialidades", ", ".join(said) or "nenhuma"))
        if (taken := editing.payers_of(record_id)) != payers:
            payer, unit = ({one["id"]: one["name"] for one in editing.records(sort)} for sort in ("payer", "unit"))
            said = sorted(f"{payer[one]} em {unit[where]}" for one, where in taken)
            found.append(("Quem paga, e onde", ", ".join(said) or "nenhum"))
        return found

    def _specialties(self) -> dict[int, str]:
        """What was ticked, with the RQE that was typed."""
        known = (one["id"] for one in self._clinic.editing.records("specialty"))
        ticked = set(request.form.getlist("specialty"))
        return {key: request.form.get(f"rqe-{key}", "").strip() for key in known if str(key) in ticked}

    def _rqe_faults(self, record_id: int | None, specialties: Mapping[int, str]) -> dict[str, str]:
        """What is no RQE, and one that was typed beside a specialty nobody ticked: it would be lost."""
        wrong = {f"rqe-{key}": NO_RQE for key, rqe in specialties.items() if rqe and not RQE.fullmatch(rqe)}
        on_file = self._clinic.editing.specialties_of(record_id) if record_id is not None else {}
        for one in self._clinic.editing.records("specialty"):
            typed = request.form.get(f"rqe-{one['id']}", "").strip()
            if one["id"] not in specialties and typed not in ("", on_file.get(one["id"])):
                wrong[f"rqe-{one['id']}"] = UNTICKED
        return wrong

    def _payers(self, record_id: int | None) -> frozenset[tuple[int, int]]:
        """What was ticked, and what cannot be: payers and units out of use stay as they are on file."""
        ticked, editing = set(request.form.getlist("takes")), self._clinic.editing
        payers, units = ({one["id"] for one in editing.records(sort) if one["active"]} for sort in ("payer", "unit"))
        shown_ones = {(payer, unit) for payer in payers for unit in units}
        on_file = editing.payers_of(record_id) if record_id is not None else frozenset()
        return (on_file - shown_ones) | {pair for pair in shown_ones if f"{pair[0]}-{pair[1]}" in ticked}

    def _record(self, record_id: int) -> Record:
        try:
            return self._clinic.editing.record("doctor", record_id)
        except KeyError:
            abort(404)

    def _form(
        self,
        record_id: int | None,
        values: Mapping[str, str],
        specialties: Mapping[int, str],
        payers: frozenset[tuple[int, int]],
        errors: Mapping[str, str],
        seen: str,
        theirs: Sequence[tuple[str, str]] = (),
        hits: Sequence[Visit] = (),
    ) -> str:
        return render_template(
            "doctors/form.html", fields_of=FIELDS, record_id=record_id, values=values, errors=errors, seen=seen,
            theirs=theirs, labels=LABELS, chosen=specialties, taken=payers,
            units=self._clinic.editing.records("unit"), all_specialties=self._clinic.editing.records("specialty"),
            all_payers=self._clinic.editing.records("payer"),
            **(leaving.told(self._clinic, "doctor", record_id, list(hits)) if hits and record_id else {}),
        )  # fmt: skip


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages of the clinic's doctors, for managers."""
    page = Blueprint("doctors", __name__, url_prefix="/cadastro/medicos")
    views, doors = Doctors(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/novo", "new", views.new, allow=MANAGERS, methods=("GET", "POST"))
    doors.rule("/<int:record_id>", "edit", views.edit, allow=MANAGERS, methods=("GET", "POST"))
    return page
