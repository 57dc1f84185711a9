"""Writing the directory: units, doctors, specialties, payers, kinds, prices. Each save asks for its spoken names."""

from collections.abc import Callable, Iterable, Sequence
from datetime import time
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, update

from clinic.clock import Clock
from clinic.kinds import NO_MARGIN, Margin
from clinic.names import need
from clinic.phones import normalise
from clinic.roster import Rosters
from clinic.schedules import ANNOUNCE
from db.session import Database
from db.tables import (
    Doctor,
    DoctorPayer,
    DoctorSpecialty,
    OpeningHours,
    Payer,
    Price,
    Specialty,
    Table,
    Unit,
    VisitKind,
)
from db.types import folded

KINDS = frozenset({"first", "consultation", "return", "exam"})
"""Kinds of visit that have a sentence of their own in the voice menus."""
T = TypeVar("T")


class Registry:
    """The writing half of the directory; every change is seen at once here, within two seconds elsewhere."""

    def __init__(self, database: Database, rosters: Rosters, clock: Clock) -> None:
        self._database, self._rosters, self._clock = database, rosters, clock

    def add_unit(
        self,
        name: str,
        street: str,
        city: str,
        state: str,
        zone: str = "America/Sao_Paulo",
        district: str = "",
        phone: str | None = None,
        spoken: str | None = None,
        position: int = 0,
    ) -> int:
        """A place of the clinic; `phone` is the number callers dial. Returns its id."""
        unit = {
            "name": name, "street": street, "city": city, "state": state, "zone": zone, "district": district,
            "phone": normalise(phone) or phone if phone else None, "spoken": spoken, "position": position,
        }  # fmt: skip
        return self._add(Unit, unit, (spoken or name, street))

    def set_opening(self, unit_id: int, weekdays: Iterable[int], opens: time, closes: time) -> None:
        """When people answer at a unit on these weekdays (0 is Monday); replaces what was said of them."""
        days = list(weekdays)
        rows = [{"unit_id": unit_id, "weekday": day, "opens": opens, "closes": closes} for day in days]

        def work(connection: Connection) -> None:
            mine = delete(OpeningHours).where(OpeningHours.unit_id == unit_id, OpeningHours.weekday.in_(days))
            connection.execute(mine)
            connection.execute(insert(OpeningHours), rows)

        self._save(work)

    def add_kind(
        self,
        code: str,
        name: str,
        minutes: int,
        preparation: str | None = None,
        bookable_by: Sequence[str] = ("patient", "desk"),
        margin: Margin = NO_MARGIN,
    ) -> int:
        """A kind of visit: code "first", "consultation", "return", "exam", or one of the clinic's own, which is called
        by its name. Returns its id.
        """
        kind = {
            "code": code, "name": name, "minutes": minutes, "preparation": preparation,
            "bookable_by": list(bookable_by), "before_minutes": margin.before, "after_minutes": margin.after,
        }  # fmt: skip
        return self._add(VisitKind, kind, (None if code in KINDS else name, preparation))

    def add_specialty(
        self,
        name: str,
        needs_rqe: bool = True,
        kind_id: int | None = None,
        spoken: str | None = None,
        position: int = 0,
    ) -> int:
        """A specialty; `kind_id` where only one kind of visit is booked under it. Returns its id."""
        specialty = {
            "name": name, "needs_rqe": needs_rqe, "kind_id": kind_id, "spoken": spoken, "position": position,
        }  # fmt: skip
        return self._add(Specialty, specialty, (spoken or name,))

    def add_doctor(
        self,
        name: str,
        title: str,
        crm: str,
        crm_state: str,
        specialties: dict[int, str | None],
        spoken: str | None = None,
        approves: bool = False,
        approval_hours: int = 24,
        return_days: int = 30,
        extra_quota: int = 2,
        position: int = 0,
    ) -> int:
        """A doctor; `title` as spoken ("doutora"), `specialties` with the RQE of each, or None. Returns the id."""
        doctor = {
            "name": name, "name_search": folded(name), "title": title, "crm": crm, "crm_state": crm_state,
            "spoken": spoken, "approves": approves, "approval_hours": approval_hours, "return_days": return_days,
            "extra_quota": extra_quota, "position": position,
        }  # fmt: skip

        def work(connection: Connection) -> int:
            need(connection, self._clock(), (spoken or name,))
            doctor_id = _insert(connection, Doctor, doctor)
            links = [{"doctor_id": doctor_id, "specialty_id": one, "rqe": rqe} for one, rqe in specialties.items()]
            if links:
                connection.execute(insert(DoctorSpecialty), links)
            return doctor_id

        return self._save(work)

    def set_active(self, doctor_id: int, active: bool) -> None:
        """Whether a doctor is offered; the slots follow with the next `generate`."""
        change = update(Doctor).where(Doctor.id == doctor_id).values(active=active)
        self._save(lambda connection: connection.execute(change))

    def add_payer(self, name: str, private: bool = False, spoken: str | None = None, position: int = 0) -> int:
        """Particular (`private`) or a convênio. Returns its id."""
        payer = {"name": name, "private": private, "spoken": spoken, "position": position}
        return self._add(Payer, payer, (spoken or name,))

    def accept(self, doctor_id: int, payer_id: int, units: Iterable[int]) -> None:
        """The doctor takes this payer at these units."""
        rows = [{"doctor_id": doctor_id, "payer_id": payer_id, "unit_id": unit} for unit in units]
        self._save(lambda connection: connection.execute(insert(DoctorPayer), rows))

    def set_price(self, doctor_id: int, kind_id: int, cents: int | None) -> None:
        """What the doctor charges for a kind of visit, particular, in centavos; None: nothing is said of a price."""

        def work(connection: Connection) -> None:
            connection.execute(delete(Price).where(Price.doctor_id == doctor_id, Price.kind_id == kind_id))
            if cents is not None:
                connection.execute(insert(Price).values(doctor_id=doctor_id, kind_id=kind_id, cents=cents))

        self._save(work)

    def _add(self, table: type[Table], values: dict[str, Any], spoken: Iterable[str | None]) -> int:
        def work(connection: Connection) -> int:
            need(connection, self._clock(), spoken)
            return _insert(connection, table, values)

        return self._save(work)

    def _save(self, work: Callable[[Connection], T]) -> T:
        def announced(connection: Connection) -> T:
            result = work(connection)
            connection.execute(ANNOUNCE)
            return result

        result = self._database.write(announced)
        self._rosters.forget()
        return result


def _insert(connection: Connection, table: type[Table], values: dict[str, Any]) -> int:
    new_id: int = connection.execute(insert(table).values(**values)).lastrowid
    return new_id
