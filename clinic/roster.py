"""The whole directory in memory: units, doctors, specialties, payers, kinds, hours. Small, and read far oftener than
changed; a counter in the database tells when to read it again."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from datetime import time as time_of_day
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from clinic.kinds import KINDS, KindInfo, kind_of
from clinic.public_holidays import OwnHoliday
from db.session import Database
from db.tables import (
    ClinicProfile,
    Doctor,
    DoctorPayer,
    DoctorSpecialty,
    Holiday,
    OpeningHours,
    Payer,
    PayerQuota,
    Price,
    Specialty,
    Unit,
    WorkingHours,
)

__all__ = [
    "EVERYWHERE", "HOLIDAYS", "HOURS", "UNITS", "DoctorRow", "HoursRow", "KindInfo", "PayerInfo", "Roster", "Rosters",
    "SpecialtyRow", "UnitInfo", "load_roster",
]  # fmt: skip

FRESH_S = 2.0
EVERYWHERE = 0
"""In place of a unit: all of them together."""

UNITS = (
    select(Unit.id, Unit.name, Unit.spoken, Unit.street, Unit.district, Unit.city, Unit.state, Unit.zone, Unit.phone)
    .add_columns(Unit.active)
    .order_by(Unit.position, Unit.name)
)
SPECIALTIES = select(
    Specialty.id, Specialty.name, Specialty.spoken, Specialty.needs_rqe, Specialty.kind_id, Specialty.active
).order_by(Specialty.position, Specialty.name)
DOCTORS = (
    select(Doctor.id, Doctor.name, Doctor.spoken, Doctor.title, Doctor.crm, Doctor.crm_state, Doctor.approves)
    .add_columns(Doctor.approval_hours, Doctor.return_days, Doctor.extra_quota, Doctor.active, Doctor.weight)
    .order_by(Doctor.position, Doctor.name_search, Doctor.id)
)
RQES = select(DoctorSpecialty.doctor_id, DoctorSpecialty.specialty_id, DoctorSpecialty.rqe)
PAYERS = select(Payer.id, Payer.name, Payer.spoken, Payer.private, Payer.active).order_by(Payer.position, Payer.name)
ACCEPTS = (
    select(DoctorPayer.doctor_id, DoctorPayer.payer_id, DoctorPayer.unit_id)
    .join(Payer, Payer.id == DoctorPayer.payer_id)
    .join(Unit, Unit.id == DoctorPayer.unit_id)
    .where(Payer.active, Unit.active)
)
PRICES = select(Price.doctor_id, Price.kind_id, Price.cents)
HOURS = (
    select(WorkingHours.doctor_id, WorkingHours.unit_id, WorkingHours.weekday, WorkingHours.starts, WorkingHours.ends)
    .add_columns(WorkingHours.modality, WorkingHours.slot_minutes, WorkingHours.valid_from, WorkingHours.valid_until)
    .join(Unit, Unit.id == WorkingHours.unit_id)
    .where(Unit.active)
    .order_by(WorkingHours.doctor_id, WorkingHours.weekday, WorkingHours.starts)
)
OPENING = select(OpeningHours.unit_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
QUOTAS = select(PayerQuota.payer_id, PayerQuota.doctor_id, PayerQuota.unit_id, PayerQuota.per_day)
HOLIDAYS = select(Holiday.day, Holiday.name, Holiday.unit_id, Holiday.works)


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A place of the clinic; `zone` is its IANA time zone. `active` ones alone are offered."""

    id: int
    name: str
    spoken: str | None
    street: str
    district: str
    city: str
    state: str
    zone: str
    phone: str | None
    active: bool = True

    @property
    def tz(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone)

    @property
    def says(self) -> str:
        """How its name is spoken."""
        return self.spoken or self.name


@dataclass(frozen=True, slots=True)
class PayerInfo:
    """Who pays: `private` is particular, the others are convênios. `active` ones alone are offered."""

    id: int
    name: str
    says: str
    private: bool
    active: bool = True


@dataclass(frozen=True, slots=True)
class SpecialtyRow:
    """A specialty as it is stored; `active` ones alone are offered."""

    id: int
    name: str
    says: str
    needs_rqe: bool
    kind_id: int | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """A doctor as stored; `active` ones alone are offered."""

    id: int
    name: str
    says: str
    title: str
    crm: str
    crm_state: str
    approves: bool
    approval_hours: int
    return_days: int
    extra_quota: int
    active: bool
    weight: int


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Weekly hours of a doctor at a unit, in the unit's own time; weekday 0 is Monday."""

    doctor_id: int
    unit_id: int
    weekday: int
    starts: time_of_day
    ends: time_of_day
    modality: str
    slot_minutes: int
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True)
class Roster:
    """One consistent picture. Orders are the fixed ones in which things are offered.

    What is offered no more is still known by its id (`unit`, `specialty`, `payer`): appointments name it.
    """

    unit: dict[int, UnitInfo]
    specialty: dict[int, SpecialtyRow]
    doctors: dict[int, DoctorRow]
    rqe: dict[tuple[int, int], str | None]
    payer: dict[int, PayerInfo]
    accepts: frozenset[tuple[int, int, int]]
    kinds: tuple[KindInfo, ...]
    prices: dict[tuple[int, int], int]
    hours: tuple[HoursRow, ...]
    opening: tuple[tuple[int, int, time_of_day, time_of_day], ...]
    holidays: tuple[OwnHoliday, ...]
    quotas: tuple[tuple[int, int, int, int], ...] = ()

    @cached_property
    def kind(self) -> dict[int, KindInfo]:
        """Kinds of visit by id."""
        return {one.id: one for one in self.kinds}

    @cached_property
    def quotas_of(self) -> dict[int, dict[int, list[tuple[int, int]]]]:
        """Visits a day by payer and doctor: each a unit (or EVERYWHERE) and how many."""
        found: dict[int, dict[int, list[tuple[int, int]]]] = {}
        for payer, doctor, unit, per_day in self.quotas:
            found.setdefault(payer, {}).setdefault(doctor, []).append((unit, per_day))
        return found

    @cached_property
    def units(self) -> tuple[UnitInfo, ...]:
        """The units that are offered."""
        return tuple(one for one in self.unit.values() if one.active)

    @cached_property
    def specialties(self) -> tuple[SpecialtyRow, ...]:
        """The specialties that are offered."""
        return tuple(one for one in self.specialty.values() if one.active)

    @cached_property
    def payers(self) -> tuple[PayerInfo, ...]:
        """The payers that are offered."""
        return tuple(one for one in self.payer.values() if one.active)

    @cached_property
    def hours_of(self) -> dict[int, list[HoursRow]]:
        """Working hours by doctor."""
        found: dict[int, list[HoursRow]] = {}
        for one in self.hours:
            found.setdefault(one.doctor_id, []).append(one)
        return found

    @cached_property
    def announceable(self) -> dict[int, tuple[int, ...]]:
        """Doctors by specialty, in fixed order: active, and with an RQE wherever the specialty needs one."""
        needs = {one.id: one.needs_rqe for one in self.specialties}
        found: dict[int, list[int]] = {specialty: [] for specialty in needs}
        for doctor in self.doctors.values():
            for (doctor_id, specialty), rqe in self._rqe_by_doctor.get(doctor.id, ()):
                if doctor.active and specialty in needs and (rqe or not needs[specialty]):
                    found[specialty].append(doctor_id)
        return {specialty: tuple(doctors) for specialty, doctors in found.items()}

    @cached_property
    def weights(self) -> dict[int, int]:
        """Of the doctors whose weight is not 1 (see clinic.fairness)."""
        return {one.id: one.weight for one in self.doctors.values() if one.weight != 1}

    @cached_property
    def _rqe_by_doctor(self) -> dict[int, list[tuple[tuple[int, int], str | None]]]:
        found: dict[int, list[tuple[tuple[int, int], str | None]]] = {}
        for key, rqe in self.rqe.items():
            found.setdefault(key[0], []).append((key, rqe))
        return found

    @cached_property
    def accepted_at(self) -> dict[tuple[int, int], frozenset[int]]:
        """The units at which a doctor takes a payer, by (doctor, payer)."""
        found: dict[tuple[int, int], set[int]] = {}
        for doctor, payer, unit in self.accepts:
            found.setdefault((doctor, payer), set()).add(unit)
        return {key: frozenset(units) for key, units in found.items()}


class Rosters:
    """Hands out the picture; what it shows may be two seconds old, after one's own changes it is new."""

    def __init__(self, database: Database, ticks: Callable[[], float] = time.monotonic) -> None:
        self._database, self._ticks = database, ticks
        self._roster: Roster | None = None
        self._version = -1
        self._checked = 0.0
        self._one_reads = threading.Lock()

    def get(self) -> Roster:
        """The picture."""
        known = self._roster
        if known is not None and self._ticks() - self._checked < FRESH_S:
            return known
        with self._one_reads:
            return self._refreshed()

    def forget(self) -> None:
        """Read again next time."""
        self._roster = None

    def _refreshed(self) -> Roster:
        known, now = self._roster, self._ticks()
        if known is not None and now - self._checked < FRESH_S:
            return known
        version = self._database.first(select(ClinicProfile.directory_version).where(ClinicProfile.id == 1))
        if known is None or version is None or version[0] != self._version:
            with self._database.read() as connection:
                known = load_roster(connection)
        self._roster, self._version, self._checked = known, version[0] if version else -1, now
        return known


def load_roster(connection: Connection) -> Roster:
    """Read everything; in a transaction that holds the directory it is exact."""

    def rows(statement: Any) -> Any:
        return connection.execute(statement).all()

    return Roster(
        unit={row[0]: UnitInfo(*row) for row in rows(UNITS)},
        specialty={row[0]: SpecialtyRow(row[0], row[1], row[2] or row[1], *row[3:]) for row in rows(SPECIALTIES)},
        doctors={row[0]: DoctorRow(row[0], row[1], row[2] or row[1], *row[3:]) for row in rows(DOCTORS)},
        rqe={(row[0], row[1]): row[2] for row in rows(RQES)},
        payer={row[0]: PayerInfo(row[0], row[1], row[2] or row[1], *row[3:]) for row in rows(PAYERS)},
        accepts=frozenset((row[0], row[1], row[2]) for row in rows(ACCEPTS)),
        kinds=tuple(kind_of(row) for row in rows(KINDS)),
        prices={(row[0], row[1]): row[2] for row in rows(PRICES)},
        hours=tuple(HoursRow(*row) for row in rows(HOURS)),
        opening=tuple(tuple(row) for row in rows(OPENING)),
        holidays=tuple(OwnHoliday(*row) for row in rows(HOLIDAYS)),
        quotas=tuple(tuple(row) for row in rows(QUOTAS)),
    )
