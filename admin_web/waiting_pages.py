"""The pages of the waiting list below /espera, as one blueprint."""

from typing import TYPE_CHECKING

from flask import Blueprint

from admin_web import waiting, waiting_new

if TYPE_CHECKING:
    from clinic.services import Clinic


def blueprint(clinic: "Clinic") -> Blueprint:
    """The list, what is done with those in it, and putting somebody into it."""
    page = Blueprint("waiting", __name__, url_prefix="/espera")
    for part in (waiting, waiting_new):
        part.register(page, clinic)
    return page
