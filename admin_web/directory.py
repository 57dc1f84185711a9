"""/unidades, /especialidades, /convenios, /tipos: what the clinic offers, as lists and forms that are all alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin_web import leaving
from admin_web.access import MANAGERS, Doors, viewer
from admin_web.fields import Field, differences, read, shown, states, zones
from admin_web.replanning import told
from admin_web.words import WEEKDAYS
from clinic.editing import NameTaken, Record, Sort, stamp
from clinic.kinds import LONGEST_MARGIN
from clinic.practice import Visit
from clinic.profile import ChangedMeanwhile

if TYPE_CHECKING:
    from clinic.services import Clinic

LOGIN = "required"
Opening = dict[int, tuple[time, time]]
STALE = "Outra pessoa mudou este registro enquanto você escrevia. Confira e guarde de novo para valer o seu."
SPOKEN = Field("spoken", "Como se pronuncia", hint="Só se for lido errado ao telefone.")
ACTIVE = Field("active", "Em uso", "tick", "Fora de uso não é oferecido; o que já está marcado continua.")
POSITION = Field("position", "Lugar na lista", "number", "É também a ordem das teclas ao telefone.", required=True)


@dataclass(frozen=True, slots=True)
class Thing:
    """A sort of record: its address, its words, its fields, and what the list shows beside the name."""

    sort: Sort
    path: str
    title: str
    new: str
    about: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...] = ()


def things(clinic: "Clinic") -> tuple[Thing, ...]:
    """All sorts that look alike."""

    def kinds() -> list[tuple[str, str]]:
        return [(str(kind.id), kind.name) for kind in clinic.directory.kinds()]

    return (
        Thing(
            "unit", "unidades", "Unidades", "Nova unidade", "Onde a clínica atende.",
            (
                Field("name", "Nome", required=True), SPOKEN,
                Field("street", "Rua e número", required=True, longest=255),
                Field("district", "Bairro"), Field("city", "Cidade", required=True),
                Field("state", "UF", "choose", required=True, options=states),
                Field("zone", "Fuso horário", "choose", required=True, options=zones),
                Field("phone", "Telefone", "phone", "O número que as pessoas discam."), POSITION, ACTIVE,
            ),
            ("street", "city"),
        ),
        Thing(
            "specialty", "especialidades", "Especialidades", "Nova especialidade", "O que se pode marcar.",
            (
                Field("name", "Nome", required=True), SPOKEN,
                Field("needs_rqe", "Exige RQE", "tick", "Sem o RQE, ninguém é anunciado como especialista."),
                Field("kind_id", "Sempre como", "choose", "Para exames.", options=kinds, whole=True), POSITION, ACTIVE,
            ),
        ),
        Thing(
            "payer", "convenios", "Convênios", "Novo convênio", "Quem paga; qual médico aceita, diz o cadastro dele.",
            (
                Field("name", "Nome", required=True), SPOKEN, Field("private", "É o particular", "tick"), POSITION,
                ACTIVE,
            ),
        ),
        Thing(
            "kind", "tipos", "Tipos de consulta", "Novo tipo", "Quanto dura, que preparo pede, quem pode marcar.",
            (
                Field("code", "Código", required=True, longest=20, hint="Uma palavra, por que outros programas o conhecem; não muda depois."),  # noqa: E501
                Field("name", "Nome", required=True, longest=80),
                Field("minutes", "Minutos", "number", required=True, least=5, most=480),
                Field("before_minutes", "Minutos de preparo antes", "number", "Nesse tempo o médico não é marcado; o paciente só ouve a hora da consulta.", most=LONGEST_MARGIN),  # noqa: E501
                Field("after_minutes", "Minutos de arrumação depois", "number", "Limpar a sala, escrever o laudo. Também não é marcado, nem dito ao paciente.", most=LONGEST_MARGIN),  # noqa: E501
                Field("preparation", "Preparo", "area", "Lido antes de confirmar: jejum, documentos.", longest=1000),
                Field("by_patient", "O paciente marca sozinho", "tick"), Field("by_desk", "A recepção marca", "tick"),
            ),
            ("minutes",),
        ),
    )  # fmt: skip


class Pages:
    """List and form of one sort."""

    def __init__(self, clinic: "Clinic", thing: Thing) -> None:
        self._clinic, self._thing = clinic, thing

    def page(self) -> str:
        """All records."""
        records = self._clinic.editing.records(self._thing.sort)
        behind = told(self._clinic) if self._thing.sort == "unit" else {}
        return render_template("directory/list.html", thing=self._thing, records=records, **behind)

    def new(self) -> str | Response | tuple[str, int]:
        """An empty form, and what comes back from it."""
        if request.method == "POST":
            return self._keep(None)
        start = {"active": True, "position": len(self._clinic.editing.records(self._thing.sort)), "by_desk": True}
        return self._form(None, {**shown(self._thing.fields, start | {"zone": "America/Sao_Paulo"})}, {}, "")

    def edit(self, record_id: int) -> str | Response | tuple[str, int]:
        """A record's form, and what comes back from it."""
        if request.method == "POST":
            return self._keep(record_id)
        record, seen = self._read(record_id)
        return self._form(record_id, shown(self._thing.fields, _with_ticks(record)), {}, seen)

    def _keep(self, record_id: int | None) -> str | Response | tuple[str, int]:
        before = self._record(record_id) if record_id is not None else {}
        typed, seen = request.form, request.form.get("seen", "")
        values, errors = read(self._thing.fields, typed)
        if self._thing.sort == "kind" and before:
            values["code"] = before["code"]  # the rules know kinds by it
        opening, wrong = _opening(typed) if self._thing.sort == "unit" else ({}, {})
        errors.update(wrong)
        if errors:
            return self._form(record_id, typed, errors, seen), 422
        columns = _columns(self._thing.sort, values)
        hits = leaving.hits(self._clinic, self._thing.sort, before, columns) if before else []
        if not leaving.were_told(hits):
            closing = leaving.moves(self._thing.sort, before, columns)
            return self._form(record_id, typed, {}, seen, hits=hits, closing=closing)
        try:
            saved = self._saved(record_id, columns, opening, seen)
        except NameTaken:
            return self._form(record_id, typed, {"name": "Já existe outro registro com estes dados."}, seen), 422
        except ChangedMeanwhile:
            now, seen = self._read(record_id or 0)
            return self._form(record_id, typed, {"": STALE}, seen, self._theirs(now, values, opening)), 409
        self._clinic.audit.add(viewer().ref, f"{self._thing.sort}.saved", self._thing.sort, saved)
        leaving.offer(self._clinic, hits, str(values.get("name", "")))
        flash("Guardado. Vale já, ao telefone e nas páginas.", "good")
        return redirect(url_for(f"{request.blueprint}.page"), 303)

    def _saved(self, record_id: int | None, columns: Record, opening: Opening, seen: str) -> int:
        if self._thing.sort == "unit":
            return self._clinic.editing.save_unit(record_id, columns, opening, seen)
        return self._clinic.editing.save(self._thing.sort, record_id, columns, seen)

    def _read(self, record_id: int) -> tuple[Record, str]:
        """A record, and what names it with all of its form: read first, so that what is saved later is a conflict."""
        record = self._record(record_id)
        if self._thing.sort != "unit":
            return record, stamp(record)
        seen = self._clinic.editing.seen_of_unit(record_id)
        return self._record(record_id), seen

    def _theirs(self, now: Record, wanted: Record, opening: Opening) -> list[tuple[str, str]]:
        """What somebody else has saved where something else was typed."""
        found = differences(self._thing.fields, _with_ticks(now), wanted)
        on_file = self._clinic.editing.opening(now["id"]) if self._thing.sort == "unit" else {}
        days = [day for day in range(len(WEEKDAYS)) if on_file.get(day) != opening.get(day)]
        return found + [(WEEKDAYS[day].capitalize(), _span(on_file.get(day))) for day in days]

    def _record(self, record_id: int) -> Record:
        try:
            return self._clinic.editing.record(self._thing.sort, record_id)
        except KeyError:
            abort(404)

    def _form(
        self,
        record_id: int | None,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        seen: str,
        theirs: Sequence[tuple[str, str]] = (),
        hits: Sequence[Visit] = (),
        closing: bool = False,
    ) -> str:
        is_unit = self._thing.sort == "unit"
        on_file = self._clinic.editing.opening(record_id) if is_unit and record_id and request.method == "GET" else {}
        opening = [
            (
                day, words, values.get(f"opens-{day}") or _hour(on_file, day, 0),
                values.get(f"closes-{day}") or _hour(on_file, day, 1),
            )
            for day, words in enumerate(WEEKDAYS)
        ]  # fmt: skip
        return render_template(
            "directory/form.html", thing=self._thing, record_id=record_id, values=values, errors=errors, seen=seen,
            opening=opening if is_unit else [], theirs=theirs,
            labels={field.name: field.label for field in self._thing.fields},
            **(
                leaving.told(self._clinic, self._thing.sort, record_id, list(hits), closing)
                if hits and record_id else {}
            ),
        )  # fmt: skip


def _hour(hours: Mapping[int, tuple[time, time]], day: int, which: int) -> str:
    return f"{hours[day][which]:%H:%M}" if day in hours else ""


def _span(hours: tuple[time, time] | None) -> str:
    return f"das {hours[0]:%H:%M} às {hours[1]:%H:%M}" if hours else "fechado"


def _opening(typed: Mapping[str, str]) -> tuple[Opening, dict[str, str]]:
    """When people answer, by weekday; a day without times is closed."""
    found: Opening = {}
    errors: dict[str, str] = {}
    for day in range(7):
        opens, closes = typed.get(f"opens-{day}", "").strip(), typed.get(f"closes-{day}", "").strip()
        if not opens and not closes:
            continue
        try:
            found[day] = time.fromisoformat(opens).replace(tzinfo=None), time.fromisoformat(closes).replace(tzinfo=None)
            if found[day][0] >= found[day][1]:
                errors[f"opens-{day}"] = f"Na {WEEKDAYS[day]}, feche depois de abrir."
        except ValueError:
            errors[f"opens-{day}"] = f"Na {WEEKDAYS[day]}, escreva as horas como 08:00."
    return found, errors


def _with_ticks(record: Record) -> Record:
    by = record.get("bookable_by") or ()
    return {**record, "by_patient": "patient" in by, "by_desk": "desk" in by}


def _columns(sort: Sort, values: Record) -> Record:
    """What was read as the columns of the table; empty texts that may not be NULL are ""."""
    found = dict(values)
    if sort == "kind":
        by = [who for who in ("patient", "desk") if found.pop(f"by_{who}")]
        found["bookable_by"] = by
        found |= {name: found[name] or 0 for name in ("before_minutes", "after_minutes")}
    if sort == "unit":
        found["district"] = found["district"] or ""
    return found


def _blueprint(clinic: "Clinic", thing: Thing) -> Blueprint:
    page = Blueprint(f"directory_{thing.sort}", __name__, url_prefix=f"/{thing.path}")
    views, doors = Pages(clinic, thing), Doors(page)
    doors.rule("", "page", views.page, allow=MANAGERS)
    doors.rule("/novo", "new", views.new, allow=MANAGERS, methods=("GET", "POST"))
    doors.rule("/<int:record_id>", "edit", views.edit, allow=MANAGERS, methods=("GET", "POST"))
    return page


def _pages_of(sort: Sort) -> Callable[["Clinic"], Blueprint]:
    def made(clinic: "Clinic") -> Blueprint:
        return next(_blueprint(clinic, thing) for thing in things(clinic) if thing.sort == sort)

    return made


SORTS: tuple[Sort, ...] = ("unit", "specialty", "payer", "kind")
BLUEPRINTS = tuple(_pages_of(sort) for sort in SORTS)
"""The pages of each sort, for managers."""
