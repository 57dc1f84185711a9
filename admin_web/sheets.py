"""Tables as files for spreadsheets: CSV as Excel in Portuguese reads it, and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from admin_web.report_tables import Column, Table, Value

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet takes text that begins so for a formula."""
FORMATS = {"share": "0.0%", "bar": "0.0%", "days": "General", "count": "#,##0"}
WIDTH, FIRST_WIDTH, LONGEST_NAME = 18, 36, 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def as_csv(tables: Iterable[Table]) -> bytes:
    """UTF-8 with its mark, ";" and decimal commas; tables one under the other, each under its title."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for table in tables:
        writer.writerow([harmless(table.title)])
        writer.writerow([harmless(column.words) for column in table.columns])
        writer.writerows([[_text(*cell) for cell in zip(row, table.columns, strict=True)] for row in table.rows])
        writer.writerow([])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(RISKY) else text


def _text(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if column.kind in ("share", "bar"):
        return f"{value * 100:.1f}%".replace(".", ",")
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """One sheet a table; numbers are numbers, text is never a formula or a link."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": number}) for kind, number in FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.title.translate(FORBIDDEN)[:LONGEST_NAME])
            sheet.set_column(0, 0, FIRST_WIDTH)
            sheet.set_column(1, max(1, len(table.columns) - 1), WIDTH)
            sheet.freeze_panes(1, 0)
            for place, column in enumerate(table.columns):
                sheet.write_string(0, place, column.words, bold)
            for line, row in enumerate(table.rows, 1):
                for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                    _write(sheet, line, place, value, formats.get(column.kind))
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, value: Value, look: object) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value)
    elif value is not None:
        sheet.write_number(line, place, value, look)
