"""/medico/…/ausencias: when a doctor is away, whom that hits, and another time for all of them at once."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web.access import DOCTORS, MANAGERS, Doors, viewer
from admin_web.fields import read_day
from admin_web.own import audit_shown, doctor_of_page, others_hit, stamp_of, to_call, were_shown
from clinic.practice import EndsBeforeItBegins, Visit
from clinic.slots import Criteria, SlotInfo
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
NEAREST = 3
SHOWN = 20
LONGEST_REASON = 200
LABELS = {"from": "Primeiro dia", "until": "Último dia", "starts": "Das", "ends": "Às", "reason": "Motivo"}


class Wrong(Exception):
    """A field that cannot be read: its name, and why."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(name, said)
        self.name, self.said = name, said


class OwnAbsences:
    """The list, a new absence with whom it hits, and taking one back."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, doctor_id: int) -> str:
        """Absences that are not over, and the form for another."""
        return self._shown(doctor_id, {})

    def add(self, doctor_id: int) -> str | Response | tuple[str, int]:
        """Keep a new absence; where it hits somebody, only after they were shown."""
        doctor_of_page(self._clinic, doctor_id)
        try:
            _check_reason()
            starts, ends = self._times(doctor_id)
            hits = self._clinic.practice.hit_by_absence(doctor_id, starts, ends)
        except Wrong as wrong:
            return self._shown(doctor_id, {wrong.name: wrong.said}), 422
        except EndsBeforeItBegins:
            return self._shown(doctor_id, {"until": "A ausência precisa terminar depois de começar, e no futuro."}), 422
        if hits and not were_shown(hits):
            audit_shown(self._clinic, hits, SHOWN, doctor_id)
            told, times = others_hit(), self._other_times(doctor_id, hits, ends)
            return self._shown(doctor_id, told, hits=hits, asks=True, times=times), 409 if told else 200
        return self._kept(doctor_id, starts, ends, hits)

    def remove(self, doctor_id: int, absence_id: int) -> Response:
        """The doctor is there after all."""
        doctor_of_page(self._clinic, doctor_id)
        try:
            self._clinic.practice.remove_absence(doctor_id, absence_id)
        except KeyError:
            flash("Esta ausência já não estava na lista.", "news")
            return redirect(url_for("own_absences.page", doctor_id=doctor_id), 303)
        self._clinic.audit.add(viewer().ref, "absence.removed", "doctor", doctor_id)
        flash("Ausência retirada. O tempo voltou a ser oferecido.", "good")
        return redirect(url_for("own_absences.page", doctor_id=doctor_id), 303)

    def _kept(self, doctor_id: int, starts: datetime, ends: datetime, hits: list[Visit]) -> Response:
        reason = _reason()
        self._clinic.practice.add_absence(doctor_id, starts, ends, reason)
        self._clinic.audit.add(viewer().ref, "absence.added", "doctor", doctor_id)
        said = "Ausência guardada. O tempo livre dela já não é oferecido."
        if hits and request.form.get("offer") == "1":
            told = self._clinic.practice.offer_again(doctor_id, [one.id for one in hits], viewer().ref, reason)
            said += f" {to_call(told)}"
        flash(said, "good")
        return redirect(url_for("own_absences.page", doctor_id=doctor_id), 303)

    def _times(self, doctor_id: int) -> tuple[datetime, datetime]:
        """From the first moment to the last, by the clock of the doctor's first unit; whole days without hours."""
        zone = self._zone(doctor_id)
        today = self._clinic.clock().astimezone(zone).date()
        first = _date("from", today, "Diga o primeiro dia.")
        last = _date("until", today, "", first)
        starts, ends = _time("starts"), _time("ends")
        begin = datetime.combine(first, starts or time(), zone)
        end = datetime.combine(last, ends, zone) if ends else datetime.combine(last + timedelta(days=1), time(), zone)
        return begin, end

    def _zone(self, doctor_id: int) -> tzinfo:
        hours = self._clinic.practice.hours(doctor_id)
        return self._clinic.units.get(hours[0].unit_id).tz if hours else self._clinic.units.clock_zone()

    def _other_times(self, doctor_id: int, hits: list[Visit], after: datetime) -> dict[int, list[SlotInfo]]:
        """The three nearest times with the same doctor once she is back, as long as the visit of each who is hit."""
        found: dict[int, list[SlotInfo]] = {}
        known: dict[tuple[object, ...], list[SlotInfo]] = {}
        for one in hits[:SHOWN]:
            if one.specialty_id is None:
                continue
            minutes = int((one.ends_at - one.starts_at).total_seconds()) // 60
            asked = (one.specialty_id, one.unit_id, one.payer_id, one.modality, minutes, one.kind_id)
            if asked not in known:
                criteria = Criteria(
                    one.specialty_id, doctor_id, unit_id=one.unit_id, payer_id=one.payer_id, modality=one.modality,
                    minutes=minutes, margin=self._clinic.directory.kind(one.kind_id).margin_of(minutes),
                )  # fmt: skip
                known[asked] = self._clinic.agenda.next_free(criteria, after=after, limit=NEAREST)
            found[one.id] = known[asked]
        return found

    def _shown(
        self,
        doctor_id: int,
        errors: dict[str, str],
        hits: list[Visit] | None = None,
        asks: bool = False,
        times: dict[int, list[SlotInfo]] | None = None,
    ) -> str:
        return render_template(
            "own_absences/page.html",
            doctor=doctor_of_page(self._clinic, doctor_id),
            absences=self._clinic.practice.absences(doctor_id),
            zone=self._zone(doctor_id),
            zones={unit.id: unit.tz for unit in self._clinic.units.known()},
            errors=errors,
            labels=LABELS,
            hits=hits or [],
            most=SHOWN,
            seen=stamp_of(hits or []),
            times=times or {},
            asks=asks,
        )


def _reason() -> str:
    return one_line(request.form.get("reason", ""))


def _check_reason() -> None:
    if len(_reason()) > LONGEST_REASON:
        raise Wrong("reason", f"Cabe até {LONGEST_REASON} letras.")


def _date(name: str, today: date, missing: str, otherwise: date | None = None) -> date:
    text = request.form.get(name, "").strip()
    if not text and otherwise:
        return otherwise
    if not text:
        raise Wrong(name, missing)
    try:
        return read_day(text, today)
    except ValueError as wrong:
        raise Wrong(name, str(wrong)) from None


def _time(name: str) -> time | None:
    text = request.form.get(name, "").strip()
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError:
        raise Wrong(name, "Escreva as horas como 08:30.") from None


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page of a doctor's absences; doctors see their own, managers everybody's."""
    page = Blueprint("own_absences", __name__, url_prefix="/medico/<int:doctor_id>/ausencias")
    views, doors = OwnAbsences(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=DOCTORS | MANAGERS)
    doors.rule("", "add", views.add, allow=DOCTORS | MANAGERS, methods=("POST",))
    doors.rule("/<int:absence_id>/retirar", "remove", views.remove, allow=DOCTORS | MANAGERS, methods=("POST",))
    return page
