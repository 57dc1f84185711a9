"""A colleague's account between what is typed and what is on file."""

from collections.abc import Collection
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from clinic import identities
from clinic.team import LONGEST, Member
from clinic.users import Role
from clinic.written import one_line

NO_ROLE = "Escolha ao menos uma função."
NO_ROLE_LEFT = "Deixe ao menos uma função. Para a pessoa não entrar mais, desative a conta."


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form holds; `email` "" for none."""

    name: str = ""
    email: str = ""
    roles: frozenset[Role] = frozenset()
    units: frozenset[int] = frozenset()
    doctor_id: int | None = None


def on_file(member: Member, email: str) -> Typed:
    """An account as its form shows it."""
    return Typed(member.name, email, member.roles, member.unit_ids, member.doctor_id)


def read(
    given: MultiDict[str, str],
    gives: Collection[Role],
    units: Collection[int],
    doctors: Collection[int],
    has: frozenset[Role] | None,
) -> tuple[Typed, dict[str, str]]:
    """What was typed, and what is wrong by field. `gives`: the roles that may be given here; `has`: those of the
    account, None for a new one."""
    name, email = one_line(given.get("name", "")), given.get("email", "").strip()
    roles = frozenset(one for one in gives if one in given.getlist("role"))
    doctor = next((one for one in doctors if str(one) == given.get("doctor")), None)
    chosen = frozenset(one for one in units if str(one) in given.getlist("unit"))
    typed = Typed(name, identities.email(email) or email, roles, chosen, doctor)
    wrong = {
        "name": _name(name),
        "email": "Escreva um e-mail, como nome@clinica.com.br." if _bad_email(email, required=has is None) else "",
        "roles": _roles(roles, gives, has),
        "doctor": _doctor(typed),
    }
    return typed, {field: said for field, said in wrong.items() if said}


def _roles(chosen: frozenset[Role], gives: Collection[Role], has: frozenset[Role] | None) -> str:
    """Whoever has no role left meets nothing but closed doors."""
    if chosen or (has and has - set(gives)):
        return ""
    return NO_ROLE if has is None else NO_ROLE_LEFT


def _name(name: str) -> str:
    if not name:
        return "Falta o nome."
    return f"Cabe até {LONGEST} letras." if len(name) > LONGEST else ""


def _bad_email(email: str, required: bool) -> bool:
    return identities.email(email) is None if email else required


def _doctor(typed: Typed) -> str:
    if "doctor" in typed.roles and typed.doctor_id is None:
        return "Diga qual médico do cadastro é esta pessoa."
    if typed.doctor_id is not None and "doctor" not in typed.roles:
        return "Quem é médico do cadastro precisa também da função médico(a)."
    return ""
