"""Clinics to measure with: made through the services, on a database of the bench's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import product
from pathlib import Path
from typing import Any

from sqlalchemy import text

from clinic import demo_data
from clinic.clock import Clock, utc_now
from clinic.imports import Imports, NewPatient
from clinic.schedules import HoursInput
from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from db import migrate
from db.session import Database

SLOT_MINUTES = 30
KINDS = (("first", "Primeira consulta"), ("consultation", "Consulta"), ("return", "Retorno"))
HOURS = ((time(8), time(12)), (time(13), time(17)))
BIRTH = date(1980, 4, 5)
FIRST_DOCTOR_KEY = 2


@dataclass(frozen=True)
class Size:
    """How large a clinic is; doctors are of one specialty and one unit each."""

    units: int = 3
    specialties: int = 7
    doctors_each: int = 6
    patients: int = 100
    days: int = 14

    def places(self) -> Iterator[tuple[int, int]]:
        """Every specialty with every unit, by their places in the lists."""
        return product(range(self.specialties), range(self.units))


@dataclass(frozen=True)
class Made:
    """What was made, by id and in order."""

    specialties: list[int]
    units: list[int]
    payers: list[int]
    doctors: dict[tuple[int, int], list[int]]
    patients: list[int]
    cpfs: list[str]


def settings(url: str, spool: Path, **more: Any) -> Settings:
    """The settings of a bench's clinic; what is not given comes from the environment, the recordings for one."""
    return Settings(database_url=url, spool=spool, **more)


def make(url: str, spool: Path, size: Size, plan: bool = True, clock: Clock = utc_now) -> Made:
    """A clinic of that size in an empty database; with a `plan`, there is a convênio beside particular."""
    migrate.upgrade(url)
    database = Database(url)
    try:
        return _write(open_clinic(settings(url, spool), clock, database), Imports(database, clock), size, plan)
    finally:
        database.close()


def _write(clinic: Clinic, imports: Imports, size: Size, plan: bool) -> Made:
    clinic.profile.save(clinic.profile.get().model_copy(update={"name": demo_data.CLINIC, "booking_days": size.days}))
    for code, name in KINDS:
        clinic.directory.add_kind(code, name, SLOT_MINUTES)
    specialties = [
        clinic.directory.add_specialty(name, position=place)
        for place, name in enumerate(demo_data.SPECIALTIES[: size.specialties])
    ]
    units = [_unit(clinic, place) for place in range(size.units)]
    names = [demo_data.PRIVATE, *(demo_data.PLANS[:1] if plan else ())]
    payers = [clinic.directory.add_payer(one, one == demo_data.PRIVATE, position=n) for n, one in enumerate(names)]
    doctors: dict[tuple[int, int], list[int]] = {}
    for number, (specialty, unit, _) in enumerate(product(specialties, units, range(size.doctors_each))):
        doctors.setdefault((specialty, unit), []).append(_doctor(clinic, number, specialty, unit, payers))
    cpfs = [cpf(number) for number in range(1, size.patients + 1)]
    usual = {"usual_payer_id": payers[-1], "usual_unit_id": units[0]}
    patients = imports.patients(
        [NewPatient(f"Paciente {n}", one, BIRTH, phone=f"55119{n:08d}", **usual) for n, one in enumerate(cpfs, 1)]
    )
    return Made(specialties, units, payers, doctors, patients, cpfs)


def _unit(clinic: Clinic, place: int) -> int:
    one = demo_data.PLACES[place]
    return clinic.directory.add_unit(
        one.name, one.street, one.city, "SP", demo_data.ZONE, one.district, one.phone, position=place
    )


def _doctor(clinic: Clinic, number: int, specialty: int, unit: int, payers: Sequence[int]) -> int:
    one = demo_data.PHYSICIANS[number % len(demo_data.PHYSICIANS)]
    doctor = clinic.directory.add_doctor(
        one.name, one.title, f"{200000 + number}", "SP", {specialty: f"{50000 + number}"}, spoken=one.spoken,
        position=number,
    )  # fmt: skip
    for payer in payers:
        clinic.directory.accept(doctor, payer, [unit])
    hours = [HoursInput(unit, day, *times, "in_person", SLOT_MINUTES) for day in range(7) for times in HOURS]
    clinic.agenda.set_hours(doctor, hours)
    return doctor


def cpf(number: int) -> str:
    """The valid CPF whose first nine digits are that number."""
    digits = [int(one) for one in f"{number * 7919 % 1_000_000_000:09d}"]
    for weight in (10, 11):
        rest = sum(digit * (weight - place) for place, digit in enumerate(digits)) * 10 % 11
        digits.append(rest % 10)
    return "".join(map(str, digits))


NOT_FREE = "UPDATE slots SET status='free', held_until=NULL, hold_token=NULL, appointment_id=NULL WHERE status<>'free'"
WRITTEN_BY_CALLS = (
    "outbox",
    "appointment_changes",
    "appointments",
    "protocols",
    "guesses",
    "audit",
    "voice_notes",
    "calls",
)


def undo_calls(database: Database) -> None:
    """As if nobody had ever called."""
    with database.read() as connection:
        for table in WRITTEN_BY_CALLS:
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(NOT_FREE))


def sold(database: Database) -> tuple[int, int]:
    """Live appointments, and how many of them share a slot with another or stand in no slot of theirs."""
    with database.read() as connection:
        live = connection.scalar(text("SELECT COUNT(*) FROM appointments WHERE live = 1")) or 0
        apart = connection.scalar(
            text(
                "SELECT COUNT(DISTINCT s.id) FROM appointments a JOIN slots s ON s.id = a.slot_id"
                " AND s.appointment_id = a.id AND s.status = 'booked' WHERE a.live = 1"
            )
        )
    return int(live), int(live) - int(apart or 0)
