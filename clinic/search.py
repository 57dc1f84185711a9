"""Finding free slots without reading those that are taken, or most of those that are free.

First the cheap question, one dive into the index for each doctor: who is free earliest? The slots of those few doctors
are the answer, unless one of them does not fit (wrong unit, payer, modality, period, or too short); then all doctors'
free slots are read in windows of time that grow until enough is found.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_, union_all

from clinic.slots import SlotInfo
from db.session import Database
from db.tables import Slot

AT_ONCE = 600
FIRST_WINDOW = timedelta(days=30)  # shared among the doctors: some hundred slots


@dataclass(frozen=True, slots=True)
class Ask:
    """Criteria brought down to columns. `pairs`: the (doctor, unit) that a payer accepts, None for any."""

    doctors: tuple[int, ...]
    start: datetime
    end: datetime
    unit_id: int | None = None
    modality: str | None = None
    period: str | None = None
    pairs: frozenset[tuple[int, int]] | None = None
    minutes: int = 0

    @property
    def modalities(self) -> tuple[str, ...] | None:
        """What a slot's modality may be; None when it does not matter."""
        return (self.modality, "any") if self.modality else None


@dataclass(frozen=True, slots=True)
class Found:
    """A free slot with its period."""

    slot: SlotInfo
    period: str


def fits(ask: Ask, found: Found) -> bool:
    """Whether a slot fits by place, payer, modality and period (its length is another matter)."""
    slot = found.slot
    return (
        (ask.unit_id is None or slot.unit_id == ask.unit_id)
        and (ask.modalities is None or slot.modality in ask.modalities)
        and (ask.period is None or found.period == ask.period)
        and (ask.pairs is None or (slot.doctor_id, slot.unit_id) in ask.pairs)
    )


def long_enough(slot: SlotInfo, minutes: int) -> bool:
    """Whether one slot alone gives the time that is needed."""
    return slot.ends_at - slot.starts_at >= timedelta(minutes=minutes)


def chains(found: Iterable[Found], minutes: int) -> list[Found]:
    """Those slots from which on, with the ones that follow without a gap, there is enough time; in order of time."""
    by_doctor = sorted(found, key=lambda one: (one.slot.doctor_id, one.slot.starts_at))
    good = [
        one
        for _, group in groupby(by_doctor, key=lambda one: one.slot.doctor_id)
        for one in _long_starts(list(group), timedelta(minutes=minutes))
    ]
    return sorted(good, key=lambda one: (one.slot.starts_at, one.slot.id))


def _long_starts(row: Sequence[Found], need: timedelta) -> Iterator[Found]:
    """Backwards: how far does the free time go on from each slot?"""
    until: datetime | None = None
    for place in range(len(row) - 1, -1, -1):
        slot = row[place].slot
        after = row[place + 1].slot if place + 1 < len(row) else None
        goes_on = after is not None and _joined(slot, after)
        until = until if goes_on and until else slot.ends_at
        if until - slot.starts_at >= need:
            yield row[place]


def _joined(slot: SlotInfo, after: SlotInfo) -> bool:
    return (slot.ends_at, slot.unit_id, slot.modality) == (after.starts_at, after.unit_id, after.modality)


class Search:
    """Reads free slots; lapsed holds have been freed before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def nearest(self, ask: Ask, limit: int, exclude: Collection[int] = (), backwards: bool = False) -> list[SlotInfo]:
        """Up to `limit` slots, the earliest first; `backwards`: the latest, the last first."""
        if not ask.doctors or ask.start >= ask.end:
            return []
        quick = self._of_nearest_doctors(ask, limit + len(exclude), backwards)
        quick = [one for one in quick if one.slot.id not in exclude][:limit]
        if all(fits(ask, one) and long_enough(one.slot, ask.minutes) for one in quick):
            return [one.slot for one in quick]
        return self._by_windows(ask, limit, exclude, backwards)

    def between(self, ask: Ask) -> list[SlotInfo]:
        """All fitting slots from the start to before the end, by time (the first several hundred)."""
        return self._fitting(ask, AT_ONCE) if ask.doctors and ask.start < ask.end else []

    def first_free(self, ask: Ask) -> dict[int, datetime]:
        """The doctors with free time, each with the earliest start; lengths are not looked at."""
        rows = self._database.rows(_by_doctor(ask, func.min(Slot.starts_at))) if ask.doctors else []
        return {row[0]: row[1] for row in rows}

    def has_rows(self, ask: Ask) -> bool:
        """Whether there is any slot at all, taken or not."""
        wanted = select(Slot.id).where(Slot.doctor_id.in_(ask.doctors), *_in_time(ask))
        wanted = wanted.where(Slot.unit_id == ask.unit_id) if ask.unit_id else wanted
        return self._database.first(wanted.limit(1)) is not None

    def _of_nearest_doctors(self, ask: Ask, count: int, backwards: bool) -> list[Found]:
        """The `count` nearest slots, whatever they are like: they belong to the `count` nearest doctors."""
        plain = replace(ask, unit_id=None, modality=None, period=None, pairs=None)
        near = func.max(Slot.starts_at) if backwards else func.min(Slot.starts_at)
        doctors = self._database.rows(_by_doctor(plain, near).order_by(_order(near, backwards)).limit(count))
        if not doctors:
            return []
        rows = self._database.rows(union_all(*(_of_doctor(row[0], plain, count, backwards) for row in doctors)))
        return sorted(map(_found, rows), key=_time_and_id, reverse=backwards)[:count]

    def _by_windows(self, ask: Ask, limit: int, exclude: Collection[int], backwards: bool) -> list[SlotInfo]:
        found: list[SlotInfo] = []
        for window in _windows(ask, backwards):
            more = [slot for slot in self._fitting(window) if slot.id not in exclude]
            found += reversed(more) if backwards else more
            if len(found) >= limit:
                break
        return found[:limit]

    def _fitting(self, ask: Ask, at_most: int | None = None) -> list[SlotInfo]:
        ahead = ask.end + timedelta(minutes=ask.minutes)  # a long visit that begins in time may end after it
        rows = self._database.rows(_free(replace(ask, period=None, end=ahead)).limit(at_most))
        found = chains(map(_found, rows), ask.minutes)
        return [one.slot for one in found if one.slot.starts_at < ask.end and fits(ask, one)]


def _windows(ask: Ask, backwards: bool) -> Iterator[Ask]:
    """The whole time in pieces, the first of some hundred slots, each three times as long as the one before."""
    length = FIRST_WINDOW / max(1, len(ask.doctors))
    done = timedelta()
    while done < ask.end - ask.start:
        upto = min(done + length, ask.end - ask.start)
        yield (
            replace(ask, start=ask.end - upto, end=ask.end - done)
            if backwards
            else replace(ask, start=ask.start + done, end=ask.start + upto)
        )
        done, length = upto, length * 3


COLUMNS = (Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at, Slot.period)


def _found(row: Any) -> Found:
    return Found(SlotInfo(*row[:6]), row[6])


def _time_and_id(one: Found) -> tuple[datetime, int]:
    return one.slot.starts_at, one.slot.id


def _in_time(ask: Ask) -> tuple[ColumnElement[bool], ...]:
    return Slot.starts_at >= ask.start, Slot.starts_at < ask.end


def _order(column: Any, backwards: bool) -> Any:
    return column.desc() if backwards else column


def _by_doctor(ask: Ask, near: Any) -> Any:
    """The doctors with free time and their nearest start. Without further conditions: one dive a doctor."""
    return _where(ask, select(Slot.doctor_id, near)).group_by(Slot.doctor_id)


def _free(ask: Ask) -> Any:
    return _where(ask, select(*COLUMNS)).order_by(Slot.starts_at, Slot.id)


def _where(ask: Ask, statement: Any) -> Any:
    found = statement.where(Slot.doctor_id.in_(ask.doctors), Slot.status == "free", *_in_time(ask))
    found = found.where(Slot.unit_id == ask.unit_id) if ask.unit_id is not None else found
    found = found.where(Slot.modality.in_(ask.modalities)) if ask.modalities else found
    found = found.where(Slot.period == ask.period) if ask.period else found
    return found.where(tuple_(Slot.doctor_id, Slot.unit_id).in_(ask.pairs)) if ask.pairs is not None else found


def _of_doctor(doctor_id: int, ask: Ask, count: int, backwards: bool) -> Any:
    """The nearest free slots of one doctor, read in the order of the index."""
    free = _where(replace(ask, doctors=(doctor_id,)), select(*COLUMNS))
    return select(free.order_by(_order(Slot.starts_at, backwards)).limit(count).subquery())
