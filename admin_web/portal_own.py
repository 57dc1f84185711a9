"""Whom somebody on the portal acts for: themselves and their dependants, nobody else."""

from typing import TYPE_CHECKING

from flask import abort

from admin_web.access import somebody, viewer
from clinic.people import Person
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

VIA = "web"


def people_of(clinic: "Clinic", looking: Viewer | None = None) -> list[Person]:
    """The viewer, then their dependants; 404 for an account that belongs to no patient."""
    looking = looking or viewer()
    if looking.patient_id is None:
        abort(404)
    own = clinic.patients.get(looking.patient_id)
    return [own, *clinic.patients.dependants(own)]


def person_of(clinic: "Clinic", patient_id: int | None) -> Person:
    """Who was chosen, or the viewer; 404 for anybody who is not theirs."""
    theirs = people_of(clinic)
    return next((one for one in theirs if one.id == (patient_id or theirs[0].id)), None) or abort(404)


def patient_looking() -> Viewer | None:
    """Who looks, if it is a patient."""
    looking = somebody()
    return looking if looking and looking.patient_id and "patient" in looking.roles else None


def keeps(looking: Viewer) -> str:
    """Under this name times are kept for them."""
    return f"portal:{looking.user_id}"
