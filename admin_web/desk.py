"""What the pages of the reception share: whose agenda, which day, and what belongs to the viewer."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from flask import abort, request, url_for

from admin_web.access import viewer
from admin_web.address import day_near, number
from clinic.access import may_see_unit
from clinic.days import Choice
from clinic.people import Person
from clinic.roster import UnitInfo
from clinic.slots import SlotInfo
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

DAY = timedelta(days=1)
IN_DRAWER = "X-Drawer"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says: the day, and whose agenda."""

    day: date
    unit_id: int | None
    specialty_id: int | None
    doctor_id: int | None
    column: int | None
    patient_id: int | None = None
    """For whom a time is looked for."""

    def query(self, **changes: object) -> dict[str, object]:
        """The same as arguments of an address, with changes; None leaves an argument out."""
        named = {
            "dia": self.day.isoformat(), "unidade": self.unit_id, "especialidade": self.specialty_id,
            "medico": self.doctor_id, "coluna": self.column, "paciente": self.patient_id,
        }  # fmt: skip
        return {name: value for name, value in {**named, **changes}.items() if value is not None}


def in_drawer() -> bool:
    """Whether the page's script asks, and shows the answer in its drawer."""
    return IN_DRAWER in request.headers


class LeftAgenda(Exception):
    """The doctor's hours were changed since the time was shown: it is there no more."""


class Reception:
    """What is asked, checked against what there is and who asks."""

    def __init__(self, clinic: "Clinic") -> None:
        self.clinic = clinic

    def units(self) -> list[UnitInfo]:
        """The units where the viewer works."""
        looking = viewer()
        return [unit for unit in self.clinic.units.all() if may_see_unit(looking, unit.id)]

    def all_units(self) -> dict[int, UnitInfo]:
        """Every unit by its id, offered or not."""
        return self.clinic.desk.roster().unit

    def today(self) -> date:
        """The day at the first unit."""
        return self.clinic.clock().astimezone(self.zone().tz).date()

    def zone(self) -> UnitInfo:
        """The unit whose clock a page without unit shows. 404 for a clinic that has none yet."""
        units = self.units() or self.clinic.units.all()
        return units[0] if units else abort(404)

    def asked(self, usual: date | None = None) -> Asked:
        """What the address says; what names nothing there is, or nothing of the viewer's, is left out.

        `usual`: the day where it says none; today.
        """
        given = request.args
        unit, specialty, doctor = (number(given.get(name)) for name in ("unidade", "especialidade", "medico"))
        roster = self.clinic.desk.roster()
        return Asked(
            _day(given.get("dia"), self.today(), usual),
            unit if unit in {one.id for one in self.units()} else None,
            specialty if specialty in {one.id for one in roster.specialties} else None,
            doctor if doctor in roster.doctors else None,
            number(given.get("coluna")),
            number(given.get("paciente")),
        )

    def choice(self, asked: Asked) -> Choice:
        """Whose agenda that is."""
        looking = viewer()
        units = {asked.unit_id} if asked.unit_id else set(looking.unit_ids) if _bound(looking) else set()
        return Choice(frozenset(units), asked.specialty_id, asked.doctor_id)

    def ours(self) -> frozenset[int]:
        """The units whose patients the viewer sees."""
        looking = viewer()
        return frozenset(unit for unit in self.all_units() if may_see_unit(looking, unit))

    def patient(self, patient_id: int | None) -> Person | None:
        """A patient out of an address; None for nobody."""
        try:
            return self.clinic.desk.bookings.person("patient", patient_id) if patient_id else None
        except KeyError:
            return None

    def slot(self, slot_id: int | None) -> SlotInfo:
        """A time of a unit of the viewer's; 404 for any other. Raises LeftAgenda."""
        if not slot_id:
            abort(404)
        try:
            slot = self.clinic.desk.bookings.slot(slot_id)
        except KeyError:
            raise LeftAgenda from None
        return slot if may_see_unit(viewer(), slot.unit_id) else abort(404)

    def check_appointment(self, appointment_id: int) -> None:
        """404 for an appointment that is not there, or at a unit of others."""
        if not self.clinic.access.may_see_appointment(viewer(), appointment_id):
            abort(404)

    def check_doctor(self, doctor_id: int) -> None:
        """404 for a doctor there is not."""
        if doctor_id not in self.clinic.desk.roster().doctors:
            abort(404)


def back_to(day: date, **more: object) -> str:
    """The agenda of a day."""
    return url_for("agenda.day", dia=day.isoformat(), **{name: value for name, value in more.items() if value})  # type: ignore[arg-type]


def _day(text: str | None, today: date, usual: date | None) -> date:
    day = day_near(text, today)
    return usual if usual and day == today and text != today.isoformat() else day


def _bound(looking: Viewer) -> bool:
    """Whether they work at some units alone."""
    return bool(looking.unit_ids) and not looking.roles & {"manager", "admin"}
