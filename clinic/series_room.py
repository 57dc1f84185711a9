"""A doctor's slots in the weeks of a series, read at once: what is free of them, as visits go elsewhere in turn."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import and_, or_, select

from clinic.appointments import Booking, Line
from clinic.chains import chains
from clinic.margins import TAKEN, reach
from clinic.margins import length as length_of
from clinic.quotas import Limits, counted, places_of
from clinic.search import Ask, accepted
from clinic.slots import SlotInfo
from db.session import Database
from db.tables import Slot

DAY = timedelta(days=1)
"""No slot is longer: so much beside a week may matter in it."""
Week = tuple[datetime, datetime]
Gone = Collection[int]
"""Visits that will be elsewhere by then: their slots are as free, and they have no place in a quota."""
COLUMNS = (
    Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at, Slot.status, Slot.off_plan,
    Slot.appointment_id,
)  # fmt: skip


class Room:
    """One question for the slots of all weeks, and one for the visits of each payer who has a quota with the doctor."""

    def __init__(self, database: Database, doctor_id: int, weeks: Sequence[Week], visits: Sequence[Line] = ()) -> None:
        """`visits`: of the series, those which may be gone; all of one person."""
        self._database, self._doctor, self._weeks, self._visits = database, doctor_id, weeks, visits
        self._by_payer: dict[int, Counter[tuple[int, int, date]]] = {}

    def free(self, ask: Ask, week: Week, gone: Gone = (), moving: Booking | None = None) -> list[SlotInfo]:
        """The times of a week that fit, by the rules of `clinic.search`; not where the one that moves begins now."""
        begins, ends = max(ask.start, week[0]), min(ask.end, week[1])
        if not ask.doctors or begins >= ends:
            return []
        rows = self._between(begins, ends + timedelta(minutes=ask.minutes))
        slots = [SlotInfo(*one[:6]) for one in rows if _open(one, gone) and _suits(ask, one)]
        found = (one for one in chains(slots, ask.minutes) if one.starts_at < ends and accepted(ask, one))
        there = [one for one in found if moving is None or not _begins(moving, one)]
        return [one for one in there if not self.over(ask.limits, one, gone) and self._clear(ask, one, gone)]

    def at(self, unit_id: int, moment: datetime, gone: Gone = ()) -> tuple[Line, bool] | None:
        """The slot that begins then at a unit, and whether it is free; None where there is none."""
        here = self._between(moment, moment + timedelta(microseconds=1))
        return next(((one, _open(one, gone)) for one in here if one.unit_id == unit_id), None)

    def over(self, limits: Limits | None, slot: SlotInfo, gone: Gone = ()) -> int:
        """The quota that one more visit of the payer would go over; 0 where there is room."""
        return limits.over(slot, self._of_payer(limits, gone)) if limits else 0

    @cached_property
    def _slots(self) -> list[Line]:
        mine = [and_(Slot.starts_at > first - DAY, Slot.starts_at < last + DAY) for first, last in self._weeks]
        if not mine:
            return []
        wanted: Any = select(*COLUMNS).where(Slot.doctor_id == self._doctor, or_(*mine)).order_by(Slot.starts_at)
        return list(self._database.rows(wanted))

    @cached_property
    def _starts(self) -> list[datetime]:
        return [one.starts_at for one in self._slots]

    def _between(self, begins: datetime, ends: datetime) -> list[Line]:
        return self._slots[bisect_left(self._starts, begins) : bisect_left(self._starts, ends)]

    def _clear(self, ask: Ask, slot: SlotInfo, gone: Gone) -> bool:
        """Whether the margin finds nothing taken."""
        if not ask.margin:
            return True
        first, last = reach(slot.starts_at, ask.minutes or length_of(slot), ask.margin)
        beside = self._between(first - DAY, last)
        return not any(one.status in TAKEN and one.ends_at > first and one.appointment_id not in gone for one in beside)

    def _of_payer(self, limits: Limits, gone: Gone) -> Mapping[tuple[int, int, date], int]:
        """How many visits of the payer there are, without those that are gone."""
        if limits.payer_id not in self._by_payer:
            self._by_payer[limits.payer_id] = self._counted(limits)
        taken = Counter(self._by_payer[limits.payer_id])
        taken.subtract(self._places(limits, [one for one in self._visits if one.id in gone]))
        return taken

    def _counted(self, limits: Limits) -> Counter[tuple[int, int, date]]:
        """With all visits of the series; what is kept for the same person counts for nothing."""
        first = next((one.id for one in self._visits), 0)
        span = (min(one for one, _ in self._weeks), max(one for _, one in self._weeks))
        found = counted(self._database, replace(limits, but=first), {self._doctor}, span)
        found.update(self._places(limits, [one for one in self._visits if one.id == first]))
        return found

    def _places(self, limits: Limits, visits: Sequence[Line]) -> Counter[tuple[int, int, date]]:
        theirs = (one for one in visits if (one.doctor_id, one.payer_id) == (self._doctor, limits.payer_id))
        return Counter(place for one in theirs for place in places_of(limits, one))


def _open(row: Line, gone: Gone) -> bool:
    left = row.status == "booked" and row.appointment_id in gone and not row.off_plan
    return bool(row.status == "free" or left)


def _suits(ask: Ask, row: Line) -> bool:
    return ask.unit_id in (None, row.unit_id) and (ask.modality is None or row.modality in (ask.modality, "any"))


def _begins(moving: Booking, slot: SlotInfo) -> bool:
    return (moving.doctor_id, moving.starts_at) == (slot.doctor_id, slot.starts_at)
