"""/portal/consultas/…/remarcar: another time for an appointment; the old one is kept until the new one is booked."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, render_template, request, url_for

from admin_web import portal_words
from admin_web.access import PATIENTS, Doors, viewer
from admin_web.address import day_near
from admin_web.portal_own import VIA, NoTime, keeps, looks_again, slot_of
from admin_web.portal_visits import CHANGED, Visits, to
from admin_web.words import when
from clinic.bookings import Booking, NotAllowed, NotYours, Overlaps, SlotTaken, WrongStatus
from clinic.cards import CardVisit
from clinic.people import Person
from clinic.slots import SlotInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

TAKEN = 409
MOST_TIMES = 60
OTHERS = 3
Answer = Response | str | tuple[str, int]


class Move:
    """The times, and the new one once more before it is booked."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._visits, self._portal = clinic, Visits(clinic), clinic.portal

    def times(self, appointment_id: int) -> Answer:
        """Other times of the same doctor, for as long as it was to take."""
        _, visit = self._visits.mine(appointment_id)
        if not self._may_move(visit):
            return self._not_now(appointment_id)
        if not looks_again():
            self._clinic.portal.keeper.let_go(keeps(viewer()))
        return self._listed(visit)

    def confirm(self, appointment_id: int, slot_id: int) -> Answer:
        """Old and new, side by side; the new time is kept meanwhile."""
        person, visit = self._visits.mine(appointment_id)
        if not self._may_move(visit):
            return self._not_now(appointment_id)
        try:
            slot = self._slot(visit, slot_id)
            hold = self._portal.other_times.keep(visit, slot, keeps(viewer()))
        except NoTime:
            flash(portal_words.NO_TIME_TO_MOVE, "error")
            return to(url_for("visits.move_times", appointment_id=appointment_id))
        except SlotTaken:
            return self._gone(visit, slot)
        return self._render("portal/move_confirm.html", visit, person=person, slot=slot, hold=hold)

    def free(self, appointment_id: int, slot_id: int) -> Answer:
        """Whether the new time could still be had, without keeping it; 409 with others when not."""
        _, visit = self._visits.mine(appointment_id)
        try:
            slot = self._slot(visit, slot_id)
        except NoTime:
            return self._lost(visit, portal_words.NO_TIME_TO_MOVE, self._free(visit, self._clinic.clock()))
        if self._clinic.desk.bookings.is_free(slot, keeps(viewer()), visit.id):
            return Response(status=204)
        others, zone = self._others(visit, slot), self._clinic.units.get(visit.unit_id).tz
        return self._lost(visit, portal_words.gone(others, zone, slot.starts_at), others)

    def move(self, appointment_id: int, slot_id: int) -> Answer:
        """Both or neither; the same form sent twice moves once."""
        person, visit = self._visits.mine(appointment_id)
        try:
            slot = self._slot(visit, slot_id)
            new = self._move(person, visit, slot)
        except NoTime:
            return self._left(visit)
        except SlotTaken:
            return self._gone(visit, slot)
        except Overlaps as other:
            zone = self._clinic.units.get(other.booking.unit_id).tz
            said = portal_words.OVERLAPS.format(when=when(other.booking.starts_at, zone))
            return self._listed(visit, said), TAKEN
        except (NotAllowed, LookupError):
            return self._listed(visit, portal_words.NOT_ALLOWED), TAKEN
        except (WrongStatus, NotYours):
            return self._not_now(appointment_id)
        self._clinic.portal.keeper.let_go(keeps(viewer()))
        return self._done(visit, new)

    def _done(self, old: CardVisit, new: Booking) -> Response:
        at = when(new.starts_at, self._clinic.units.get(new.unit_id).tz)
        if new.status == "pending":
            flash(f"Pedido de mudança para {at} enviado. O horário antigo vale até o médico responder.", "news")
            return to(url_for("visits.one", appointment_id=new.id))
        flash(f"A consulta mudou para {at}. O código agora é {new.code}.", "good")
        return to(url_for("visits.one", appointment_id=new.id, desfazer=old.id))

    def _move(self, person: Person, visit: CardVisit, slot: SlotInfo) -> Booking:
        once = request.form.get("once", "")
        hold, terms = self._portal.other_times.claim(visit, slot, keeps(viewer()), once)
        key = f"{viewer().ref}:{once}"[:120] if once else None
        return self._clinic.bookings.reschedule(person, visit.id, hold, VIA, terms, key=key)

    def _slot(self, visit: CardVisit, slot_id: int) -> SlotInfo:
        """A time of the same doctor; another's is not there. Raises NoTime."""
        slot = slot_of(self._clinic, slot_id)
        return slot if slot.doctor_id == visit.doctor_id else abort(404)

    def _may_move(self, visit: CardVisit) -> bool:
        return visit.slot_id is not None and self._clinic.portal.visits.is_to_come(visit)

    def _not_now(self, appointment_id: int) -> Response:
        flash(CHANGED, "error")
        return to(url_for("visits.one", appointment_id=appointment_id))

    def _gone(self, visit: CardVisit, slot: SlotInfo) -> Answer:
        zone = self._clinic.units.get(visit.unit_id).tz
        return self._listed(visit, portal_words.gone(self._others(visit, slot), zone, slot.starts_at)), TAKEN

    def _left(self, visit: CardVisit) -> Answer:
        if not self._may_move(visit):
            return self._not_now(visit.id)
        return self._listed(visit, portal_words.NO_TIME_TO_MOVE), TAKEN

    def _lost(self, visit: CardVisit, said: str, others: list[SlotInfo]) -> tuple[str, int]:
        at = [(one, self._at(visit, one)) for one in others]
        return self._render("portal/_gone.html", visit, said=said, others=at), TAKEN

    def _others(self, visit: CardVisit, slot: SlotInfo) -> list[SlotInfo]:
        return self._free(visit, slot.starts_at) or self._free(visit, self._clinic.clock())

    def _free(self, visit: CardVisit, after: datetime) -> list[SlotInfo]:
        return self._portal.other_times.free(visit, after, OTHERS)

    @staticmethod
    def _at(visit: CardVisit, slot: SlotInfo) -> str:
        return url_for("visits.move_confirm", appointment_id=visit.id, slot_id=slot.id)

    def _listed(self, visit: CardVisit, said: str = "") -> str:
        zone = self._clinic.units.get(visit.unit_id).tz
        today = self._clinic.clock().astimezone(zone).date()
        since = max(day_near(request.args.get("dia"), today), today)
        days = self._portal.other_times.by_day(visit, since, MOST_TIMES)
        return self._render("portal/move.html", visit, said=said, days=days, since=since, today=today)

    def _render(self, template: str, visit: CardVisit, **more: object) -> str:
        roster = self._clinic.desk.roster()
        unit, once = roster.unit[visit.unit_id], request.form.get("once") or secrets.token_urlsafe(12)
        return render_template(
            template, visit=visit, roster=roster, unit=unit, zone=unit.tz, doctor=roster.doctors[visit.doctor_id],
            once=once, **more,
        )  # fmt: skip


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The addresses below /portal."""
    views, doors = Move(clinic), Doors(page)
    path = "/consultas/<int:appointment_id>/remarcar"
    doors.rule(path, "move_times", views.times, allow=PATIENTS)
    doors.rule(f"{path}/<int:slot_id>", "move_confirm", views.confirm, allow=PATIENTS)
    doors.rule(f"{path}/<int:slot_id>/livre", "move_free", views.free, allow=PATIENTS)
    doors.rule(f"{path}/<int:slot_id>", "move", views.move, allow=PATIENTS, methods=["POST"])
