"""/patients: the register, for whom each may see; reading leaves a trace."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from flask import abort
from pydantic import Field, StringConstraints, WithJsonSchema

from admin_web.access import EVERYBODY, STAFF, viewer
from admin_web.api.answering import not_found_unless, version_of
from admin_web.api.faults import unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, cursor
from admin_web.api.paging import part as first
from admin_web.api.types import MOST, Cpf, Email, Given, Name, Paged, Phone, RecordId, Shown
from clinic.cards import PatientData
from clinic.patient_forms import PatientForm

if TYPE_CHECKING:
    from clinic.services import Clinic

MANY = 5
Birth = Annotated[date, WithJsonSchema({"type": "string", "format": "birth-date"})]


class PatientValues(Given):
    """A patient, as it is written. Without CPF only whom a guardian answers for."""

    name: Name
    social_name: Name | None = None
    cpf: Cpf | None = None
    birth_date: Birth
    phones: Annotated[list[Phone], Field(max_length=MANY, default_factory=list)]
    email: Email | None = None
    guardian_id: RecordId | None = None
    usual_payer_id: RecordId | None = None
    usual_unit_id: RecordId | None = None


class Patient(Shown):
    """A patient, as it is on file; `social_name` is the one to say and show where there is one."""

    id: int
    name: str
    social_name: str | None
    cpf: str | None
    birth_date: date
    phones: list[str]
    email: str | None
    guardian_id: int | None
    usual_payer_id: int | None
    usual_unit_id: int | None
    created_at: datetime


class PatientLine(Shown):
    """Enough to tell people apart."""

    id: int
    name: str
    birth_date: date


class PatientList(Shown):
    """A part of the patients."""

    items: list[PatientLine]
    next_cursor: str | None


class PatientsQuery(Paged):
    """`q`: a name, a CPF or a telephone, or a part of it; then the best hundred fits are looked through."""

    q: Annotated[str, StringConstraints(min_length=2, max_length=120)] | None = None


class Patients:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def list(self, asked: Asked) -> Reply:
        """By id, those one may see."""
        query: PatientsQuery = asked.query
        among = (
            None
            if query.q is None
            else [one.id for one in self._clinic.desk.search.find(query.q, asked.viewer.ref, MOST)]
        )
        rows = self._clinic.registers.patients(asked.viewer, after_id(query.cursor), query.limit + 1, among)
        some, more = first(rows, query.limit)
        following = cursor(some[-1].id) if more else None
        items = [PatientLine.model_validate(one) for one in some]
        return Reply(PatientList(items=items, next_cursor=following), next=following)

    def get(self, asked: Asked) -> Reply:
        """One of them."""
        patient_id = asked.path["patient_id"]
        self._clinic.audit.add(asked.viewer.ref, "patient.read", "patient", patient_id)
        return self._reply(patient_id)

    def create(self, asked: Asked) -> Reply:
        """A new one."""
        made = self._clinic.desk.intake.register(self._form(asked.body), asked.viewer.ref)
        return self._reply(made, f"/patients/{made}")

    def replace(self, asked: Asked) -> Reply:
        """One as it was read, with all values."""
        patient_id = asked.path["patient_id"]
        self._clinic.portal.corrections.correct(
            patient_id, self._form(asked.body), asked.viewer.ref,
            lambda now: version_of(Patient.model_validate(now)) == asked.version,
        )  # fmt: skip
        return self._reply(patient_id)

    def may_see(self, patient_id: int) -> bool:
        """Whether this patient is theirs to see."""
        return self._clinic.access.may_see_patient(viewer(), patient_id)

    def _form(self, given: PatientValues) -> PatientForm:
        roster = self._clinic.desk.roster()
        missing = [
            name for name, wanted, known in (
                ("usual_payer_id", given.usual_payer_id, roster.payer),
                ("usual_unit_id", given.usual_unit_id, roster.unit),
            ) if wanted is not None and wanted not in known
        ]  # fmt: skip
        if given.guardian_id is not None and not self.may_see(given.guardian_id):
            missing.append("guardian_id")
        if missing:
            raise unknown(*missing)
        return PatientForm(
            given.name, given.social_name or "", given.cpf or "", given.birth_date.isoformat(),
            ",".join(given.phones), given.email or "", given.guardian_id, given.usual_payer_id, given.usual_unit_id,
        )  # fmt: skip

    def _reply(self, patient_id: int, location: str = "") -> Reply:
        shown = self._shown(patient_id)
        return Reply(shown, version_of(shown), location)

    def _shown(self, patient_id: int) -> Patient:
        try:
            found: PatientData = self._clinic.desk.cards.patient(patient_id)
        except KeyError:
            abort(404)
        return Patient.model_validate(found)


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own, one = Patients(clinic), "/patients/<int:patient_id>"
    seen = not_found_unless(own.may_see)
    return Part("Pacientes", [
        Operation("GET", "/patients", "list_patients", "Listar ou procurar pacientes", own.list, EVERYBODY,
                  "patients:read", query=PatientsQuery, shows=PatientList, refuses=(422,)),
        Operation("POST", "/patients", "create_patient", "Cadastrar um paciente", own.create, STAFF, "patients:write",
                  body=PatientValues, shows=Patient, status=201, refuses=(409,)),
        Operation("GET", one, "get_patient", "Ler um paciente", own.get, EVERYBODY, "patients:read", shows=Patient,
                  guard=seen, versioned=True),
        Operation("PUT", one, "replace_patient", "Guardar um paciente", own.replace, STAFF, "patients:write",
                  body=PatientValues, shows=Patient, guard=seen, edits=True, refuses=(409,),
                  about="Quem tem conta no portal recebe no e-mail novo um pedido de confirmação."),
    ])  # fmt: skip
