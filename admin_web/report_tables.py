"""The agenda's report as tables: the same ones on the page, in the CSV and in the XLSX."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from admin_web.desk_words import WHY
from admin_web.report_words import MEDIA, OUTCOMES, WHO, week
from admin_web.words import WEEKDAYS
from clinic.access_times import Wait
from clinic.agenda_report import Group, Report

Kind = Literal["text", "count", "share", "bar", "days"]
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """`share` and `bar` are parts of one (a bar is drawn), `days` may have a half."""

    words: str
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Table:
    """`first` column are words; None is "does not apply"."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    about: str = ""


FULL = Column("Ocupação", "bar")
PART = Column("Parte das consultas", "bar")
RATES = (Column("Faltas", "share"), Column("Cancelamentos", "share"))


def tables(report: Report) -> list[Table]:
    """All of them, in the order of the page; those without a row as well."""
    return [
        _of_doctors(report),
        _of_time("unidades", "Por unidade", "Unidade", report.units),
        _of_parts("convenios", "Por convênio", "Convênio", report.payers, {None: "Não informado"}),
        _of_parts("canais", "Por canal", "Canal", report.media, MEDIA),
        _of_time("dias", "Por dia da semana", "Dia", report.weekdays, dict(enumerate(WEEKDAYS))),
        _of_time("semanas", "Por semana", "Semana", report.weeks, {one.key: week(one.key) for one in report.weeks}),
        _counts("situacoes", "O que aconteceu", "Situação", outcomes(report)),
        _counts("motivos", "Por que foram canceladas", "Motivo", [(_why(one), n) for one, n in report.reasons]),
        _counts("quem", "Quem cancelou", "Quem", [(WHO.get(one, one), n) for one, n in report.who]),
        _of_access(report.access.specialties),
    ]


def outcomes(report: Report) -> list[tuple[str, int]]:
    """How many visits came to what; what did not happen at all is left out."""
    counted = ((words, int(getattr(report.total, name))) for name, words in OUTCOMES.items())
    return [(words, count) for words, count in counted if count]


def _of_doctors(report: Report) -> Table:
    columns = (Column("Médico(a)", "text"), Column("Consultas"), FULL, *RATES, Column("Encaixes"),
               Column("3º horário livre", "days"))  # fmt: skip
    waits = {one.key: one.third for one in report.access.doctors}
    rows = [
        (*_measures(one, one.figures.occupancy, one.name), one.figures.extras, waits.get(_id(one)))
        for one in report.doctors
    ]
    return Table("medicos", "Por médico(a)", columns, rows, "3º horário livre: em quantos dias, a partir de hoje.")


def _id(one: Group) -> int:
    return one.key if isinstance(one.key, int) else 0


def _of_time(
    key: str, title: str, first: str, groups: Iterable[Group], names: dict[object, str] | None = None
) -> Table:
    columns = (Column(first, "text"), Column("Consultas"), FULL, *RATES)
    return Table(key, title, columns, [_measures(one, one.figures.occupancy, _name(one, names)) for one in groups])


def _of_parts(key: str, title: str, first: str, groups: Sequence[Group], names: dict[object, str]) -> Table:
    columns = (Column(first, "text"), Column("Consultas"), PART, *RATES)
    whole = sum(one.figures.visits for one in groups)
    rows = [_measures(one, one.figures.visits / whole if whole else None, _name(one, names)) for one in groups]
    return Table(key, title, columns, rows)


def _counts(key: str, title: str, first: str, counts: Sequence[tuple[str, int]]) -> Table:
    whole = sum(count for _, count in counts)
    rows = [(words, count, count / whole) for words, count in counts]
    return Table(key, title, (Column(first, "text"), Column("Quantas"), Column("Parte", "bar")), rows)


def _of_access(waits: Iterable[Wait]) -> Table:
    columns = (Column("Especialidade", "text"), Column("1º horário livre", "days"),
               Column("3º horário livre", "days"), Column("Prazo da ANS", "text"))  # fmt: skip
    rows = [(one.name, one.first, one.third, _limit(one)) for one in waits]
    about = "Em dias a partir de hoje. O prazo da RN 566 conta dias úteis e vale para beneficiários de planos."
    return Table("acesso", "Espera por especialidade", columns, rows, about)


def _limit(one: Wait) -> str:
    if one.limit is None:
        return "depende do exame"
    return f"passa de {one.limit} dias úteis" if one.late else f"dentro de {one.limit} dias úteis"


def _why(reason: str) -> str:
    words = WHY.get(reason, reason)
    return words[:1].upper() + words[1:]


def _name(one: Group, names: dict[object, str] | None) -> str:
    return one.name or (names or {}).get(one.key) or str(one.key)


def _measures(one: Group, bar: float | None, name: str) -> tuple[Value, ...]:
    return name, one.figures.visits, bar, one.figures.noshow_rate, one.figures.cancel_rate
