"""Who may log in to the demo clinic: one of each role. Loads nothing, as `alo run` prints it at every start."""

from dataclasses import dataclass
from typing import Literal

from clinic import demo_data as data

PUBLISHED = "alo-clinica-demo"
"""Everybody knows it, so it opens nothing outside the demo."""
StaffRole = Literal["attendant", "manager", "admin"]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account for whoever tries the demo: `words` say whose it is, `typed` is what logs it in."""

    key: str
    words: str
    typed: str
    password: str = PUBLISHED


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One of the invented staff."""

    name: str
    email: str
    role: StaffRole


STAFF = (
    DemoStaff("Bianca Souto", "recepcao@vilaaurora.example", "attendant"),
    DemoStaff("Rogério Sales", "gerente@vilaaurora.example", "manager"),
    DemoStaff("Tânia Vilela", "admin@vilaaurora.example", "admin"),
)
_DOCTOR = data.PHYSICIANS[0]
_ASKED = next(one for one in data.PHYSICIANS if one.approves)
ACCOUNTS = (
    DemoAccount("recepcao", "Recepção", STAFF[0].email),
    DemoAccount("medica", f"Médica, {_DOCTOR.name}", f"CRM/SP {_DOCTOR.crm}"),
    DemoAccount("medico", f"Médico com pedidos, {_ASKED.name}", f"CRM/SP {_ASKED.crm}"),
    DemoAccount("paciente", f"Paciente, {data.ANA.name}", "111.444.777-35"),
    DemoAccount("gerente", "Gerente", STAFF[1].email),
    DemoAccount("admin", "Administração", STAFF[2].email),
)
