"""/feriados: days on which the clinic closes, its own and the public ones, and whom a new one hits."""

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web.access import MANAGERS, Doors, viewer
from admin_web.fields import read_day
from admin_web.own import audit_shown, others_hit, stamp_of, to_call, were_shown
from admin_web.replanning import told
from clinic.closings import Closing, KnownDay
from clinic.practice import Visit
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
SHOWN = 20
LATE = "{how_many} nesse dia enquanto você guardava. Veja na agenda quem é."
OPEN = "As vagas dele voltam a ser oferecidas em instantes."
CLOSED = "Se é feriado, a clínica fecha nesse dia."
LABELS = {"day": "Dia", "name": "Motivo", "unit": "Onde"}


class Holidays:
    """The lists, a new day with whom it hits, and taking one back."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """The clinic's own days and the public ones of the coming year."""
        return self._shown({})

    def add(self) -> str | Response | tuple[str, int]:
        """Keep a new day; where it hits somebody, only after they were shown."""
        day, name = self._day(), one_line(request.form.get("name", ""))
        works, where = request.form.get("works") == "1", request.form.get("unit", "")
        unit = next((unit.id for unit in self._clinic.units.all() if str(unit.id) == where), None)
        errors = {} if isinstance(day, date) else {"day": day}
        if not name or len(name) > 80:
            errors["name"] = "Diga o motivo em até 80 letras: quem liga o ouve."
        if where and unit is None:
            errors["unit"] = "Escolha uma das unidades, ou todas."
        if isinstance(day, str) or errors:
            return self._shown(errors), 422
        hits = [] if works else self._clinic.closings.hit(day, unit)
        if hits and not were_shown(hits):
            audit_shown(self._clinic, hits, SHOWN)
            return self._shown(news := others_hit(), hits), 409 if news else 200
        return self._kept(day, name, unit, works, hits)

    def remove(self, closing_id: int) -> str | Response | tuple[str, int]:
        """A day is as if it had never been in the list; where that closes it, only after whom it hits was shown."""
        taken = next((one for one in self._clinic.closings.own() if one.id == closing_id), None)
        closes = taken is not None and taken.works
        hits = self._clinic.closings.hit(taken.day, taken.unit_id) if taken and closes else []
        if hits and not were_shown(hits):
            audit_shown(self._clinic, hits, SHOWN)
            return self._shown(news := others_hit(), hits, taken), 409 if news else 200
        try:
            self._clinic.closings.remove(closing_id)
        except KeyError:
            flash("Este dia já não estava na lista.", "news")
            return redirect(url_for("holidays.page"), 303)
        self._clinic.audit.add(viewer().ref, "holiday.removed", "holiday", closing_id)
        called = self._offered(hits, taken.name if taken else "")
        flash(f"Dia retirado. {CLOSED if closes else OPEN} {to_call(called)}".strip(), "good")
        return redirect(url_for("holidays.page"), 303)

    def _kept(
        self, day: date, name: str, unit: int | None, works: bool, hits: list[Visit]
    ) -> str | Response | tuple[str, int]:
        try:
            self._clinic.closings.add(day, name, unit, works)
        except KnownDay:
            return self._shown({"day": "Esse dia já está na lista."}), 422
        except ValueError:
            return self._shown({"day": "Esse dia já passou."}), 422
        self._clinic.audit.add(viewer().ref, "holiday.added", "holiday", note=day.isoformat())
        flash(f"Dia guardado. {to_call(self._offered(hits, name))}".strip(), "good")
        if not works and (late := len(self._clinic.closings.hit(day, unit)) - len(hits)) > 0:
            flash(
                LATE.format(how_many="Uma consulta foi marcada" if late == 1 else f"{late} consultas foram marcadas"),
                "news",
            )
        return redirect(url_for("holidays.page"), 303)

    def _offered(self, hits: list[Visit], why: str) -> int:
        """How many are offered another time, where that was ticked."""
        if not hits or request.form.get("offer") != "1":
            return 0
        return self._clinic.practice.offer_again(None, [one.id for one in hits], viewer().ref, why)

    def _day(self) -> date | str:
        """The day, or what is wrong with it."""
        text = request.form.get("day", "").strip()
        try:
            return read_day(text, self._clinic.clock().date()) if text else "Diga o dia."
        except ValueError as wrong:
            return str(wrong)

    def _shown(self, errors: dict[str, str], hits: list[Visit] | None = None, taken: Closing | None = None) -> str:
        """The page; with whom a new day hits, or one that is `taken` out of the list."""
        units = self._clinic.units.all()
        return render_template(
            "holidays/page.html",
            own=self._clinic.closings.own(),
            public=self._clinic.closings.public(),
            units=[(unit.id, unit.name) for unit in units],
            names={unit.id: unit.name for unit in self._clinic.units.known()},
            zones={unit.id: unit.tz for unit in self._clinic.units.known()},
            errors=errors,
            labels=LABELS,
            hits=hits or [],
            taken=taken,
            seen=stamp_of(hits or []),
            most=SHOWN,
            **told(self._clinic),
        )


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /feriados, for managers."""
    page = Blueprint("holidays", __name__, url_prefix="/feriados")
    views, doors = Holidays(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("", "add", views.add, allow=MANAGERS, methods=("POST",))
    doors.rule("/<int:closing_id>/retirar", "remove", views.remove, allow=MANAGERS, methods=("POST",))
    return page
