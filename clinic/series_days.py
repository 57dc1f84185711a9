"""Whether a doctor's time is free on the days of a series, why not, and what is near in the same week."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from typing import Any

from sqlalchemy import select

from clinic.agenda import Agenda
from clinic.appointments import Booking
from clinic.holds import SlotTaken
from clinic.roster import UnitInfo
from clinic.search import Ask
from clinic.series_dates import Day, week_of
from clinic.series_room import Room
from clinic.slots import Criteria, SlotInfo
from clinic.terms import Terms
from clinic.units import Units
from db.session import Database
from db.tables import Absence

NEAR = 3


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
    """What a visit of a series is: `specialty` under which the doctor is found, and what the patient has to come."""

    terms: Terms
    specialty: int
    coming: Sequence[Booking]
    moving: Booking | None = None
    """The visit that would be moved there."""
    gone: frozenset[int] = frozenset()
    """Visits of the series that are elsewhere by then, the one that moves among them: their time is as free."""

    @property
    def length(self) -> timedelta:
        """How long it takes."""
        return timedelta(minutes=self.terms.kind.minutes)

    def clash(self, at: datetime) -> Booking | None:
        """What the patient has then."""
        ends = at + self.length
        return next((one for one in self.coming if one.starts_at < ends and at < one.ends_at), None)


class SeriesDays:
    """Looks at the days of a series with one doctor, whose slots of all these weeks are in the room."""

    def __init__(
        self, database: Database, units: Units, agenda: Agenda, doctor_id: int, room: Room, now: datetime
    ) -> None:
        self._database, self._units, self._agenda, self._doctor = database, units, agenda, doctor_id
        self._room, self._now = room, now

    def look(self, n: int, day: date, at: datetime | None, asked: Asked) -> Day:
        """The `n`th: what stands in its way."""
        ask, zone = self._ask(asked), self._units.get(asked.terms.unit_id).tz
        free = self._room.free(ask, week_of(day, zone), asked.gone, asked.moving)
        slot = next((one for one in free if one.starts_at == at), None)
        clash = asked.clash(at) if at else None
        if slot is not None and clash is None:
            return Day(n, day, at, "free", slot)
        found = Day(n, day, at, "overlaps", booking=clash) if clash else self._why(Day(n, day, at, "taken"), asked, ask)
        theirs = (one for one in free if one.starts_at != at and not asked.clash(one.starts_at))
        return replace(found, near=_near(theirs, at or week_of(day, zone)[0], zone))

    def _ask(self, asked: Asked) -> Ask:
        terms = asked.terms
        wanted = Criteria(
            asked.specialty, terms.doctor_id, terms.unit_id, terms.payer_id, terms.modality,
            minutes=terms.kind.minutes, margin=terms.kind.margin,
        )  # fmt: skip
        return self._agenda.ask(wanted)

    def _why(self, found: Day, asked: Asked, ask: Ask) -> Day:
        """What stands in the way of a time that is not free."""
        if found.at is None:
            return replace(found, what="clock")
        if found.at <= self._now:
            return replace(found, what="past")
        if found.day > self._agenda.last_day():
            return replace(found, what="outside")
        holiday = self._units.holiday(asked.terms.unit_id, found.day)
        if holiday:
            return replace(found, what="holiday", name=holiday)
        if self._away(found.at, found.at + asked.length):
            return replace(found, what="away")
        return self._of_slot(found, found.at, asked, ask)

    def _of_slot(self, found: Day, at: datetime, asked: Asked, ask: Ask) -> Day:
        """By the row of the time itself."""
        terms = asked.terms
        row, free = self._room.at(terms.unit_id, at, asked.gone) or (None, False)
        if row is None or row.status == "blocked" or row.modality not in (terms.modality, "any"):
            return replace(found, what="no_hours")
        if not free:
            return found
        slot = SlotInfo(*row[:6])
        limit = self._room.over(ask.limits, slot, asked.gone)
        if limit:
            return replace(found, what="quota", slot=slot, number=limit)
        return replace(found, what="too_short")

    @cached_property
    def _absences(self) -> list[Any]:
        mine = select(Absence.starts_at, Absence.ends_at).where(Absence.doctor_id == self._doctor)
        return list(self._database.rows(mine.where(Absence.ends_at > self._now)))

    def _away(self, begins: datetime, ends: datetime) -> bool:
        return any(one.starts_at < ends and begins < one.ends_at for one in self._absences)


def _near(these: Iterable[SlotInfo], at: datetime, zone: tzinfo) -> tuple[SlotInfo, ...]:
    """Up to three, of the same day before others, the nearest first; then by time."""
    day = at.astimezone(zone).date()
    nearest = sorted(these, key=lambda one: (one.starts_at.astimezone(zone).date() != day, abs(one.starts_at - at)))
    return tuple(sorted(nearest[:NEAR], key=lambda one: one.starts_at))
