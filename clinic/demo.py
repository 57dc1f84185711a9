"""Fills an empty database with the demo clinic, through the services' own methods; every date is relative to today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from clinic import demo_access
from clinic import demo_data as data
from clinic.clock import Clock, utc_now
from clinic.demo_names import STATE, spoken_names
from clinic.demo_offered import offered
from clinic.demo_people import DemoPatient, people
from clinic.demo_stories import Cast, tell
from clinic.demo_visits import Staff, visits
from clinic.imports import Imports, NewPatient
from clinic.schedules import HoursInput
from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from db.session import Database
from db.tables import Unit

LEAVE = timedelta(days=400)


@dataclass(frozen=True)
class Places:
    """Ids of what was written, by name."""

    units: dict[str, int]
    specialties: dict[str, int]
    payers: dict[str, int]
    kinds: dict[str, int]


def fill(settings: Settings, clock: Clock = utc_now) -> bool:
    """Write the demo clinic and its accounts; False where there is a clinic already, which stays as it is."""
    database = Database(settings.database_url)
    try:
        clinic = open_clinic(settings, clock, database)
        empty = not database.first(select(Unit.id).limit(1))
        if empty:
            write(clinic, Imports(database, clock), settings.prompt_folders)
        if settings.demo or empty:
            demo_access.give(clinic, database)
        return empty
    finally:
        database.close()


def write(clinic: Clinic, imports: Imports, sounds: Sequence[Path]) -> None:
    """All of it, in about two seconds."""
    now = clinic.clock()
    today = now.astimezone(ZoneInfo(data.ZONE)).date()
    clinic.profile.save(clinic.profile.get().model_copy(update=data.PROFILE))
    clinic.names.need(*spoken_names())
    places = _places(clinic)
    doctors = [_doctor(clinic, one, places, position) for position, one in enumerate(data.PHYSICIANS)]
    away = doctors[[one.name for one in data.PHYSICIANS].index(data.ON_LEAVE)]
    clinic.agenda.add_absence(away, now - timedelta(days=7), now + LEAVE, "licença")
    patients = imports.patients([_patient(one, places, today) for one in people()])
    staff = _staff(places, doctors)
    imports.visits(visits(clinic, staff, patients, today), reminded=True)
    imports.offered(offered(clinic, staff, today))
    tell(clinic, Cast({one.physician.name: one.id for one in staff}, places.specialties, patients, sounds))


def _places(clinic: Clinic) -> Places:
    kinds = {
        code: clinic.directory.add_kind(code, name, minutes, preparation, margin=margin)
        for code, name, minutes, preparation, margin in data.KINDS
    }
    return Places(
        units={one.name: _unit(clinic, one, position) for position, one in enumerate(data.PLACES)},
        specialties={
            name: clinic.directory.add_specialty(
                name,
                needs_rqe=name not in data.WITHOUT_RQE,
                kind_id=kinds["exam"] if name in data.EXAMS else None,
                position=position,
            )
            for position, name in enumerate(data.SPECIALTIES)
        },
        payers={
            name: clinic.directory.add_payer(name, private=name == data.PRIVATE, position=position)
            for position, name in enumerate((data.PRIVATE, *data.PLANS))
        },
        kinds=kinds,
    )


def _unit(clinic: Clinic, one: data.Place, position: int) -> int:
    unit = clinic.directory.add_unit(
        one.name, one.street, one.city, STATE, data.ZONE, one.district, one.phone, position=position
    )
    for (opens, closes), weekdays in groupby(data.OPEN, key=lambda weekday: data.OPEN[weekday]):
        clinic.directory.set_opening(unit, list(weekdays), opens, closes)
    return unit


def _doctor(clinic: Clinic, one: data.Physician, places: Places, position: int) -> int:
    doctor = clinic.directory.add_doctor(
        one.name,
        one.title,
        one.crm,
        STATE,
        {places.specialties[name]: rqe for name, rqe in one.rqe.items()},
        spoken=one.spoken,
        approves=one.approves,
        return_days=one.return_days,
        position=position,
    )
    units = {places.units[shift.place.name] for shift in one.shifts}
    for payer in (data.PRIVATE, *one.plans):
        clinic.directory.accept(doctor, places.payers[payer], units)
    for code, kind in places.kinds.items():
        if code != "return":
            clinic.directory.set_price(doctor, kind, one.price)
    clinic.agenda.set_hours(doctor, list(_hours(one, places)))
    return doctor


def _hours(one: data.Physician, places: Places) -> Iterable[HoursInput]:
    for shift in one.shifts:
        for weekday in shift.weekdays:
            yield HoursInput(places.units[shift.place.name], weekday, *shift.hours, shift.modality, data.SLOT_MINUTES)


def _patient(one: DemoPatient, places: Places, today: date) -> NewPatient:
    return NewPatient(
        one.name,
        one.cpf,
        one.birth_date(today),
        one.phone,
        one.email,
        one.social_name,
        places.payers[one.plan],
        places.units[one.place],
        one.guardian,
        one.slow,
    )


def _staff(places: Places, doctors: list[int]) -> list[Staff]:
    return [
        Staff(id_, one, {name: places.specialties[name] for name in one.rqe}, places.units, places.payers, places.kinds)
        for id_, one in zip(doctors, data.PHYSICIANS, strict=True)
    ]
