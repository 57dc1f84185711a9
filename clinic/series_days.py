"""Whether a doctor's time is free on the days of a series, why not, and what is near in the same week."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from clinic import quotas
from clinic.agenda import Agenda
from clinic.appointments import Booking
from clinic.holds import SlotTaken
from clinic.roster import Roster, UnitInfo
from clinic.series_dates import Day, week_of
from clinic.slots import Criteria, SlotInfo
from clinic.terms import Terms
from clinic.units import Units
from db.session import Database
from db.tables import Absence, Slot

NEAR = 3
Planned = Sequence[tuple[date, datetime | None]]
_SLOTS = select(Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at, Slot.status)


def chosen_time(find: Callable[[int], SlotInfo], slot_id: int, doctor_id: int, unit: UnitInfo, day: date) -> SlotInfo:
    """The time that was chosen, of that doctor at that unit, in the week of the day. Raises SlotTaken for any other.

    `find` tells a time by its id, and raises KeyError.
    """
    try:
        slot = find(slot_id)
    except KeyError as error:
        raise SlotTaken from error
    begins, ends = week_of(day, unit.tz)
    if (slot.doctor_id, slot.unit_id) != (doctor_id, unit.id) or not begins <= slot.starts_at < ends:
        raise SlotTaken
    return slot


@dataclass(frozen=True, slots=True)
class Asked:
    """What each visit of a series is: `specialty` under which the doctor is found, and what the patient has to come."""

    terms: Terms
    specialty: int
    coming: Sequence[Booking]
    now: datetime
    moving: int = 0
    """The visit that would be moved there, whose own place counts for nothing."""

    @property
    def length(self) -> timedelta:
        """How long one takes."""
        return timedelta(minutes=self.terms.kind.minutes)

    def clash(self, at: datetime) -> Booking | None:
        """What the patient has then."""
        ends = at + self.length
        return next((one for one in self.coming if one.starts_at < ends and at < one.ends_at), None)


class SeriesDays:
    """Looks once at all days of a series."""

    def __init__(
        self, database: Database, roster: Roster, units: Units, agenda: Agenda, asked: Asked, planned: Planned
    ) -> None:
        self._database, self._roster, self._units, self._agenda = database, roster, units, agenda
        self._asked, self._planned, self._zone = asked, planned, units.get(asked.terms.unit_id).tz

    def look(self, made: Mapping[date, Booking]) -> tuple[Day, ...]:
        """Each day, in order; `made`: what stands for a day already."""
        return tuple(self._day(n, day, at, made.get(day)) for n, (day, at) in enumerate(self._planned, 2))

    def _day(self, n: int, day: date, at: datetime | None, made: Booking | None) -> Day:
        if made is not None:
            return Day(n, day, at, "booked", booking=made)
        free = self._free(day)
        slot = next((one for one in free if one.starts_at == at), None)
        clash = self._asked.clash(at) if at else None
        if slot is not None and clash is None:
            return Day(n, day, at, "free", slot)
        found = Day(n, day, at, "overlaps", booking=clash) if clash else self._why(Day(n, day, at, "taken"))
        return replace(found, near=self._near(free, at or week_of(day, self._zone)[0]))

    def _free(self, day: date) -> list[SlotInfo]:
        """What is free in the week of a day, and the patient too."""
        terms = self._asked.terms
        criteria = Criteria(
            self._asked.specialty, terms.doctor_id, terms.unit_id, terms.payer_id, terms.modality,
            minutes=terms.kind.minutes, margin=terms.kind.margin, moving=self._asked.moving,
        )  # fmt: skip
        return self._agenda.between(criteria, *week_of(day, self._zone))

    def _near(self, free: Iterable[SlotInfo], at: datetime) -> tuple[SlotInfo, ...]:
        """Up to three, of the same day before others, the nearest first; then by time."""
        theirs = [one for one in free if one.starts_at != at and not self._asked.clash(one.starts_at)]
        nearest = sorted(
            theirs, key=lambda one: (self._local(one.starts_at) != self._local(at), abs(one.starts_at - at))
        )
        return tuple(sorted(nearest[:NEAR], key=lambda one: one.starts_at))

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _why(self, found: Day) -> Day:
        """What stands in the way of a time that is not free."""
        if found.at is None:
            return replace(found, what="clock")
        if found.at <= self._asked.now:
            return replace(found, what="past")
        if found.day > self._agenda.last_day():
            return replace(found, what="outside")
        holiday = self._units.holiday(self._asked.terms.unit_id, found.day)
        if holiday:
            return replace(found, what="holiday", name=holiday)
        if self._away(found.at):
            return replace(found, what="away")
        return self._of_slot(found, self._rows.get(found.at))

    def _of_slot(self, found: Day, row: Any) -> Day:
        """By the row of the time itself."""
        terms = self._asked.terms
        if row is None or row.status == "blocked" or row.modality not in (terms.modality, "any"):
            return replace(found, what="no_hours")
        if row.status != "free":
            return found
        columns = {"doctor_id": terms.doctor_id, "unit_id": terms.unit_id, "payer_id": terms.payer_id}
        limit = quotas.over(self._database, self._roster, {**columns, "starts_at": row.starts_at}, self._asked.moving)
        if limit:
            return replace(found, what="quota", slot=SlotInfo(*row[:6]), number=limit)
        return replace(found, what="too_short")

    @cached_property
    def _rows(self) -> dict[datetime, Any]:
        """The doctor's slots at the very times, free or not."""
        terms, times = self._asked.terms, [at for _, at in self._planned if at]
        mine = _SLOTS.where(Slot.doctor_id == terms.doctor_id, Slot.unit_id == terms.unit_id)
        return {row.starts_at: row for row in self._database.rows(mine.where(Slot.starts_at.in_(times)))}

    @cached_property
    def _absences(self) -> list[Any]:
        mine = select(Absence.starts_at, Absence.ends_at).where(Absence.doctor_id == self._asked.terms.doctor_id)
        return list(self._database.rows(mine.where(Absence.ends_at > self._asked.now)))

    def _away(self, at: datetime) -> bool:
        return any(one.starts_at < at + self._asked.length and at < one.ends_at for one in self._absences)
