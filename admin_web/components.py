"""/componentes: everything pages are made of, in all its states, to look at before a change lands. Demo only."""

from flask import Blueprint, render_template

LOGIN = "none: shows made-up things, in the demo alone"


def page() -> str:
    """All components."""
    return render_template("components/page.html")


def blueprint() -> Blueprint:
    """The page /componentes."""
    made = Blueprint("components", __name__, url_prefix="/componentes")
    made.add_url_rule("", "page", page)
    return made
