"""Who may log in to the demo clinic: one of each role, with a password that everybody knows. Never outside the demo."""

from dataclasses import dataclass

from sqlalchemy import select

from clinic import demo_data as data
from clinic.demo_names import STATE
from clinic.identities import Identity
from clinic.passwords import PUBLISHED
from clinic.services import Clinic
from clinic.users import Role
from db.session import Database
from db.tables import Doctor, Patient

PASSWORD = PUBLISHED
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account for whoever tries the demo: `words` say whose it is, `typed` is what logs it in."""

    key: str
    words: str
    typed: str
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One of the invented staff."""

    name: str
    email: str
    role: Role


STAFF = (
    DemoStaff("Bianca Souto", "recepcao@vilaaurora.example", "attendant"),
    DemoStaff("Rogério Sales", "gerente@vilaaurora.example", "manager"),
    DemoStaff("Tânia Vilela", "admin@vilaaurora.example", "admin"),
)
_DOCTOR = data.PHYSICIANS[0]
ACCOUNTS = (
    DemoAccount("recepcao", "Recepção", STAFF[0].email),
    DemoAccount("medica", f"Médica, {_DOCTOR.name}", f"CRM/{STATE} {_DOCTOR.crm}"),
    DemoAccount("paciente", f"Paciente, {data.ANA.name}", "111.444.777-35"),
    DemoAccount("gerente", "Gerente", STAFF[1].email),
    DemoAccount("admin", "Administração", STAFF[2].email),
)


def give(clinic: Clinic, database: Database) -> bool:
    """Make the accounts; False, and nothing done, where there are accounts already or this is no demo clinic."""
    if clinic.users.any() or clinic.profile.get().name != data.CLINIC:
        return False
    hashed = clinic.passwords.hash(PASSWORD)

    def create(name: str, role: Role, identity: Identity, **who: int) -> None:
        clinic.users.create(name, [role], [identity], by=SYSTEM, password_hash=hashed, verified=True, **who)  # type: ignore[arg-type]

    for one in STAFF:
        create(one.name, one.role, Identity("email", one.email))
    for doctor in database.rows(select(Doctor.id, Doctor.name, Doctor.crm, Doctor.crm_state)):
        create(doctor.name, "doctor", Identity("crm", f"{doctor.crm_state}/{doctor.crm}"), doctor_id=doctor.id)
    for visitor in data.VISITORS:
        patient = database.first(select(Patient.id).where(Patient.cpf == visitor.cpf))
        if patient:
            create(visitor.name, "patient", Identity("cpf", visitor.cpf), patient_id=patient.id)
    return True
