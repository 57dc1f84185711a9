"""A patient's form between what is typed and what is on file."""

from collections.abc import Mapping
from hashlib import sha256

from admin_web.address import number
from admin_web.words import birth, cpf, phone
from clinic.cards import PatientData
from clinic.patient_forms import PatientForm

FIELDS = ("name", "social_name", "cpf", "birth_date", "phones", "email")
LABELS = {
    "name": "Nome completo", "social_name": "Nome social", "cpf": "CPF", "birth_date": "Data de nascimento",
    "phones": "Telefones", "email": "E-mail", "guardian_id": "Responsável",
    "usual_payer_id": "Costuma pagar com", "usual_unit_id": "Unidade preferida",
}  # fmt: skip


def typed_form(given: Mapping[str, str], guardian_id: int | None) -> PatientForm:
    """A patient's form as it was sent."""
    return PatientForm(
        **{name: given.get(name, "") for name in FIELDS}, guardian_id=guardian_id,
        usual_payer_id=number(given.get("usual_payer_id")), usual_unit_id=number(given.get("usual_unit_id")),
    )  # fmt: skip


def as_typed(patient: PatientData) -> dict[str, str]:
    """What is on file as somebody would type it."""
    return {
        "name": patient.name, "social_name": patient.social_name or "", "cpf": cpf(patient.cpf) if patient.cpf else "",
        "birth_date": birth(patient.birth_date), "phones": ", ".join(phone(one) for one in patient.phones),
        "email": patient.email or "", "guardian_id": str(patient.guardian_id or ""),
        "usual_payer_id": str(patient.usual_payer_id or ""), "usual_unit_id": str(patient.usual_unit_id or ""),
    }  # fmt: skip


def seen(on_file: Mapping[str, str]) -> str:
    """A mark of what somebody saw when they began to correct it."""
    return sha256("\0".join(f"{name}={value}" for name, value in sorted(on_file.items())).encode()).hexdigest()[:16]
