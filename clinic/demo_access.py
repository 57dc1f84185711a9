"""Makes the accounts of the demo clinic, with a password that everybody knows. Never outside the demo."""

from sqlalchemy import select

from clinic import demo_data as data
from clinic.demo_accounts import PUBLISHED, STAFF
from clinic.identities import Identity
from clinic.people import search_name
from clinic.services import Clinic
from clinic.users import Role
from db.session import Database
from db.tables import Doctor, Patient

SYSTEM = "system"


def give(clinic: Clinic, database: Database) -> bool:
    """Make the accounts; False, and nothing done, where there are accounts already or this is no demo clinic."""
    if clinic.users.any() or clinic.profile.get().name != data.CLINIC:
        return False
    hashed = clinic.passwords.hash(PUBLISHED)

    def create(name: str, role: Role, *known_by: Identity, **who: int) -> None:
        clinic.users.create(name, [role], known_by, by=SYSTEM, password_hash=hashed, verified=True, **who)  # type: ignore[arg-type]

    for one in STAFF:
        create(one.name, one.role, Identity("email", one.email))
    for doctor in database.rows(select(Doctor.id, Doctor.name, Doctor.crm, Doctor.crm_state)):
        create(
            doctor.name,
            "doctor",
            Identity("crm", f"{doctor.crm_state}/{doctor.crm}"),
            Identity("email", _mail(doctor.name)),
            doctor_id=doctor.id,
        )
    for visitor in data.VISITORS:
        patient = database.first(select(Patient.id).where(Patient.cpf == visitor.cpf))
        if patient:
            create(
                visitor.name,
                "patient",
                Identity("cpf", visitor.cpf),
                Identity("email", visitor.email),
                patient_id=patient.id,
            )
    return True


def _mail(name: str) -> str:
    """As "marina.correa@vilaaurora.example"."""
    return f"{search_name(name, None).replace(' ', '.')}@vilaaurora.example"
