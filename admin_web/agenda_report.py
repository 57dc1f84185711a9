"""/relatorios: the manager's panel of the agenda, and the same as CSV and XLSX."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from admin_web import report_words as words
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.address import day_of
from admin_web.report_tables import Column, Table, tables
from admin_web.sheets import as_csv, as_xlsx
from clinic.agenda_report import LONGEST, Asked, Report

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
USUAL = 14
PERIODS = (("Últimos 7 dias", -7, -1), ("Últimos 14 dias", -14, -1), ("Últimos 28 dias", -28, -1),
           ("Últimos 90 dias", -90, -1),
           ("Próximos 14 dias", 0, 13))  # fmt: skip
FILES = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
CELLS = {"share": words.percent, "bar": words.percent, "days": words.days, "count": words.number, "text": str}


class AgendaReport:
    """The page and its files; period and filters stand in the address."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str | tuple[str, int]:
        """Four figures, what became of the visits, and the tables; wrong days are told at their fields."""
        asked, errors = self._asked()
        report = self._clinic.agenda_reports.make(asked)
        shown = self._shown(report, errors)
        return (shown, 422) if errors else shown

    def csv(self) -> Response:
        """What the page shows, for any spreadsheet."""
        return self._file("csv")

    def xlsx(self) -> Response:
        """The same, a sheet for each table."""
        return self._file("xlsx")

    def _file(self, kind: str) -> Response:
        """That it was taken is kept in the audit."""
        asked, errors = self._asked()
        if errors:
            abort(404)
        report = self._clinic.agenda_reports.make(asked)
        mimetype, make = FILES[kind]
        content = make([_summary(report, self._filters(asked)), *tables(report), _definitions()])
        self._clinic.audit.add(viewer().ref, "report.exported", "report", note=f"{kind} {asked.first} {asked.last}")
        name = f"agenda-{asked.first}-{asked.last}.{kind}"
        return Response(
            content, content_type=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    def _asked(self) -> tuple[Asked, dict[str, str]]:
        today = self._today()
        usual = Asked(today - timedelta(days=USUAL), today - timedelta(days=1), **self._chosen())
        typed = {name: request.args.get(name, "") for name in ("de", "ate")}
        errors = {name: "Escreva a data como 05/04/2026." for name in typed if typed[name] and not day_of(typed[name])}
        first = day_of(typed["de"]) or (day_of(typed["ate"]) or usual.last) - timedelta(days=USUAL - 1)
        last = day_of(typed["ate"]) or max(usual.last, first)
        if not errors and last < first:
            errors["ate"] = "O fim vem antes do começo."
        if not errors and last - first >= LONGEST:
            errors["ate"] = "Escolha até um ano."
        return (usual if errors else replace(usual, first=first, last=last)), errors

    def _chosen(self) -> dict[str, Any]:
        """The filters that name something there is; others are as if they were not there."""
        known = {name: {str(key): key for key, _ in some} for name, some in self._options().items()}
        found = {name: known[name].get(request.args.get(name, "")) for name in known}
        return {
            "doctor_id": found["medico"], "unit_id": found["unidade"], "specialty_id": found["especialidade"],
            "payer_id": found["convenio"], "via": found["canal"],
        }  # fmt: skip

    def _options(self) -> dict[str, Sequence[tuple[int | str, str]]]:
        directory = self._clinic.agenda_reports.known()
        return {
            "medico": directory.doctors, "unidade": directory.units, "especialidade": directory.specialties,
            "convenio": directory.payers,
            "canal": [(key, name) for key, name in words.MEDIA.items() if isinstance(key, str)],
        }  # fmt: skip

    def _filters(self, asked: Asked) -> list[tuple[str, str]]:
        """What the report is confined to, in words."""
        labels = {"medico": "Médico(a)", "unidade": "Unidade", "especialidade": "Especialidade",
                  "convenio": "Convênio", "canal": "Canal"}  # fmt: skip
        options = self._options()
        named = (
            (labels[name], {str(key): value for key, value in options[name]}.get(request.args.get(name, "")))
            for name in labels
        )
        return [("Período", f"{words.short(asked.first)} a {words.short(asked.last)}"),
                *((label, name) for label, name in named if name)]  # fmt: skip

    def _shown(self, report: Report, errors: dict[str, str]) -> str:
        asked, found = report.asked, {one.key: one for one in tables(report)}
        kept = {name: value for name, value in request.args.items() if value and name not in ("de", "ate")}
        here: dict[str, Any] = {**kept, "de": asked.first.isoformat(), "ate": asked.last.isoformat()}
        return render_template(
            "agenda_report/page.html",
            report=report,
            figures=words.figures(report),
            tables=found,
            filters=self._filters(asked),
            options=self._options(),
            periods=self._periods(asked, kept),
            values={**kept, **{name: request.args.get(name, "") if errors else here[name] for name in ("de", "ate")}},
            errors=errors,
            lead=_lead(report),
            definitions=words.DEFINITIONS,
            cell=_cell,
            number=words.number,
            anything=report.total.any,
            csv_at=url_for("agenda_report.csv", **here),
            xlsx_at=url_for("agenda_report.xlsx", **here),
        )

    def _periods(self, asked: Asked, kept: dict[str, str]) -> Iterable[tuple[str, str, bool]]:
        today = self._today()
        for name, first, last in PERIODS:
            de, ate = today + timedelta(days=first), today + timedelta(days=last)
            days: dict[str, Any] = {**kept, "de": de.isoformat(), "ate": ate.isoformat()}
            href = url_for("agenda_report.page", **days)
            yield name, href, (asked.first, asked.last) == (de, ate)

    def _today(self) -> date:
        """By the clock of the first unit."""
        now = self._clinic.clock()
        return next((now.astimezone(unit.tz) for unit in self._clinic.units.known()), now).date()


def _summary(report: Report, filters: list[tuple[str, str]]) -> Table:
    rows = [(name, value, "") for name, value in filters]
    rows += [(name, value, _what_was_first(trend)) for name, value, _, trend in words.figures(report)]
    rows += [("Antecedência (mediana)", _lead(report), "")]
    columns = (Column("Resumo", "text"), Column("Valor", "text"), Column("Antes", "text"))
    return Table("resumo", "Resumo", columns, rows)


def _what_was_first(trend: str) -> str:
    """The column is about before; and what begins with "+" no spreadsheet shows as it is."""
    return " · ".join(reversed(trend.split(" · ")))


def _definitions() -> Table:
    columns = (Column("Medida", "text"), Column("Definição", "text"))
    return Table("definicoes", "Definições", columns, list(words.DEFINITIONS))


def _lead(report: Report) -> str:
    return "–" if report.lead is None else f"{words.decimal(report.lead)} dias"


def _cell(value: Any, column: Column) -> str:
    """A value as the page writes it."""
    return "–" if value is None else CELLS[column.kind](value)  # type: ignore[operator]


def blueprint(clinic: "Clinic") -> Blueprint:
    """The page /relatorios and its files, for managers."""
    page = Blueprint("agenda_report", __name__, url_prefix="/relatorios")
    views, doors = AgendaReport(clinic), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/agenda.csv", "csv", views.csv, allow=MANAGERS)
    doors.rule("/agenda.xlsx", "xlsx", views.xlsx, allow=MANAGERS)
    return page
