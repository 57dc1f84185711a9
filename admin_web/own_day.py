"""/medico: a doctor's own day, and the requests that wait for an answer."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web.access import DOCTORS, MANAGERS, Doors, may, viewer
from admin_web.address import day_near
from admin_web.own import doctor_of_page
from clinic.appointments import Booking
from clinic.days import Choice
from clinic.practice import AbsenceInfo
from clinic.transitions import TooLate, WrongStatus
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
LONGEST_REASON, LONGEST_DAY = 250, 10
NO_REASON = "Escreva o motivo da recusa: o paciente precisa de uma explicação."
TOO_LATE = "Nada mudou: a hora pedida já chegou, e o pedido se desfaz sozinho. Se o paciente veio, faça um encaixe."
WHO = DOCTORS | MANAGERS
STATES = {
    "booked": "marcada", "cancelled": "cancelada", "arrived": "em atendimento", "fulfilled": "atendida",
    "noshow": "dada como falta", "pending": "à espera de resposta",
}  # fmt: skip


class OwnDay:
    """The day, what of it changes, and the answers to requests."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def home(self) -> Response | str:
        """To the own day; whose account belongs to no doctor's record is told what to do."""
        if mine := viewer().doctor_id:
            return redirect(url_for("own_day.page", doctor_id=mine))
        helpers = [one for role in ("manager", "admin") for one in self._clinic.team.list(role=role) if one.active]
        return render_template(
            "own_day/nobody.html", helpers={one.id: one.name for one in helpers}, to_team=may("team.page")
        )

    def page(self, doctor_id: int) -> str:
        """A day (?dia=2026-11-26, today without) and all requests."""
        return self._shown(doctor_id, {})

    def _shown(self, doctor_id: int, wrong: dict[int, str]) -> str:
        """`wrong`: what is the matter with the reason that was typed, by request."""
        found = self._found(doctor_id)
        self._seen(doctor_id, found)
        return render_template("own_day/page.html", **found, wrong=wrong)

    def fragment(self, doctor_id: int) -> str:
        """The same without the frame, fetched when something has changed."""
        found = self._found(doctor_id)
        self._seen(doctor_id, found)
        return render_template("own_day/day.html", **found, wrong={})

    def _seen(self, doctor_id: int, found: Mapping[str, object]) -> None:
        """Names are on these pages: who opened which day is written down, once however often it changes."""
        self._clinic.audit.add_once(viewer().ref, "day.read", "doctor", doctor_id, f"{found['day']}")

    def accept(self, doctor_id: int, appointment_id: int) -> Response:
        """The doctor agrees."""
        return self._answer(doctor_id, appointment_id, "Pedido aceito: a consulta está marcada.", "accept")

    def decline(self, doctor_id: int, appointment_id: int) -> Response | tuple[str, int]:
        """The doctor does not; the reason is kept in the history."""
        self._own_visit(doctor_id, appointment_id)
        reason = one_line(request.form.get("reason", ""))
        if not reason:
            return self._shown(doctor_id, {appointment_id: NO_REASON}), 422
        if len(reason) > LONGEST_REASON:
            said = f"Cabe até {LONGEST_REASON} letras; o seu texto tem {len(reason)}."
            return self._shown(doctor_id, {appointment_id: said}), 422
        return self._answer(
            doctor_id, appointment_id, "Pedido recusado. O horário voltou a ficar livre.", "decline", reason
        )

    def attend(self, doctor_id: int, appointment_id: int) -> Response:
        """The visit took place."""
        return self._answer(doctor_id, appointment_id, "Consulta dada como atendida.", "fulfil")

    def _answer(self, doctor_id: int, appointment_id: int, said: str, what: str, reason: str = "") -> Response:
        self._own_visit(doctor_id, appointment_id)
        try:
            self._do(what, appointment_id, reason)
            flash(said, "good")
        except TooLate:
            flash(TOO_LATE, "error")
        except WrongStatus as wrong:
            flash(f"Nada mudou: esta consulta já está {STATES[wrong.status]}.", "error")
        return self._back(doctor_id)

    def _do(self, what: str, appointment_id: int, reason: str) -> Booking:
        bookings, by = self._clinic.bookings, viewer().ref
        if what == "accept":
            return bookings.accept(appointment_id, by)
        if what == "decline":
            return bookings.decline(appointment_id, by, note=reason)
        return bookings.fulfil(appointment_id, by, via="web")

    def _own_visit(self, doctor_id: int, appointment_id: int) -> None:
        doctor_of_page(self._clinic, doctor_id)
        try:
            if self._clinic.practice.doctor_of(appointment_id) != doctor_id:
                abort(404)
        except KeyError:
            abort(404)

    def _back(self, doctor_id: int) -> Response:
        day = request.form.get("dia", "")[:LONGEST_DAY] or None
        return redirect(url_for("own_day.page", doctor_id=doctor_id, dia=day), 303)

    def _found(self, doctor_id: int) -> dict[str, object]:
        doctor = doctor_of_page(self._clinic, doctor_id)
        zones = {unit.id: unit.tz for unit in self._clinic.units.known()}
        now = self._clinic.clock()
        today = now.astimezone(self._clinic.units.clock_zone()).date()
        day = day_near(request.values.get("dia", ""), today)
        visits = self._clinic.practice.day(doctor_id, day)
        works = self._clinic.desk.days.next_day_of_work(Choice(doctor_id=doctor_id), day) if not visits else None
        return {
            "doctor": doctor, "day": day, "today": today, "before": day - timedelta(days=1),
            "after": day + timedelta(days=1), "visits": visits, "zones": zones, "now": now,
            "requests": self._clinic.practice.requests(doctor_id), "names": self._names(),
            "absences": self._away(doctor_id, day), "next_day": works,
            "late": self._clinic.desk.days.late(doctor_id, day),
        }  # fmt: skip

    def _away(self, doctor_id: int, day: date) -> list[AbsenceInfo]:
        zone = self._clinic.units.clock_zone()
        return [
            one for one in self._clinic.practice.absences(doctor_id)
            if one.starts_at.astimezone(zone).date() <= day <= one.ends_at.astimezone(zone).date()
        ]  # fmt: skip

    def _names(self) -> dict[str, dict[int, str]]:
        """The words for ids: few, and kept in memory."""
        return {
            "kind": {kind.id: kind.name for kind in self._clinic.directory.kinds()},
            "payer": {payer.id: payer.name for payer in self._clinic.directory.payers()},
            "unit": {unit.id: unit.name for unit in self._clinic.units.known()},
        }


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages of a doctor's day; doctors see their own, managers everybody's."""
    page = Blueprint("own_day", __name__, url_prefix="/medico")
    views, doors = OwnDay(clinic), Doors(page)
    doors.rule("", "home", views.home, allow=DOCTORS)
    doors.rule("/<int:doctor_id>", "page", views.page, allow=WHO)
    doors.rule("/<int:doctor_id>/dia", "fragment", views.fragment, allow=WHO)
    visit = "/<int:doctor_id>/consultas/<int:appointment_id>"
    doors.rule(f"{visit}/aceitar", "accept", views.accept, allow=WHO, methods=("POST",))
    doors.rule(f"{visit}/recusar", "decline", views.decline, allow=WHO, methods=("POST",))
    doors.rule(f"{visit}/atendida", "attend", views.attend, allow=WHO, methods=("POST",))
    return page
