"""/avisar: whom to call, with the number, what to say, and a mark when it is done."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from admin_web import desk_words
from admin_web.access import STAFF, Doors, viewer
from admin_web.desk import Reception
from admin_web.desk_answers import done
from clinic.access import may_see_unit
from clinic.days import Choice
from clinic.notices import Notice

if TYPE_CHECKING:
    from clinic.services import Clinic

OUTCOMES = {"told": "Avisado.", "needless": "Tirado da lista."}


class Callbacks:
    """The list and its marks."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._desk = clinic, Reception(clinic)

    def page(self) -> str:
        """Who waits for a call, the soonest visit first."""
        return self._shown()

    def _shown(self, wrong: int = 0) -> str:
        """`wrong`: the change for which nobody knows what came of it."""
        roster, waiting = self._clinic.desk.roster(), self._waiting()
        if waiting:
            self._clinic.audit.add_once(viewer().ref, "patient.listed", note=f"to call: {len(waiting)}")
        in_line = self._clinic.waiting_list.places.all(self._desk.choice(self._desk.asked()).unit_ids)
        return render_template(
            "callbacks/page.html", waiting=waiting, roster=roster, events=desk_words.EVENTS, wrong=wrong,
            ended_requests=desk_words.ENDED_REQUESTS,
            offers=sum(
                one.offer is not None and one.offer.to_call and may_see_unit(viewer(), one.offer.unit_id)
                for one in in_line
            ),
        )  # fmt: skip

    def done(self, change_id: int) -> Response | tuple[str, int]:
        """They were told, or there is no need."""
        if change_id not in {one.change_id for one in self._waiting()}:
            return redirect(url_for("callbacks.page"), 303) if self._known(change_id) else abort(404)  # type: ignore[return-value]
        outcome = request.form.get("outcome", "told")
        if outcome not in OUTCOMES:
            return self._shown(change_id), 422
        self._clinic.desk.notices.done(change_id, viewer().ref, outcome)
        return done(OUTCOMES[outcome], url_for("callbacks.page"))

    def _known(self, change_id: int) -> bool:
        """Whether it is a change at all: another person at the desk may have marked it a moment ago."""
        appointment = self._clinic.desk.notices.appointment_of(change_id)
        return appointment is not None and self._clinic.access.may_see_appointment(viewer(), appointment)

    def _waiting(self) -> list[Notice]:
        asked = self._desk.asked()
        choice: Choice = self._desk.choice(asked)
        return self._clinic.desk.notices.waiting(choice.unit_ids)


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /avisar."""
    page = Blueprint("callbacks", __name__, url_prefix="/avisar")
    views, doors = Callbacks(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=STAFF)
    doors.rule("/<int:change_id>/feito", "done", views.done, allow=STAFF, methods=["POST"])
    return page
