"""/units, /specialties, /payers, /kinds: what the clinic has. Everybody reads, managers write."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from flask import abort
from pydantic import BaseModel, Field, StringConstraints

from admin_web.access import EVERYBODY, MANAGERS
from admin_web.api.faults import Fault, unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.paging import after_id, cursor
from admin_web.api.paging import part as first
from admin_web.api.types import VISIBLE, Given, Label, Paged, Phone, RecordId, Shown
from clinic.editing import Record, Sort, stamp
from clinic.kinds import LONGEST_MARGIN
from clinic.written import one_line

if TYPE_CHECKING:
    from clinic.services import Clinic

State = Literal[
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR", "RJ",
    "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
]  # fmt: skip
LATER = frozenset({"before_minutes", "after_minutes", "weight"})
"""What came after programs had been written: left out, it stays."""
Zone = Literal[
    "America/Sao_Paulo", "America/Araguaina", "America/Bahia", "America/Belem", "America/Boa_Vista",
    "America/Campo_Grande", "America/Cuiaba", "America/Eirunepe", "America/Fortaleza", "America/Maceio",
    "America/Manaus", "America/Noronha", "America/Porto_Velho", "America/Recife", "America/Rio_Branco",
    "America/Santarem",
]  # fmt: skip
Text = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=VISIBLE)]
Place = Annotated[int, Field(ge=0, le=999)]


class UnitValues(Given):
    """A unit, as managers write it. `phone`: what people dial."""

    name: Text
    spoken: Text | None = None
    street: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=VISIBLE)]
    district: Annotated[str, StringConstraints(max_length=120)] = ""
    city: Text
    state: State
    zone: Zone = "America/Sao_Paulo"
    phone: Phone | None = None
    position: Place = 0
    active: bool = True


class Unit(Shown):
    """A unit of the clinic."""

    id: int
    name: str
    spoken: str | None
    street: str
    district: str
    city: str
    state: str
    zone: str
    phone: str | None
    position: int
    active: bool


class SpecialtyValues(Given):
    """A specialty, as managers write it. `kind_id`: the one kind of visit booked under it."""

    name: Text
    spoken: Text | None = None
    needs_rqe: bool = True
    kind_id: RecordId | None = None
    position: Place = 0
    active: bool = True


class Specialty(Shown):
    """A specialty."""

    id: int
    name: str
    spoken: str | None
    needs_rqe: bool
    kind_id: int | None
    position: int
    active: bool


class PayerValues(Given):
    """Who pays, as managers write it."""

    name: Text
    spoken: Text | None = None
    private: bool = False
    position: Place = 0
    active: bool = True


class Payer(Shown):
    """Who pays: `private` is particular, the others are convênios."""

    id: int
    name: str
    spoken: str | None
    private: bool
    position: int
    active: bool


class KindValues(Given):
    """A kind of visit, as managers write it."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,19}$")]
    name: Label
    minutes: Annotated[int, Field(ge=5, le=480)]
    before_minutes: Annotated[int, Field(ge=0, le=LONGEST_MARGIN)] = 0
    after_minutes: Annotated[int, Field(ge=0, le=LONGEST_MARGIN)] = 0
    preparation: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")] | None = None
    bookable_by: list[Literal["patient", "desk"]] = Field(default=["patient", "desk"])


class Kind(Shown):
    """A kind of visit: how long it lasts, how to prepare, who may book it."""

    id: int
    code: str
    name: str
    minutes: int
    before_minutes: int
    after_minutes: int
    preparation: str | None
    bookable_by: list[str]


class Units(Shown):
    """A part of the units."""

    items: list[Unit]
    next_cursor: str | None


class Specialties(Shown):
    """A part of the specialties."""

    items: list[Specialty]
    next_cursor: str | None


class Payers(Shown):
    """A part of the payers."""

    items: list[Payer]
    next_cursor: str | None


class Kinds(Shown):
    """A part of the kinds of visit."""

    items: list[Kind]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Thing:
    """A sort of record: its address, its words and its shapes."""

    sort: Sort
    path: str
    one: str
    many: str
    values: type[Given]
    shows: type[Shown]
    listed: type[Shown]
    replaced: str = ""
    """What the description says of replacing one."""


THINGS = (
    Thing("unit", "units", "uma unidade", "as unidades", UnitValues, Unit, Units),
    Thing(
        "specialty", "specialties", "uma especialidade", "as especialidades", SpecialtyValues, Specialty, Specialties
    ),
    Thing("payer", "payers", "um convênio", "os convênios", PayerValues, Payer, Payers),
    Thing(
        "kind",
        "kinds",
        "um tipo de consulta",
        "os tipos de consulta",
        KindValues,
        Kind,
        Kinds,
        "`code` não muda depois: as regras da clínica conhecem o tipo por ele; outro é recusado (422). "
        "Sem `before_minutes` ou `after_minutes`, ficam os que estão guardados.",
    ),
)


class Records:
    """The operations of one sort."""

    def __init__(self, clinic: "Clinic", thing: Thing) -> None:
        self._clinic, self._thing = clinic, thing

    def list(self, asked: Asked) -> Reply:
        """By id, inactive ones too."""
        query: Paged = asked.query
        records = sorted(self._clinic.editing.records(self._thing.sort), key=lambda record: int(record["id"]))
        coming = [record for record in records if record["id"] > after_id(query.cursor)]
        some, more = first(coming, query.limit)
        following = cursor(some[-1]["id"]) if more else None
        return Reply(self._thing.listed(items=list(some), next_cursor=following), next=following)  # type: ignore[call-arg]

    def get(self, asked: Asked) -> Reply:
        """One of them."""
        return self._reply(asked.path["record_id"])

    def create(self, asked: Asked) -> Reply:
        """A new one."""
        saved = self._save(asked, None, "")
        return self._reply(saved, f"/{self._thing.path}/{saved}")

    def replace(self, asked: Asked) -> Reply:
        """One as it was read, with all its values."""
        record_id = asked.path["record_id"]
        before = self._record(record_id)
        if self._thing.sort == "kind" and asked.body.code != before["code"]:
            errors = [{"field": "code", "message": "Não muda depois de criado."}]
            raise Fault(422, "invalid", "O código de um tipo não muda", "Mande o que foi lido.", errors)
        return self._reply(self._save(asked, record_id, asked.version or "", **staying(before, asked.body)))

    def _save(self, asked: Asked, record_id: int | None, seen: str, **stays: Any) -> int:
        values = _tidy(asked.body) | stays
        kinds = {kind.id for kind in self._clinic.directory.kinds()}
        if values.get("kind_id") is not None and values["kind_id"] not in kinds:
            raise unknown("kind_id")
        saved = self._clinic.editing.save(self._thing.sort, record_id, values, seen)
        self._clinic.audit.add(asked.viewer.ref, f"{self._thing.sort}.saved", self._thing.sort, saved)
        return saved

    def _record(self, record_id: int) -> Record:
        return record_of(self._clinic, self._thing.sort, record_id)

    def _reply(self, record_id: int, location: str = "") -> Reply:
        record = self._record(record_id)
        return Reply(self._thing.shows.model_validate(record), stamp(record), location)


def record_of(clinic: "Clinic", sort: Sort, record_id: int) -> Record:
    """One record; 404 where there is none."""
    try:
        return clinic.editing.record(sort, record_id)
    except KeyError:
        abort(404)


def staying(before: Record, given: BaseModel) -> Record:
    """What of a record stays because a program that does not know it has left it out."""
    return {name: before[name] for name in LATER & before.keys() - given.model_fields_set}


def _tidy(values: BaseModel) -> dict[str, Any]:
    """Texts without blanks around them, and in one line, with nothing unseen, where they are no paragraphs."""
    return {
        name: value if not isinstance(value, str)
        else value.strip() if name == "preparation"
        else one_line(value)
        for name, value in values.model_dump().items()
    }  # fmt: skip


def operations_of(clinic: "Clinic", thing: Thing) -> list[Operation]:
    """What can be asked of a sort of record."""
    own, name, path = Records(clinic, thing), thing.sort, f"/{thing.path}"
    return [
        Operation("GET", path, f"list_{thing.path}", f"Listar {thing.many}", own.list, EVERYBODY, "directory:read",
                  query=Paged, shows=thing.listed, refuses=(422,)),
        Operation("POST", path, f"create_{name}", f"Criar {thing.one}", own.create, MANAGERS, "directory:write",
                  body=thing.values, shows=thing.shows, status=201, refuses=(409,)),
        Operation("GET", f"{path}/<int:record_id>", f"get_{name}", f"Ler {thing.one}", own.get, EVERYBODY,
                  "directory:read", shows=thing.shows, versioned=True),
        Operation("PUT", f"{path}/<int:record_id>", f"replace_{name}", f"Guardar {thing.one}", own.replace, MANAGERS,
                  "directory:write", body=thing.values, shows=thing.shows, edits=True, refuses=(409,),
                  about=thing.replaced),
    ]  # fmt: skip


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    return Part("Cadastro", [one for thing in THINGS for one in operations_of(clinic, thing)])
