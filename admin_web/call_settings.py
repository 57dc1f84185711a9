"""/ajustes: how the clinic answers: the call, the rules of booking, the texts."""

from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response

from admin_web.access import MANAGERS, Doors, viewer
from clinic.profile import ChangedMeanwhile, Profile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
TEXTS = {"name": 120, "spoken_name": 120, "registration": 60, "technical_director": 120, "trunk_number": 20}
LONG_TEXTS = {"portal_welcome": 600, "privacy_notice": 20_000}
TICKS = (
    "recording_notice", "known_numbers", "ask_unit", "ask_payer", "ask_modality", "rating", "operadora",
    "optional_holidays",
)  # fmt: skip
NUMBERS = {
    "max_future_appointments": (1, 20), "max_bookings_per_number": (1, 50), "hold_minutes": (1, 30),
    "booking_days": (1, 365), "min_notice_minutes": (0, 10_080), "notice_hours": (0, 240),
}  # fmt: skip
LABELS = {
    "name": "Nome da clínica", "max_future_appointments": "Consultas futuras por paciente",
    "max_bookings_per_number": "Marcações por número e dia", "hold_minutes": "Minutos para decidir",
    "booking_days": "Dias à frente", "min_notice_minutes": "Antecedência para marcar",
    "notice_hours": "Aviso para desmarcar", "noon": "A tarde começa às", "portal_welcome": "Boas-vindas",
    "privacy_notice": "Aviso de privacidade", "registration": "Inscrição no CRM",
    "technical_director": "Direção técnica", "trunk_number": "Número do tronco", "spoken_name": "Como se pronuncia",
}  # fmt: skip


class CallSettings:
    """The page and its form."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """The settings as they stand."""
        return self._shown(_texts(self._clinic.profile.get()), {}, self._clinic.profile.stamp())

    def save(self) -> str | Response | tuple[str, int]:
        """Keep them, unless somebody else has meanwhile; what was typed stays in any case."""
        typed = {name: request.form.get(name, "") for name in (*TEXTS, *LONG_TEXTS, *TICKS, *NUMBERS, "noon")}
        seen = request.form.get("seen", "")
        changes, errors = read(typed)
        if errors:
            return self._shown(typed, errors, seen), 422
        try:
            self._clinic.profile.change(changes, seen)
        except ChangedMeanwhile:
            said = "Outra pessoa guardou os ajustes enquanto você escrevia. Confira e guarde de novo para valer o seu."
            return self._shown(typed, {"": said}, self._clinic.profile.stamp()), 409
        except ValidationError:
            return self._shown(typed, {"": "Algum valor não serve. Confira os números."}, seen), 422
        self._clinic.audit.add(viewer().ref, "profile.changed", "profile", 1)
        flash("Ajustes guardados. Valem a partir da próxima ligação.", "good")
        return redirect(url_for("call_settings.page"), 303)

    @staticmethod
    def _shown(values: Mapping[str, str], errors: Mapping[str, str], seen: str) -> str:
        return render_template(
            "call_settings/page.html", values=values, errors=errors, seen=seen, labels=LABELS, numbers=NUMBERS,
            longest={**TEXTS, **LONG_TEXTS},
        )  # fmt: skip


def read(typed: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str]]:
    """What was typed as settings, and what is wrong by field."""
    errors: dict[str, str] = {}
    found: dict[str, object] = {name: typed[name] == "1" for name in TICKS}
    for name, longest in {**TEXTS, **LONG_TEXTS}.items():
        found[name] = typed[name].strip()
        if len(typed[name].strip()) > longest:
            errors[name] = f"Cabe até {longest} letras."
    for name, (least, most) in NUMBERS.items():
        number = typed[name].strip()
        if number.isascii() and number.isdigit() and len(number) < 7 and least <= int(number) <= most:
            found[name] = int(number)
        else:
            errors[name] = f"Um número de {least} a {most}."
    if not found["name"]:
        errors["name"] = "A clínica precisa de um nome."
    try:
        found["noon"] = time.fromisoformat(typed["noon"]).replace(tzinfo=None)
    except ValueError:
        errors["noon"] = "Escreva as horas como 12:00."
    found.update({name: found[name] or None for name in ("spoken_name", "trunk_number")})
    return found, errors


def _texts(profile: Profile) -> dict[str, str]:
    """The profile as a form shows it."""
    ticks = {name: "1" if getattr(profile, name) else "" for name in TICKS}
    rest = {name: getattr(profile, name) for name in (*TEXTS, *LONG_TEXTS, *NUMBERS)}
    return {
        **ticks,
        **{name: "" if value is None else str(value) for name, value in rest.items()},
        "noon": f"{profile.noon:%H:%M}",
    }


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /ajustes, for managers."""
    page = Blueprint("call_settings", __name__, url_prefix="/ajustes")
    views, doors = CallSettings(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("", "save", views.save, allow=MANAGERS, methods=("POST",))
    return page
