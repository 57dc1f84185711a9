"""The first account of an installation, made at the terminal: somebody has to be able to let the others in."""

from clinic.identities import Identity, email
from clinic.services import Clinic
from clinic.terminal import Trouble
from clinic.users import IdentityTaken, Role

STAFF: dict[str, Role] = {"administrador": "admin", "gerente": "manager", "atendente": "attendant"}
LASTS = "O endereço vale por três dias e funciona uma vez."


def add_staff(clinic: Clinic, address: str, name: str, role: str) -> str:
    """Make the account, with a role as people say it; what to tell the person. Raises Trouble with the remedy."""
    known = email(address)
    if known is None:
        raise Trouble(f"“{address}” não é um e-mail.")
    if not name.strip():
        raise Trouble("Diga o nome da pessoa, entre aspas.")
    try:
        user = clinic.users.create(name.strip(), [STAFF[role]], [Identity("email", known)], by="system")
    except IdentityTaken:
        raise Trouble(f"Já há uma conta com o e-mail {known}. A senha se troca em /senha/esqueci.") from None
    return f"Conta criada. Para escolher a senha, abra:\n\n  {clinic.letters.link(user, 'invite', known)}\n\n{LASTS}"
