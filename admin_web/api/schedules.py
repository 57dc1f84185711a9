"""/doctors/…/hours and /absences: when a doctor works; doctors their own, managers everybody's."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from flask import abort
from pydantic import Field

from admin_web.access import DOCTORS, MANAGERS, viewer
from admin_web.api.answering import not_found_unless, version_of
from admin_web.api.faults import Fault, unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.types import Clock, Day, Given, Moment, RecordId, Shown, Words, as_time, clock
from clinic.agenda import HoursInput

if TYPE_CHECKING:
    from clinic.services import Clinic

WHO = DOCTORS | MANAGERS
Anyhow = Literal["in_person", "video", "any"]


class HoursRow(Given):
    """Hours on one weekday (0 is Monday), by the unit's clock; `ends` 00:00 is midnight at the day's end."""

    unit_id: RecordId
    weekday: Annotated[int, Field(ge=0, le=6)]
    starts: Clock
    ends: Clock
    modality: Anyhow = "in_person"
    slot_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    valid_from: Day | None = None
    valid_until: Day | None = None


class HoursWanted(Given):
    """All of a doctor's weekly hours."""

    items: Annotated[list[HoursRow], Field(max_length=100)]


class ShownHours(Shown):
    """Hours on one weekday, as they stand."""

    unit_id: int
    weekday: int
    starts: str
    ends: str
    modality: str
    slot_minutes: int
    valid_from: date | None
    valid_until: date | None


class Hours(Shown):
    """All of a doctor's weekly hours; `outside`: appointments that lie outside them and stay until they are moved."""

    items: list[ShownHours]
    outside: list[int] = Field(default_factory=list)


class NewAbsence(Given):
    """When the doctor is away."""

    starts_at: Moment
    ends_at: Moment
    reason: Words = ""


class Absence(Shown):
    """When a doctor is away, and why."""

    id: int
    starts_at: datetime
    ends_at: datetime
    reason: str


class Absences(Shown):
    """Those that are not over; `hits`: appointments within the new one, which stay until they are moved."""

    items: list[Absence]
    hits: list[int] = Field(default_factory=list)


class Practice:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def hours(self, asked: Asked) -> Reply:
        """As they stand."""
        return self._hours(asked.path["doctor_id"])

    def set_hours(self, asked: Asked) -> Reply:
        """Replace them; free time follows at once."""
        doctor_id, given = asked.path["doctor_id"], asked.body.items
        hours = [self._input(one) for one in given]
        outside = [one.id for one in self._clinic.practice.hit_by_hours(doctor_id, hours)]
        self._clinic.practice.set_hours(doctor_id, hours, lambda now: version_of(_as_shown(now)) == asked.version)
        self._clinic.audit.add(asked.viewer.ref, "hours.changed", "doctor", doctor_id)
        return self._hours(doctor_id, outside)

    def absences(self, asked: Asked) -> Reply:
        """Those that are not over."""
        return self._absences(asked.path["doctor_id"])

    def add_absence(self, asked: Asked) -> Reply:
        """The doctor is away: free time goes at once."""
        doctor_id, given = asked.path["doctor_id"], asked.body
        hits = self._clinic.practice.add_absence(doctor_id, given.starts_at, given.ends_at, given.reason.strip())
        self._clinic.audit.add(asked.viewer.ref, "absence.added", "doctor", doctor_id)
        return self._absences(doctor_id, hits)

    def remove_absence(self, asked: Asked) -> Reply:
        """The doctor is there after all."""
        doctor_id = asked.path["doctor_id"]
        try:
            self._clinic.practice.remove_absence(doctor_id, asked.path["absence_id"])
        except KeyError:
            abort(404)
        self._clinic.audit.add(asked.viewer.ref, "absence.removed", "doctor", doctor_id)
        return Reply()

    def is_theirs(self, doctor_id: int, absence_id: int = 0) -> bool:  # noqa: ARG002 - both are in the path
        """Whether these hours are theirs: a doctor's own, any for managers."""
        looking = viewer()
        mine = looking.doctor_id == doctor_id and "doctor" in looking.roles
        return self._clinic.practice.doctor(doctor_id) is not None and bool(mine or looking.roles & MANAGERS)

    def _input(self, row: HoursRow) -> HoursInput:
        if row.unit_id not in {unit.id for unit in self._clinic.units.all()}:
            raise unknown("unit_id")
        starts, ends = as_time(row.starts), as_time(row.ends)
        if starts == ends or (ends < starts and row.ends != "00:00"):
            errors = [{"field": "ends", "message": "Precisa ser depois do começo."}]
            raise Fault(422, "invalid", "Um horário termina antes de começar", "", errors)
        return HoursInput(
            row.unit_id, row.weekday, starts, ends, row.modality, row.slot_minutes, row.valid_from, row.valid_until
        )

    def _shown(self, doctor_id: int) -> Hours:
        return _as_shown(self._clinic.practice.hours(doctor_id))

    def _hours(self, doctor_id: int, outside: list[int] | None = None) -> Reply:
        shown = self._shown(doctor_id)
        return Reply(Hours(items=shown.items, outside=outside or []), version_of(shown))

    def _absences(self, doctor_id: int, hits: list[int] | None = None) -> Reply:
        found = [Absence.model_validate(one) for one in self._clinic.practice.absences(doctor_id)]
        return Reply(Absences(items=found, hits=hits or []))


def _as_shown(hours: list[HoursInput]) -> Hours:
    return Hours(items=[_row(one) for one in hours])


def _row(one: HoursInput) -> ShownHours:
    return ShownHours(
        unit_id=one.unit_id, weekday=one.weekday, starts=clock(one.starts), ends=clock(one.ends),
        modality=one.modality, slot_minutes=one.slot_minutes, valid_from=one.valid_from, valid_until=one.valid_until,
    )  # fmt: skip


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = Practice(clinic)
    hours, absences = "/doctors/<int:doctor_id>/hours", "/doctors/<int:doctor_id>/absences"
    theirs = not_found_unless(own.is_theirs)
    return Part("Horários dos médicos", [
        Operation("GET", hours, "get_hours", "Os horários de um médico", own.hours, WHO, "schedules:read", shows=Hours,
                  guard=theirs, versioned=True),
        Operation("PUT", hours, "replace_hours", "Guardar todos os horários de um médico", own.set_hours, WHO,
                  "schedules:write", body=HoursWanted, shows=Hours, guard=theirs, edits=True),
        Operation("GET", absences, "list_absences", "As ausências de um médico", own.absences, WHO, "schedules:read",
                  shows=Absences, guard=theirs),
        Operation("POST", absences, "add_absence", "Anotar uma ausência", own.add_absence, WHO, "schedules:write",
                  body=NewAbsence, shows=Absences, status=201, guard=theirs),
        Operation("DELETE", f"{absences}/<int:absence_id>", "remove_absence", "Retirar uma ausência",
                  own.remove_absence, WHO, "schedules:write", status=204, guard=theirs),
    ])  # fmt: skip
