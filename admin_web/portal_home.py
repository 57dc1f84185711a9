"""/portal: what comes next, and the few things patients come for."""

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from admin_web import portal_move, portal_visits
from admin_web.access import PATIENTS, Doors
from admin_web.offer_terms import terms_of
from admin_web.portal_own import people_of
from clinic.people import Person

if TYPE_CHECKING:
    from clinic.services import Clinic

SOON = 3


class Home:
    """The first page of a patient."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """What is offered, the next appointments, a retorno that may still be had, and the ways on."""
        people = people_of(self._clinic)
        ids = [one.id for one in people]
        coming, _ = self._clinic.portal.visits.of(ids)
        offers = self._clinic.waiting_list.offers.open_for(ids)
        roster = self._clinic.desk.roster()
        return render_template(
            "portal/home.html", people=people, names={one.id: one.name for one in people}, coming=coming[:SOON],
            more=len(coming) > SOON, returns=self._clinic.bookings.open_returns(people), roster=roster,
            profile=self._clinic.profile.get(),
            zones={one.id: one.tz for one in roster.unit.values()}, unread=self._unread(people[0]),
            offers=offers, offer_terms={one.id: terms_of(self._clinic, one) for one in offers},
        )  # fmt: skip

    def _unread(self, person: Person) -> bool:
        """Whether the privacy notice has changed since they read it, or they never did."""
        privacy = self._clinic.portal.privacy
        return privacy.acknowledged(person.id) < privacy.notice().version


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /portal."""
    page = Blueprint("portal", __name__, url_prefix="/portal")
    Doors(page).rule("", "home", Home(clinic).page, allow=PATIENTS)
    return page


def visits(clinic: "Clinic") -> Blueprint:
    """The pages of one's own appointments."""
    page = Blueprint("visits", __name__, url_prefix="/portal")
    portal_visits.register(page, clinic)
    portal_move.register(page, clinic)
    return page
