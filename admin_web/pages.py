"""The pages that need nothing but the clinic's services, and the rail that leads to them.

A new page is a module with ``blueprint(clinic)``; it is put into PAGES, and into PLACES where the rail leads to it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask

from admin_web import own_absences, own_day, own_hours, own_terms
from admin_web.frame import Place

if TYPE_CHECKING:
    from clinic.services import Clinic


PAGES: tuple[Callable[["Clinic"], Blueprint], ...] = (
    own_absences.blueprint,
    own_day.blueprint,
    own_hours.blueprint,
    own_terms.blueprint,
)
PLACES = (Place("own_day.home", "Meu dia", "stethoscope"),)
"""In the order of the rail; each reader sees those they may open."""


def install(app: Flask, clinic: "Clinic") -> None:
    """Register them all."""
    for page in PAGES:
        app.register_blueprint(page(clinic))
