"""/medico/…/cotas: how many visits a day a doctor takes from each payer, everywhere or at a unit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web.access import DOCTORS, MANAGERS, Doors, viewer
from admin_web.own import doctor_of_page
from clinic.editing import stamp
from clinic.profile import ChangedMeanwhile
from clinic.quotas import MOST, places
from clinic.roster import EVERYWHERE, PayerInfo, Roster, UnitInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

WHO = DOCTORS | MANAGERS
STALE = "Outra pessoa mudou estas cotas enquanto você escrevia. Confira e guarde de novo para valer as suas."
WRONG = f"Escreva um número de 1 a {MOST}, ou deixe vazio."
Place = tuple[int, int]
"""A payer, and a unit or EVERYWHERE."""


class OwnQuotas:
    """The page and its form."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self, doctor_id: int) -> str:
        """As they stand."""
        return self._shown(doctor_id, {}, {})

    def save(self, doctor_id: int) -> str | Response | tuple[str, int]:
        """Keep all of them; an empty one is no quota. Those of payers that are not shown stay."""
        doctor_of_page(self._clinic, doctor_id)
        shown, now = self._places(doctor_id), self._clinic.practice.payer_quotas(doctor_id)
        typed = {place: request.form.get(_name(place), "").strip() for place in shown}
        errors = {_name(place): WRONG for place, text in typed.items() if text and not _count(text)}
        if errors:
            return self._shown(doctor_id, errors, typed), 422
        wanted = {place: count for place, text in typed.items() if (count := _count(text))}
        hidden = {place: count for place, count in now.items() if place not in typed}
        try:
            self._clinic.practice.set_payer_quotas(doctor_id, hidden | wanted, request.form.get("seen", ""))
        except ChangedMeanwhile:
            return self._shown(doctor_id, {"": STALE}, typed), 409
        self._clinic.audit.add(viewer().ref, "quotas.changed", "doctor", doctor_id)
        flash("Cotas guardadas. O que já está marcado continua.", "good")
        return redirect(url_for("own_terms.quotas_page", doctor_id=doctor_id), 303)

    def _shown(self, doctor_id: int, errors: dict[str, str], typed: Mapping[Place, str]) -> str:
        doctor, shown = doctor_of_page(self._clinic, doctor_id), self._places(doctor_id)
        now = self._clinic.practice.payer_quotas(doctor_id)
        payers, units = _payers(self._roster, shown), _units(self._roster, shown)
        on_file = {place: str(now.get(place, "")) for place in shown}
        values = {_name(place): text for place, text in {**on_file, **typed}.items()}
        return render_template(
            "own_terms/quotas.html", doctor=doctor, payers=payers, units=units, values=values, errors=errors,
            seen=request.form.get("seen", "") if errors.keys() - {""} else stamp(now), name=_name, most=MOST,
            everywhere=EVERYWHERE, labels={_name(one): self._label(one) for one in shown},
            theirs=[(self._label(one), on_file[one] or "sem cota") for one in shown
                    if "" in errors and on_file[one] != typed.get(one, "")],
        )  # fmt: skip

    def _places(self, doctor_id: int) -> list[Place]:
        return places(self._roster, doctor_id)

    def _label(self, place: Place) -> str:
        payer, unit = place
        where = "em todas as unidades" if unit == EVERYWHERE else f"em {self._roster.unit[unit].name}"
        return f"{self._roster.payer[payer].name}, {where}"

    @property
    def _roster(self) -> Roster:
        return self._clinic.desk.roster()


def _payers(roster: Roster, shown: list[Place]) -> list[PayerInfo]:
    return [one for one in roster.payers if (one.id, EVERYWHERE) in shown]


def _units(roster: Roster, shown: list[Place]) -> list[UnitInfo]:
    """Those at which some payer has a place of its own."""
    at = {unit for _, unit in shown}
    return [one for one in roster.units if one.id in at]


def _name(place: Place) -> str:
    """The form's field."""
    return f"quota-{place[0]}-{place[1]}"


def _count(text: str) -> int:
    """0 for what is none."""
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    return count if count <= MOST else 0


def register(page: Blueprint, clinic: "Clinic") -> None:
    """The address of a doctor's quotas."""
    views, doors, own = OwnQuotas(clinic), Doors(page), "/medico/<int:doctor_id>/cotas"
    doors.rule(own, "quotas_page", views.page, allow=WHO)
    doors.rule(own, "quotas", views.save, allow=WHO, methods=("POST",))
