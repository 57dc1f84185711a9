"""Whose records somebody may see: patients their own and their dependants', doctors their patients', staff by unit.

The reception keeps one register of patients for all units, so staff sees every patient; appointments only of the units
where they work. Conditions are for the WHERE of whoever lists; `may_see_…` answers for one record.
"""

from sqlalchemy import ColumnElement, false, or_, select, true

from clinic.users import STAFF_ROLES, Viewer
from db.session import Database
from db.tables import Appointment, Patient

MANAGING = frozenset({"manager", "admin"})


class Access:
    """Asks the database where the viewer alone does not tell."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def may_see_patient(self, viewer: Viewer, patient_id: int) -> bool:
        """Whether this patient's record is theirs to see; also False where there is no such patient."""
        asked = select(Patient.id).where(Patient.id == patient_id, patients(viewer))
        return self._database.first(asked) is not None

    def may_see_appointment(self, viewer: Viewer, appointment_id: int) -> bool:
        """Whether this appointment is theirs to see; also False where there is no such appointment."""
        asked = select(Appointment.id).where(Appointment.id == appointment_id, appointments(viewer))
        return self._database.first(asked) is not None

    def acts_for(self, viewer: Viewer) -> list[int]:
        """The patients for whom somebody books in the portal: themselves, then their dependants."""
        if viewer.patient_id is None:
            return []
        mine = select(Patient.id).where(_own(viewer.patient_id))
        found = [row.id for row in self._database.rows(mine.order_by(Patient.birth_date, Patient.id))]
        return sorted(found, key=lambda one: one != viewer.patient_id)


def patients(viewer: Viewer) -> ColumnElement[bool]:
    """Which patients somebody may see, as a condition on `patients`."""
    if viewer.roles & STAFF_ROLES:
        return true()
    mine: list[ColumnElement[bool]] = []
    if viewer.patient_id is not None and "patient" in viewer.roles:
        mine.append(_own(viewer.patient_id))
    if viewer.doctor_id is not None and "doctor" in viewer.roles:
        mine.append(_seen_by(viewer.doctor_id))
    return or_(*mine) if mine else false()


def appointments(viewer: Viewer) -> ColumnElement[bool]:
    """Which appointments somebody may see, as a condition on `appointments`."""
    if viewer.roles & MANAGING:
        return true()
    mine: list[ColumnElement[bool]] = []
    if "attendant" in viewer.roles:
        mine.append(Appointment.unit_id.in_(sorted(viewer.unit_ids)) if viewer.unit_ids else true())
    if viewer.patient_id is not None and "patient" in viewer.roles:
        theirs = select(Patient.id).where(_own(viewer.patient_id))
        mine.append(Appointment.patient_id.in_(theirs))
    if viewer.doctor_id is not None and "doctor" in viewer.roles:
        mine.append(Appointment.doctor_id == viewer.doctor_id)
    return or_(*mine) if mine else false()


def seen(viewer: Viewer | None) -> ColumnElement[bool]:
    """The same, where nobody in particular looks: all of them."""
    return appointments(viewer) if viewer else true()


def may_see_unit(viewer: Viewer, unit_id: int) -> bool:
    """Whether somebody works with this unit's agenda: managers with all, attendants with theirs."""
    if viewer.roles & MANAGING:
        return True
    return "attendant" in viewer.roles and (not viewer.unit_ids or unit_id in viewer.unit_ids)


def may_see_doctor(viewer: Viewer, doctor_id: int) -> bool:
    """Whether somebody works with this doctor's hours and requests: staff with all, doctors with their own."""
    return bool(viewer.roles & STAFF_ROLES) or ("doctor" in viewer.roles and viewer.doctor_id == doctor_id)


def _own(patient_id: int) -> ColumnElement[bool]:
    return or_(Patient.id == patient_id, Patient.guardian_id == patient_id)


def _seen_by(doctor_id: int) -> ColumnElement[bool]:
    """Patients who have, or had, an appointment with the doctor; a cancelled one too: it was theirs."""
    visit = select(Appointment.id).where(Appointment.patient_id == Patient.id, Appointment.doctor_id == doctor_id)
    return visit.correlate(Patient).exists()
