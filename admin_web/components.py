"""/componentes: everything pages are made of, in all its states, to look at before a change lands. Demo only."""

from flask import Blueprint, render_template

from admin_web.access import Doors, Public

WHY = "shows made-up things, in the demo alone"


def page() -> str:
    """All components."""
    return render_template("components/page.html")


def blueprint() -> Blueprint:
    """The page /componentes."""
    made = Blueprint("components", __name__, url_prefix="/componentes")
    Doors(made).rule("", "page", page, allow=Public(WHY))
    return made
