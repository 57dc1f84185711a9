"""Whom somebody on the portal acts for: themselves and their dependants, nobody else."""

from typing import TYPE_CHECKING

from flask import abort, request
from werkzeug.exceptions import NotFound

from admin_web.access import somebody, viewer
from clinic.people import Person
from clinic.slots import SlotInfo
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

VIA = "web"
FRESH = "X-Alo-Fresh"
"""The header by which a page's script asks for the page anew (static/portal/fresh.js)."""


class NoRecord(NotFound):
    """The account belongs to no patient."""


class NoTime(Exception):
    """The agenda was made anew since the times were shown."""


def slot_of(clinic: "Clinic", slot_id: int) -> SlotInfo:
    """The time that was chosen. Raises NoTime."""
    try:
        return clinic.portal.keeper.slot(slot_id)
    except KeyError:
        raise NoTime from None


def people_of(clinic: "Clinic", looking: Viewer | None = None) -> list[Person]:
    """The viewer, then their dependants. Raises NoRecord."""
    looking = looking or viewer()
    if looking.patient_id is None:
        raise NoRecord
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


def looks_again() -> bool:
    """Whether a page that stands open asks what has changed: nobody went anywhere, so nothing is given up."""
    return FRESH in request.headers


def keeps(looking: Viewer) -> str:
    """Under this name times are kept for them."""
    return f"portal:{looking.user_id}"
