"""From the bytes of a file to its lines: whatever a spreadsheet makes of "CSV"."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from clinic.csv_import.columns import COLUMNS, Sort
from db.types import folded

MOST_LINES = 10_000
MOST_COLUMNS = 200
LONGEST_CELL = 10_000
SEPARATORS = ";,\t"
BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class Unreadable(Exception):
    """The file as a whole; `why` says it to whoever sent it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """One line: where it begins in the file, and its cells by column; `odd` where it has more cells than headings."""

    line: int
    cells: dict[str, str]
    odd: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """What was read, and the headings that mean nothing here."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...]


def read(content: bytes, sort: Sort) -> File:
    """The lines of a file. Raises Unreadable."""
    text = _text(content)
    lines = _lines(text)
    try:
        _, headings = next(lines)
        columns, ignored = _columns(headings, sort)
        rows = tuple(_row(line, cells, columns) for line, cells in islice(lines, MOST_LINES))
        more = sum(1 for _ in lines)
    except StopIteration:
        raise Unreadable("O arquivo está vazio.") from None
    if not rows:
        raise Unreadable("Há títulos de colunas, mas nenhuma linha abaixo deles.")
    if more:
        there, fit = _thousands(MOST_LINES + more), _thousands(MOST_LINES)
        raise Unreadable(f"São {there} linhas, e cabem {fit} de uma vez. Divida o arquivo.")
    return File(rows, ignored)


def _text(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one; else what Windows writes here, of which Latin-1 is a part."""
    if not content.strip():
        raise Unreadable("O arquivo está vazio.")
    if content.startswith(BINARY):
        raise Unreadable("Isto não é um CSV. Na planilha, escolha “Salvar como” e “CSV UTF-8”.")
    for name in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return _plain(content.decode(name))
        except UnicodeDecodeError:
            continue
    return _plain(content.decode("latin-1"))


def _plain(text: str) -> str:
    if "\0" in text:
        raise Unreadable("Isto não é um CSV. Na planilha, escolha “Salvar como” e “CSV UTF-8”.")
    return text


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins at; a cell in quotes may go over several. "sep=;", by which some programs
    tell a spreadsheet how to read the file, is none."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (line == 1 and cells[0].lower() == "sep="):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(_why(error, line)) from None


def _why(error: csv.Error, line: int) -> str:
    """Quotes that are never closed make a long cell too, of all that follows them in a long file."""
    if "field limit" not in str(error):
        return "O arquivo tem aspas abertas que não se fecham. Salve-o de novo na planilha."
    most = _thousands(csv.field_size_limit())
    return (
        f"Na linha {line} há uma célula com mais de {most} letras. Encurte-a na planilha. "
        "Se lá não há um texto tão longo, uma aspa ficou aberta: salve o arquivo de novo na planilha."
    )


def _thousands(number: int) -> str:
    """As "10.000"."""
    return f"{number:,}".replace(",", ".")


def _columns(headings: Sequence[str], sort: Sort) -> tuple[list[str], tuple[str, ...]]:
    """For each heading the column it means ("" for none). Raises Unreadable."""
    if len(headings) > MOST_COLUMNS:
        raise Unreadable(f"São {len(headings)} colunas, e cabem {MOST_COLUMNS}. Deixe só as do arquivo de exemplo.")
    known = {spelling: one.name for one in COLUMNS[sort] for spelling in (one.name, *one.also)}
    found = [known.get(_heading(text), "") for text in headings]
    ignored = tuple(text.strip()[:60] for text, name in zip(headings, found, strict=True) if not name and text.strip())
    named = [name for name in found if name]
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise Unreadable(f"A coluna “{doubled[0]}” aparece mais de uma vez.")
    missing = [one.name for one in COLUMNS[sort] if one.required and one.name not in named]
    if missing:
        listed = ", ".join(f"“{name}”" for name in missing)
        raise Unreadable(f"Na primeira linha faltam as colunas {listed}. Compare com o arquivo de exemplo.")
    return found, ignored


def _heading(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", folded(text)).strip("_")


def _row(line: int, cells: Sequence[str], columns: Sequence[str]) -> Row:
    named = {name: cell.strip()[:LONGEST_CELL] for name, cell in zip(columns, cells, strict=False) if name}
    return Row(line, named, any(cell.strip() for cell in cells[len(columns) :]))
