"""/medico/…/horarios: a doctor's weekly hours, painted on a week or typed, with whom a change would hit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import hours_form
from admin_web.access import DOCTORS, MANAGERS, Doors, viewer
from admin_web.hours_form import HoursForm, Row
from admin_web.own import audit_shown, doctor_of_page, others_hit, stamp_of, to_call, were_shown
from admin_web.words import WEEKDAYS
from clinic.agenda import HoursInput, OverlappingHours
from clinic.practice import Visit
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
SHOWN = 12
CHANGED = "Estes horários mudaram enquanto você escrevia. Confira e guarde de novo para valer os seus."

BLANK = {
    "weekday": "0",
    "starts": "",
    "ends": "",
    "unit": "",
    "modality": "in_person",
    "minutes": "30",
    "from": "",
    "until": "",
}


class OwnHours:
    """The page, what a change would do, and the change."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, doctor_id: int) -> str:
        """The hours as they stand."""
        doctor_of_page(self._clinic, doctor_id)
        hours = self._clinic.practice.hours(doctor_id)
        return self._shown(doctor_id, HoursForm(hours_form.shown(hours), hours), hours_form.stamp(hours))

    def effect(self, doctor_id: int) -> str:
        """Whom the hours of the form would hit; a fragment for the page's script."""
        doctor_of_page(self._clinic, doctor_id)
        form = self._read()
        return render_template("own_hours/effect.html", **self._effect(doctor_id, form), form_rows=form)

    def save(self, doctor_id: int) -> str | Response | tuple[str, int]:
        """Keep the hours; where that hits somebody, only after they were shown."""
        doctor_of_page(self._clinic, doctor_id)
        form = self._read()
        before = request.form.get("before", "")
        if form.errors:
            return self._shown(doctor_id, form, before), 422
        if before != hours_form.stamp(self._clinic.practice.hours(doctor_id)):
            return self._stale(doctor_id, form)
        hits = self._clinic.practice.hit_by_hours(doctor_id, form.hours)
        if hits and not were_shown(hits):
            told = others_hit()
            return self._shown(doctor_id, form, before, asks=True, said=told.get("", "")), 409 if told else 200
        return self._kept(doctor_id, form, hits)

    def _kept(self, doctor_id: int, form: HoursForm, hits: list[Visit]) -> Response | tuple[str, int]:
        before = request.form.get("before", "")
        try:
            self._clinic.practice.set_hours(doctor_id, form.hours, lambda now: hours_form.stamp(now) == before)
        except ChangedMeanwhile:
            return self._stale(doctor_id, form)
        except OverlappingHours as clash:
            form.blame(clash.one, clash.other)
            return self._shown(doctor_id, form, before), 422
        self._clinic.audit.add(viewer().ref, "hours.changed", "doctor", doctor_id)
        if hits and request.form.get("offer") == "1":
            told = self._clinic.practice.offer_again(doctor_id, [one.id for one in hits], viewer().ref, "horários")
            flash(f"Horários guardados. {to_call(told)}", "good")
        else:
            flash("Horários guardados. As vagas já seguem estes horários.", "good")
        return redirect(url_for("own_hours.page", doctor_id=doctor_id), 303)

    def _stale(self, doctor_id: int, form: HoursForm) -> tuple[str, int]:
        """Somebody else has saved hours meanwhile: theirs are told, what was typed stays."""
        self._clinic.practice.forget()
        now = self._clinic.practice.hours(doctor_id)
        units = {unit.id: unit.name for unit in self._clinic.units.known()}
        theirs = [(f"{WEEKDAYS[one.weekday]}".capitalize(), hours_form.in_words(one, units)) for one in now]
        return self._shown(doctor_id, form, hours_form.stamp(now), said=CHANGED, theirs=theirs), 409

    def _read(self) -> HoursForm:
        known = self._clinic.units.known()
        in_use = frozenset(unit.id for unit in known if unit.active)
        gone = frozenset(unit.id for unit in known) - in_use
        return hours_form.read(request.form, in_use, gone, self._clinic.clock().date())

    def _where(self, form: HoursForm) -> list[tuple[int, str]]:
        """Where hours may be, and units that went out of use while a row naming them was written: it stays theirs
        until somebody decides."""
        named = {row.values["unit"] for row in form.rows}
        known = [one for one in self._clinic.units.known() if one.active or str(one.id) in named]
        return [(one.id, one.name if one.active else f"{one.name} (fora de uso)") for one in known]

    def _effect(self, doctor_id: int, form: HoursForm) -> dict[str, object]:
        hits = [] if form.errors else self._clinic.practice.hit_by_hours(doctor_id, form.hours)
        audit_shown(self._clinic, hits, SHOWN, doctor_id)
        return {
            "most": SHOWN,
            "hits": hits,
            "seen": stamp_of(hits),
            "zones": {unit.id: unit.tz for unit in self._clinic.units.known()},
            "week": _week_minutes(form.hours),
        }

    def _shown(
        self,
        doctor_id: int,
        form: HoursForm,
        before: str,
        asks: bool = False,
        said: str = "",
        theirs: Sequence[tuple[str, str]] = (),
    ) -> str:
        """`before` names the hours on which the form is based; `said`: what stands in the way of all of it."""
        first = next((str(unit.id) for unit in self._clinic.units.all()), "")
        blank = [Row({**BLANK, "unit": first})] * hours_form.BLANK_ROWS
        return render_template(
            "own_hours/page.html",
            doctor=doctor_of_page(self._clinic, doctor_id),
            rows=[*form.rows, *blank],
            errors={**form.errors, **({"": said} if said else {})},
            before=before,
            theirs=theirs,
            asks=asks,
            weekdays=list(enumerate(WEEKDAYS)),
            units=[(unit.id, unit.name) for unit in self._clinic.units.all()],
            where=self._where(form),
            modalities=hours_form.MODALITIES,
            lengths=[(minutes, f"{minutes} min") for minutes in form.lengths],
            **self._effect(doctor_id, form),
        )


def _week_minutes(hours: list[HoursInput]) -> int:
    """How many minutes a week these hours are, for the summary."""
    return sum(
        (one.ends.hour * 60 + one.ends.minute or 24 * 60) - one.starts.hour * 60 - one.starts.minute for one in hours
    )


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page of a doctor's hours; doctors see their own, managers everybody's."""
    page = Blueprint("own_hours", __name__, url_prefix="/medico/<int:doctor_id>/horarios")
    views, doors = OwnHours(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=DOCTORS | MANAGERS)
    doors.rule("", "save", views.save, allow=DOCTORS | MANAGERS, methods=("POST",))
    doors.rule("/efeito", "effect", views.effect, allow=DOCTORS | MANAGERS, methods=("POST",))
    return page
