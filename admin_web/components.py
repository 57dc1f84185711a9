"""/componentes: everything pages are made of, in all its states, to look at before a change lands. Demo only."""

from flask import Blueprint, render_template

from admin_web.access import Doors, Public
from admin_web.fields import Field

WHY = "shows made-up things, in the demo alone"
FIELDS = (
    Field("unit_name", "Nome da unidade", required=True), Field("unit_phone", "Telefone da unidade", "phone"),
    Field("state", "UF", "choose", options=lambda: (("SP", "SP"), ("MG", "MG"))), Field("opens", "Abre às", "time"),
    Field("place", "Lugar na lista", "number", "É também a ordem das teclas ao telefone.", required=True),
    Field("way", "Como chegar", "area"), Field("in_use", "Em uso", "tick", "Fora de uso não é oferecida."),
)  # fmt: skip


def page() -> str:
    """All components."""
    return render_template("components/page.html", example_fields=FIELDS)


def blueprint() -> Blueprint:
    """The page /componentes."""
    made = Blueprint("components", __name__, url_prefix="/componentes")
    Doors(made).rule("", "page", page, allow=Public(WHY))
    return made
