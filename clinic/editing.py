"""Managers edit the directory: units, specialties, payers, kinds of visit and doctors, as records of plain values.

What appointments name is never deleted: it is made inactive, and offered no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from hashlib import sha256
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from clinic.names import need
from clinic.profile import ChangedMeanwhile, profile_of
from clinic.registry import KINDS
from clinic.replanning import close_days, due, due_of, tell, window
from clinic.roster import Rosters
from clinic.schedules import ANNOUNCE, Schedules
from clinic.team import crm_of
from db.retry import taken
from db.session import Database
from db.tables import (
    Doctor,
    DoctorPayer,
    DoctorSpecialty,
    Identity,
    OpeningHours,
    Payer,
    Specialty,
    Table,
    Unit,
    User,
    VisitKind,
)
from db.types import folded

Sort = Literal["unit", "specialty", "payer", "kind", "doctor"]
Record = dict[str, Any]
T = TypeVar("T")
STAMPED = 24


class NameTaken(Exception):
    """Another record has this name, telephone, code or CRM already."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Where records of a sort are kept, in which columns, and in which order they are shown."""

    table: type[Table]
    columns: tuple[str, ...]
    order: tuple[str, ...]


TABLES: Mapping[Sort, _Table] = {
    "unit": _Table(
        Unit,
        ("name", "spoken", "street", "district", "city", "state", "zone", "phone", "position", "active"),
        ("position", "name"),
    ),
    "specialty": _Table(
        Specialty, ("name", "spoken", "needs_rqe", "kind_id", "position", "active"), ("position", "name")
    ),
    "payer": _Table(Payer, ("name", "spoken", "private", "position", "active"), ("position", "name")),
    "kind": _Table(
        VisitKind, ("code", "name", "minutes", "before_minutes", "after_minutes", "preparation", "bookable_by"), ("id",)
    ),
    "doctor": _Table(
        Doctor,
        (
            "name", "spoken", "title", "crm", "crm_state", "approves", "approval_hours", "return_days", "extra_quota",
            "weight", "position", "active",
        ),
        ("position", "name_search", "id"),
    ),
}  # fmt: skip
OFFERED = ("active", "zone", "state")
"""What of a unit changes the slots of all who work there."""


class Editing:
    """Reads and writes records; every save announces itself, asks for its spoken names and lets the slots follow.

    A doctor's at once; those of all who work at a unit by and by (see clinic.replanning).
    """

    def __init__(self, database: Database, rosters: Rosters, schedules: Schedules, clock: Clock) -> None:
        self._database, self._rosters, self._schedules, self._clock = database, rosters, schedules, clock

    def records(self, sort: Sort) -> list[Record]:
        """All of them, inactive ones too, in their order."""
        wanted = _select(sort).order_by(*(getattr(TABLES[sort].table, name) for name in TABLES[sort].order))
        return [dict(row._mapping) for row in self._database.rows(wanted)]

    def record(self, sort: Sort, record_id: int) -> Record:
        """One of them. Raises KeyError."""
        row = self._database.first(_select(sort).where(TABLES[sort].table.id == record_id))  # type: ignore[attr-defined]
        if row is None:
            raise KeyError(record_id)
        return dict(row._mapping)

    def save(self, sort: Sort, record_id: int | None, values: Record, seen: str = "") -> int:
        """Keep a new record, or one as it was `seen` (see `stamp`). Its id.

        Raises NameTaken, KeyError, and ChangedMeanwhile where it is not what was seen.
        """
        return self._saved(lambda connection: self._write(connection, sort, record_id, values, seen))

    def save_unit(
        self, unit_id: int | None, values: Record, opening: Mapping[int, tuple[time, time]], seen: str = ""
    ) -> int:
        """A unit with when people answer there, by weekday (0 is Monday). Raises as `save`.

        `seen` names all of that (see `seen_of_unit`).
        """

        def work(connection: Connection) -> int:
            saved = self._write(connection, "unit", unit_id, values, seen[:STAMPED])
            if unit_id is not None and _opening_stamp(connection, saved) != seen[STAMPED:]:
                raise ChangedMeanwhile
            connection.execute(delete(OpeningHours).where(OpeningHours.unit_id == saved))
            rows = [{"weekday": day, "opens": opens, "closes": closes} for day, (opens, closes) in opening.items()]
            if rows:
                connection.execute(insert(OpeningHours), [{"unit_id": saved, **row} for row in rows])
            return saved

        return self._saved(work)

    def seen_of_unit(self, unit_id: int) -> str:
        """Names a unit's record with when people answer there, as they stand. Raises KeyError."""
        record = self.record("unit", unit_id)
        with self._database.read() as connection:
            return stamp(record) + _opening_stamp(connection, unit_id)

    def save_doctor(
        self,
        doctor_id: int | None,
        values: Record,
        specialties: Mapping[int, str | None],
        payers: frozenset[tuple[int, int]],
        seen: str = "",
    ) -> int:
        """A doctor with the RQE of each specialty (or None) and the (payer, unit) pairs taken. Raises as `save`.

        Who logs in by the CRM does so by the one that is kept now. `seen` names all of that (see `seen_of`), or the
        record alone (see `stamp`).
        """

        def work(connection: Connection) -> int:
            named = {**values, "name_search": folded(values["name"])}
            saved = self._write(connection, "doctor", doctor_id, named, seen[:STAMPED])
            if seen[STAMPED:] and _offers(connection, saved) != seen[STAMPED:]:
                raise ChangedMeanwhile
            _log_in_by(connection, saved, crm_of(values["crm"], values["crm_state"]).value)
            connection.execute(delete(DoctorSpecialty).where(DoctorSpecialty.doctor_id == saved))
            connection.execute(delete(DoctorPayer).where(DoctorPayer.doctor_id == saved))
            _add(connection, DoctorSpecialty, saved, [{"specialty_id": k, "rqe": v} for k, v in specialties.items()])
            _add(connection, DoctorPayer, saved, [{"payer_id": one, "unit_id": unit} for one, unit in payers])
            return saved

        return self._saved(work, doctor=True)

    def seen_of(self, doctor_id: int) -> str:
        """Names a doctor's record with specialties and payers, as they stand. Raises KeyError."""
        record = self.record("doctor", doctor_id)
        with self._database.read() as connection:
            return stamp(record) + _offers(connection, doctor_id)

    def specialties_of(self, doctor_id: int) -> dict[int, str | None]:
        """The RQE of each of a doctor's specialties, None where there is none."""
        mine = select(DoctorSpecialty.specialty_id, DoctorSpecialty.rqe).where(DoctorSpecialty.doctor_id == doctor_id)
        return {row.specialty_id: row.rqe for row in self._database.rows(mine)}

    def specialties_of_all(self) -> dict[int, dict[int, str | None]]:
        """The same of every doctor, in one question."""
        columns = select(DoctorSpecialty.doctor_id, DoctorSpecialty.specialty_id, DoctorSpecialty.rqe)
        found: dict[int, dict[int, str | None]] = {}
        for row in self._database.rows(columns.order_by(DoctorSpecialty.doctor_id, DoctorSpecialty.specialty_id)):
            found.setdefault(row.doctor_id, {})[row.specialty_id] = row.rqe
        return found

    def payers_of(self, doctor_id: int) -> frozenset[tuple[int, int]]:
        """Which payer a doctor takes at which unit."""
        mine = select(DoctorPayer.payer_id, DoctorPayer.unit_id).where(DoctorPayer.doctor_id == doctor_id)
        return frozenset((row.payer_id, row.unit_id) for row in self._database.rows(mine))

    def opening(self, unit_id: int) -> dict[int, tuple[time, time]]:
        """When people answer at a unit, by weekday (0 is Monday); the widest span where there are several."""
        columns = select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
        found: dict[int, tuple[time, time]] = {}
        for row in self._database.rows(columns.where(OpeningHours.unit_id == unit_id)):
            opens, closes = found.get(row.weekday, (row.opens, row.closes))
            found[row.weekday] = min(opens, row.opens), max(closes, row.closes)
        return found

    def _write(self, connection: Connection, sort: Sort, record_id: int | None, values: Record, seen: str) -> int:
        table: Any = TABLES[sort].table
        need(connection, self._clock(), _spoken(sort, values))
        if record_id is None:
            return int(connection.execute(insert(table).values(**values)).lastrowid)
        connection.execute(update(table).where(table.id == record_id).values(id=record_id))  # others wait here
        now = connection.execute(_select(sort).where(table.id == record_id)).first()
        if now is None:
            raise KeyError(record_id)
        if stamp(dict(now._mapping)) != seen:
            raise ChangedMeanwhile
        connection.execute(update(table).where(table.id == record_id).values(**values))
        if sort == "unit" and any(values.get(name, before) != before for name, before in _offered(now)):
            profile = profile_of(connection)
            due(connection, self._clock())
            close_days(connection, window(self._clock(), profile.booking_days), profile.optional_holidays)
            tell(connection, self._clock())
        return record_id

    def _saved(self, work: Callable[[Connection], int], doctor: bool = False) -> int:
        def announced(connection: Connection) -> int:
            saved = work(connection)
            if doctor:
                due_of(connection, saved, self._clock())
            connection.execute(ANNOUNCE)
            return saved

        try:
            saved = self._database.write(announced)
        except IntegrityError as error:
            if taken(error):
                raise NameTaken from error
            raise
        self._rosters.forget()
        if doctor:
            self._schedules.generate(saved)
        return saved


def stamp(record: Mapping[Any, Any]) -> str:
    """Names a record as it stands; a form carries it, so that nobody writes over what he has not seen."""
    return sha256(repr(sorted(record.items())).encode()).hexdigest()[:STAMPED]


def _opening_stamp(connection: Connection, unit_id: int) -> str:
    """Names when people answer at a unit."""
    hours = select(OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    found = connection.execute(hours.where(OpeningHours.unit_id == unit_id))
    return sha256(repr(sorted(map(tuple, found))).encode()).hexdigest()[:STAMPED]


def _offers(connection: Connection, doctor_id: int) -> str:
    """Names a doctor's specialties and payers."""
    specialties = select(DoctorSpecialty.specialty_id, DoctorSpecialty.rqe)
    payers = select(DoctorPayer.payer_id, DoctorPayer.unit_id)
    found = [
        sorted(map(tuple, connection.execute(specialties.where(DoctorSpecialty.doctor_id == doctor_id)))),
        sorted(map(tuple, connection.execute(payers.where(DoctorPayer.doctor_id == doctor_id)))),
    ]
    return sha256(repr(found).encode()).hexdigest()[:STAMPED]


def _log_in_by(connection: Connection, doctor_id: int, crm: str) -> None:
    """Whoever logs in as this doctor does so by this CRM."""
    theirs = select(User.id).where(User.doctor_id == doctor_id)
    mine = update(Identity).where(Identity.kind == "crm", Identity.user_id.in_(theirs))
    connection.execute(mine.values(value=crm))


def _select(sort: Sort) -> Any:
    table: Any = TABLES[sort].table
    return select(table.id, *(getattr(table, name) for name in TABLES[sort].columns))


def _add(connection: Connection, table: type[Table], doctor_id: int, rows: list[Record]) -> None:
    if rows:
        connection.execute(insert(table), [{"doctor_id": doctor_id, **row} for row in rows])


def _offered(unit: Any) -> list[tuple[str, Any]]:
    return [(name, unit._mapping[name]) for name in OFFERED]


def _spoken(sort: Sort, values: Record) -> tuple[str | None, ...]:
    """What callers will hear of a record."""
    name = values.get("spoken") or values.get("name")
    if sort == "unit":
        return name, values.get("street")
    if sort == "kind":
        return None if values.get("code") in KINDS else name, values.get("preparation")
    return (name,)
