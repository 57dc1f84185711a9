"""How far the agendas are that are being made anew, as a manager's pages tell it while that goes on."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from admin_web.access import MANAGERS, Doors
from admin_web.address import number

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
LONG = timedelta(minutes=2)
MOST = 100_000


def told(clinic: "Clinic", of: int = 0) -> dict[str, object]:
    """What the notice needs (manager/replanning.html); `of`: how many agendas there were when it was first shown."""
    behind = clinic.agenda.behind()
    stuck = behind.since is not None and clinic.clock() - behind.since > LONG
    return {"behind": behind.doctors, "behind_of": max(of, behind.doctors), "behind_stuck": stuck}


class Replanning:
    """The notice alone."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def progress(self) -> str:
        """Asked for again and again by the script of the page that shows it."""
        of = min(number(request.args.get("de")) or 0, MOST)
        return render_template("manager/replanning.html", **told(self._clinic, of), asked=True)


def blueprint(clinic: "Clinic") -> Blueprint:
    """The address of the notice, for managers."""
    page = Blueprint("replanning", __name__, url_prefix="/agendas")
    Doors(page).rule("/andamento", "progress", Replanning(clinic).progress, allow=MANAGERS)
    return page
