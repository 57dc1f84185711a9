"""/pesquisa: how patients found their visits, by doctor and unit, and what they wrote; for managers alone."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for

from admin_web.access import MANAGERS, Doors, viewer
from admin_web.address import day_of

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
USUAL = 90
FEW = 5
PERIODS = (("Últimos 30 dias", 30), ("Últimos 90 dias", 90), ("Último ano", 365))
DEFINITIONS = (
    (
        "Respostas (n)",
        "Quantas notas houve no período, pelo dia da resposta; uma por consulta realizada.",
    ),
    ("Nota média", "Soma das notas de 0 a 10, dividida pelas respostas."),
    ("NPS", "Porcentagem de notas 9 e 10, menos a de notas de 0 a 6: vai de -100 a 100."),
    ("Poucas respostas", f"Com menos de {FEW} respostas, o resultado diz pouco: não compare."),
    ("Ligações", "Nota de 1 a 5 que quem ligou deu ao atendimento por telefone, no fim da ligação."),
)


class SurveyResults:
    """The page; its period stands in the address."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str | tuple[str, int]:
        """Figures, two tables, and the words; wrong days are told at their fields."""
        first, last, errors = self._period()
        zone = self._clinic.units.clock_zone()
        since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
        roster = self._clinic.desk.roster()
        shown = render_template(
            "surveys/page.html", found=self._clinic.messages.surveys.results(since, until, viewer().ref), few=FEW,
            doctors=roster.doctors, units=roster.unit, first=first, last=last, errors=errors, values=request.args,
            definitions=DEFINITIONS, periods=self._periods(first, last), zone=zone,
            on=self._clinic.messages.texts.enabled("survey", "patient"),
        )  # fmt: skip
        return (shown, 422) if errors else shown

    def _period(self) -> tuple[date, date, dict[str, str]]:
        today = self._today()
        usual = today - timedelta(days=USUAL - 1), today
        typed = {name: request.args.get(name, "") for name in ("de", "ate")}
        errors = {name: "Escreva a data como 05/04/2026." for name in typed if typed[name] and not day_of(typed[name])}
        last = day_of(typed["ate"]) or usual[1]
        first = day_of(typed["de"]) or last - timedelta(days=USUAL - 1)
        if not errors and last < first:
            errors |= {"ate": "O fim vem antes do começo."} if typed["ate"] else {"de": "Este dia ainda não chegou."}
        return (*usual, errors) if errors else (first, last, errors)

    def _periods(self, first: date, last: date) -> list[tuple[str, str, bool]]:
        today = self._today()
        spans = [(words, today - timedelta(days=days - 1), today) for words, days in PERIODS]
        return [(words, url_for("surveys.page", de=a, ate=b), (a, b) == (first, last)) for words, a, b in spans]

    def _today(self) -> date:
        return self._clinic.clock().astimezone(self._clinic.units.clock_zone()).date()


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page below /pesquisa."""
    page = Blueprint("surveys", __name__, url_prefix="/pesquisa")
    Doors(page).rule("", "page", SurveyResults(clinic).page, allow=MANAGERS)
    return page
