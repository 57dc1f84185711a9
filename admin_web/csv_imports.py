"""/importar: patients, doctors, hours and coming appointments from CSV: send, look at the trial, carry out, undo."""

from typing import TYPE_CHECKING, get_args

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin_web.access import MANAGERS, Doors, may, viewer
from clinic.csv_import.columns import COLUMNS, SORTS, Sort, example
from clinic.csv_import.reading import MOST_LINES, Unreadable
from clinic.csv_import.service import ImportInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
MEGABYTES = 5
AROUND_THE_FILE = 64 * 1024
"""What a form needs beside the file it carries."""
WORDS: dict[Sort, str] = {
    "patients": "Pacientes", "doctors": "Médicos", "hours": "Horários", "visits": "Consultas futuras",
}  # fmt: skip
FILE_NAMES: dict[Sort, str] = {
    "patients": "pacientes", "doctors": "medicos", "hours": "horarios", "visits": "consultas",
}  # fmt: skip
LABELS = {"sort": "O que há no arquivo", "file": "Arquivo CSV"}
SHOWN_PROBLEMS, SHOWN_LINES = 200, 10
TOO_BIG = f"O arquivo passa de {MEGABYTES} MB. Divida-o em partes menores, cada uma com a linha de títulos."


class Pages:
    """The form with what files look like, and each import."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def page(self) -> str:
        """The form, the columns of each sort, and what was imported lately."""
        return self._form({})

    def send(self) -> AnyResponse | tuple[str, int]:
        """Read the file and try it out; nothing is imported yet."""
        sort, file = request.form.get("sort", ""), request.files.get("file")
        errors = {} if sort in SORTS else {"sort": "Diga o que há no arquivo."}
        if file is None or not file.filename:
            errors["file"] = "Escolha o arquivo."
        if errors or file is None:
            return self._form(errors), 422
        try:
            new = self._clinic.csv_imports.try_out(_sort(sort), file.filename or "", file.read(), viewer().ref)
        except Unreadable as unreadable:
            return self._form({"file": unreadable.why}), 422
        return redirect(url_for("csv_imports.one", import_id=new), 303)

    def example(self, sort: str) -> Response:
        """A file to begin with."""
        if sort not in SORTS:
            abort(404)
        reply = make_response(example(_sort(sort)))
        reply.mimetype = "text/csv"
        reply.headers["Content-Disposition"] = f'attachment; filename="exemplo-{FILE_NAMES[_sort(sort)]}.csv"'
        return reply

    def one(self, import_id: int) -> str:
        """What the trial found, how far it is, or what became of it."""
        return self._shown("csv_imports/one.html", import_id)

    def progress(self, import_id: int) -> str:
        """The part of it that changes, for the script that asks again."""
        return self._shown("csv_imports/state.html", import_id)

    def start(self, import_id: int) -> AnyResponse:
        """Carry it out; sent twice it is done once."""
        self._known(import_id)
        if not self._clinic.csv_imports.start(import_id, viewer().ref):
            flash("Esta importação já tinha começado.", "news")
        return redirect(url_for("csv_imports.one", import_id=import_id), 303)

    def undo(self, import_id: int) -> AnyResponse:
        """Take back whatever nobody has worked with."""
        self._known(import_id)
        if not self._clinic.csv_imports.undo(import_id, viewer().ref):
            flash("Esta importação não pode ser desfeita agora.", "error")
        return redirect(url_for("csv_imports.one", import_id=import_id), 303)

    def too_big(self) -> None:
        """Before the file is read: this route takes more than others, and says so when even that is not enough."""
        if request.endpoint != "csv_imports.send" or not may("csv_imports.send"):
            return
        request.max_content_length = MEGABYTES * 1024 * 1024 + AROUND_THE_FILE
        if (request.content_length or 0) > request.max_content_length:
            abort(make_response(self._form({"file": TOO_BIG}, {}), 413))

    def _form(self, errors: dict[str, str], typed: dict[str, str] | None = None) -> str:
        return render_template(
            "csv_imports/page.html", errors=errors, labels=LABELS, words=WORDS, columns=COLUMNS, megabytes=MEGABYTES,
            most=MOST_LINES, typed=request.form if typed is None else typed, zone=self._zone(),
            imports=self._clinic.csv_imports.latest(),
        )  # fmt: skip

    def _shown(self, template: str, import_id: int) -> str:
        one, imports = self._known(import_id), self._clinic.csv_imports
        lines = imports.lines(import_id, SHOWN_LINES, with_problems=False)
        there = {name for line in lines for name in line.cells}
        return render_template(
            template, one=one, words=WORDS, zone=self._zone(), counts=imports.counts(import_id), lines=lines,
            columns=[column.name for column in COLUMNS[one.sort] if column.name in there],
            problems=imports.lines(import_id, SHOWN_PROBLEMS + 1, with_problems=True), most=SHOWN_PROBLEMS,
            before=imports.before(one) if one.status == "tried" else None,
        )  # fmt: skip

    def _known(self, import_id: int) -> ImportInfo:
        try:
            return self._clinic.csv_imports.get(import_id)
        except KeyError:
            abort(404)

    def _zone(self) -> object:
        return self._clinic.units.all()[0].tz


def _sort(text: str) -> Sort:
    return next(one for one in get_args(Sort) if one == text)


def blueprint(clinic: "Clinic") -> Blueprint:
    """The pages below /importar, for managers."""
    page = Blueprint("csv_imports", __name__, url_prefix="/importar")
    views, doors = Pages(clinic), Doors(page)
    page.url_value_preprocessor(lambda _endpoint, _values: views.too_big())
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("", "send", views.send, allow=MANAGERS, methods=("POST",))
    doors.rule("/exemplo/<sort>", "example", views.example, allow=MANAGERS)
    doors.rule("/<int:import_id>", "one", views.one, allow=MANAGERS)
    doors.rule("/<int:import_id>/andamento", "progress", views.progress, allow=MANAGERS)
    doors.rule("/<int:import_id>/comecar", "start", views.start, allow=MANAGERS, methods=("POST",))
    doors.rule("/<int:import_id>/desfazer", "undo", views.undo, allow=MANAGERS, methods=("POST",))
    return page
