"""Whose pages a doctor's pages are: doctors see their own, managers everybody's."""

from typing import TYPE_CHECKING

from flask import abort

from admin_web.access import MANAGERS, viewer
from clinic.roster import DoctorRow

if TYPE_CHECKING:
    from clinic.services import Clinic


def doctor_of_page(clinic: "Clinic", doctor_id: int) -> DoctorRow:
    """The doctor of this page; 404 for whom it is not, so that nobody learns who is there."""
    doctor = clinic.practice.doctor(doctor_id)
    if doctor is None or not (viewer().doctor_id == doctor_id or viewer().roles & MANAGERS):
        abort(404)
    return doctor
