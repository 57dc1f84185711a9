"""The desk's actions below /agenda, as one blueprint."""

from typing import TYPE_CHECKING

from flask import Blueprint

from admin_web import desk_book, desk_day, desk_extra_move, desk_series, desk_series_move, desk_visit

if TYPE_CHECKING:
    from clinic.services import Clinic


def blueprint(clinic: "Clinic") -> Blueprint:
    """Booking, one appointment and its series, encaixe and atraso."""
    page = Blueprint("desk", __name__, url_prefix="/agenda")
    for part in (desk_book, desk_visit, desk_day, desk_extra_move, desk_series, desk_series_move):
        part.register(page, clinic)
    return page
