"""Weekly hours as a form: rows of fields, read into `HoursInput`, with what is wrong told by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from hashlib import sha256
from typing import Protocol

from admin_web.words import WEEKDAYS
from clinic.agenda import HoursInput
from clinic.roster import HoursRow

FIELDS = ("weekday", "starts", "ends", "unit", "modality", "minutes", "from", "until")
MODALITIES = (("in_person", "Presencial"), ("video", "Vídeo"), ("any", "Presencial ou vídeo"))
MINUTES = (10, 15, 20, 30, 40, 45, 60, 90)
LENGTHS = range(5, 241)
"""What a visit may last, as in the API and in files; the usual ones are offered, the others kept."""
MOST_ROWS = 60
FIRST_YEAR, YEARS_AHEAD = 1900, 10
BLANK_ROWS = 2
OUT_OF_USE = "A unidade saiu de uso. Escolha outra, ou apague as horas: as que já estavam lá voltam com ela."


class Lists(Protocol):
    """A form that may have a field several times (werkzeug's MultiDict)."""

    def getlist(self, key: str) -> list[str]:
        """All values of a field, in order."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown: texts, and what is wrong with it."""

    values: Mapping[str, str]
    error: str = ""


@dataclass(slots=True)
class HoursForm:
    """All rows; `hours` are those that can be read, in the order of their rows (`places`)."""

    rows: list[Row] = field(default_factory=list)
    hours: list[HoursInput] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by the id of the row's first field."""
        return {f"weekday-{place}": row.error for place, row in enumerate(self.rows) if row.error}

    @property
    def lengths(self) -> list[int]:
        """What can be chosen: the usual lengths, and those the rows have."""
        mine = {row.values["minutes"] for row in self.rows}
        return [minutes for minutes in LENGTHS if minutes in MINUTES or str(minutes) in mine]

    def blame(self, one: HoursRow, other: HoursRow) -> None:
        """Tell of two rows that overlap, at the second of them."""
        for place, hours in zip(reversed(self.places), reversed(self.hours), strict=True):
            if (hours.weekday, hours.starts, hours.unit_id) == (other.weekday, other.starts, other.unit_id):
                said = f"Coincide com {WEEKDAYS[one.weekday]}, das {one.starts:%H:%M} às {one.ends:%H:%M}."
                self.rows[place] = Row(self.rows[place].values, said)
                return


def shown(hours: Sequence[HoursInput]) -> list[Row]:
    """What is on file as rows, by weekday and time."""
    return [Row(_texts(one)) for one in sorted(hours, key=lambda one: (one.weekday, one.starts))]


def stamp(hours: Sequence[HoursInput]) -> str:
    """Names hours as they stand; a form carries it, so that nobody writes over what he has not seen."""
    return sha256(repr(sorted(map(repr, hours))).encode()).hexdigest()[:24]


def in_words(one: HoursInput, units: Mapping[int, str]) -> str:
    """Hours as they are told to somebody."""
    dates = [
        f"de {one.valid_from:%d/%m/%Y}" if one.valid_from else "",
        f"até {one.valid_until:%d/%m/%Y}" if one.valid_until else "",
    ]
    how = dict(MODALITIES)[one.modality].lower()
    said = f"das {one.starts:%H:%M} às {one.ends:%H:%M}, {units.get(one.unit_id, '')}, {how}, {one.slot_minutes} min"
    return " ".join([said, *filter(None, dates)])


def read(form: Lists, units: frozenset[int], gone: frozenset[int], today: date) -> HoursForm:
    """What was sent. Rows without times are left out; the others are read or told of. `gone`: units out of use."""
    found, years = HoursForm(), range(FIRST_YEAR, today.year + YEARS_AHEAD + 1)
    columns = [form.getlist(name) for name in FIELDS]
    for values in zip(*columns, strict=False):
        row = dict(zip(FIELDS, values, strict=True))
        if row["starts"].strip() or row["ends"].strip():
            _take(found, row, units, gone, years)
    return found


def _take(found: HoursForm, row: dict[str, str], units: frozenset[int], gone: frozenset[int], years: range) -> None:
    place = len(found.rows)
    if place >= MOST_ROWS:
        found.rows.append(Row(row, f"Cabem até {MOST_ROWS} horários. Junte ou retire alguns."))
        return
    try:
        found.hours.append(_hours(row, units, gone, years))
        found.places.append(place)
        found.rows.append(Row(row))
    except Wrong as wrong:
        found.rows.append(Row(row, str(wrong)))


class Wrong(Exception):
    """A row that cannot be read; its text says why, in Portuguese."""


def _hours(row: dict[str, str], units: frozenset[int], gone: frozenset[int], years: range) -> HoursInput:
    starts, ends = _time(row["starts"], "Falta o começo."), _time(row["ends"], "Falta o fim.")
    if ends <= starts and ends != time():
        raise Wrong("O fim precisa vir depois do começo.")
    first, last = _date(row["from"], years), _date(row["until"], years)
    if first and last and last < first:
        raise Wrong("A validade termina antes de começar.")
    unit, minutes = _number(row["unit"], "Escolha a unidade."), _number(row["minutes"], "Escolha a duração.")
    if unit not in units:
        raise Wrong(OUT_OF_USE if unit in gone else "Escolha a unidade.")
    if minutes not in LENGTHS:
        raise Wrong("Escolha a duração.")
    weekday = _number(row["weekday"], "Escolha o dia.")
    if not 0 <= weekday <= 6 or row["modality"] not in dict(MODALITIES):
        raise Wrong("Escolha o dia e como se atende.")
    length = (ends.hour * 60 + ends.minute or 24 * 60) - starts.hour * 60 - starts.minute
    if length < minutes:
        raise Wrong(f"Não cabe nem uma consulta de {minutes} minutos.")
    return HoursInput(unit, weekday, starts, ends, row["modality"], minutes, first, last)


def _time(text: str, missing: str) -> time:
    if not text.strip():
        raise Wrong(missing)
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        raise Wrong("Escreva as horas como 08:30.") from None


def _date(text: str, years: range) -> date | None:
    try:
        found = date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Wrong("Escreva a data como dia, mês e ano.") from None
    if found and found.year not in years:
        raise Wrong(f"Confira o ano: vai de {years[0]} a {years[-1]}. Sem data, vale sempre.")
    return found


def _number(text: str, missing: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Wrong(missing)
    return int(text)


def _texts(one: HoursInput) -> dict[str, str]:
    return {
        "weekday": str(one.weekday), "starts": f"{one.starts:%H:%M}", "ends": f"{one.ends:%H:%M}",
        "unit": str(one.unit_id), "modality": one.modality, "minutes": str(one.slot_minutes),
        "from": one.valid_from.isoformat() if one.valid_from else "",
        "until": one.valid_until.isoformat() if one.valid_until else "",
    }  # fmt: skip
