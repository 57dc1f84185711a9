"""What is found out about a line, what carrying it out did, and the way the sorts of files are asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, FromClause, literal, select

from clinic.csv_import.reading import Row
from db.tables import Table
from db.types import folded

Kind = Literal["new", "changed", "same", "wrong"]
ODD = "Há mais células do que títulos de colunas. Confira o separador e as aspas."
MISSING = "Falta preencher."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a line would do now; `problems` by column ("" for the line as a whole), `values` for who carries it out."""

    kind: Kind
    problems: dict[str, str] = field(default_factory=dict)
    values: Any = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a line did: to which record, what was on file before, and what is now."""

    entity_id: int
    before: dict[str, Any] | None
    after: dict[str, Any]


class Refused(Exception):
    """A line cannot be carried out (or taken back) as things stand now; `why` says it."""

    def __init__(self, why: str, column: str = "") -> None:
        super().__init__(why)
        self.why, self.column = why, column


class Lines(Protocol):
    """One sort of file, within one transaction."""

    def judge(self, rows: Sequence[Row]) -> list[Verdict]:
        """What each line would do; those before it in the file are remembered."""

    def carry_out(self, verdict: Verdict) -> Done:
        """Do what a line says. Raises Refused."""

    def take_back(self, done: Done) -> None:
        """As it was before, if nobody has done anything with it since. Raises Refused."""


class Reading:
    """The cells of a line, understood one by one; what is wrong is gathered by column."""

    def __init__(self, row: Row) -> None:
        self.cells, self.problems = row.cells, dict[str, str]()
        if row.odd:
            self.problems[""] = ODD

    def text(self, column: str, required: bool = False) -> str:
        """A cell without blanks around it."""
        text = self.cells.get(column, "").strip()
        if required and not text:
            self.wrong(column, MISSING)
        return text

    def listed(self, column: str) -> list[str]:
        """A cell with several things in it, apart by "|"."""
        return [part.strip() for part in self.text(column).split("|") if part.strip()]

    def one_of(self, column: str, known: Mapping[str, Any], said: str, required: bool = False) -> Any:
        """What a name stands for, whatever its case and accents; None for nothing. `said`: when there is no such."""
        text = self.text(column, required)
        if text and folded(text) not in known:
            self.wrong(column, said)
        return known.get(folded(text)) if text else None

    def wrong(self, column: str, said: str) -> None:
        """Something is wrong with a cell; the first thing that is counts."""
        self.problems.setdefault(column, said)


def by_name(named: Iterable[Any]) -> dict[str, Any]:
    """Records of the directory by their names as people may spell them."""
    return {folded(one.name): one for one in named}


USED = {
    "appointments": "Já tem consultas.", "users": "Já tem uma conta para entrar.", "patients": "Já tem dependentes.",
    "waiting_list": "Já está na lista de espera.", "working_hours": "Já tem horários.", "slots": "Já tem vagas.",
}  # fmt: skip
USED_OTHERWISE = "Já há outros registros ligados a ele."


def refuse_used(connection: Connection, table: type[Table], record_id: int, own: Sequence[str] = ()) -> None:
    """Whatever refers to a record keeps it from being taken back, but for the tables of its `own`. Raises Refused."""
    target = table.__table__.c.id
    for other in Table.metadata.sorted_tables:
        if other.name not in own and any(_refers(connection, other, column, target, record_id) for column in other.c):
            raise Refused(USED.get(other.name, USED_OTHERWISE))


def _refers(connection: Connection, other: FromClause, column: Any, target: Any, record_id: int) -> bool:
    if not any(key.column is target for key in column.foreign_keys):
        return False
    return connection.scalar(select(literal(1)).select_from(other).where(column == record_id).limit(1)) is not None
