"""Finding free slots without reading those that are taken, or most of those that are free.

First the cheap question, one dive into the index for each doctor: who is free earliest? The slots of those few doctors
are the answer, unless one of them does not fit (wrong unit, payer, modality, period, or too short); then all doctors'
free slots are read in windows of time that grow until enough is found.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, literal_column, select, union_all

from clinic.chains import chains, long_enough, time_and_id
from clinic.fairness import TIES, Counted, Fair, by_doctor, counting, fairly
from clinic.kinds import NO_MARGIN, Margin
from clinic.margins import clear
from clinic.own_slots import NOTHING, Own, own_of
from clinic.quotas import Limits, not_full
from clinic.slots import SlotInfo
from db.prepared import Query
from db.session import Database
from db.tables import Doctor, Slot
from db.types import UtcDateTime

AT_ONCE = 600
FIRST_WINDOW = timedelta(days=30)  # shared among the doctors: some hundred slots
STATEMENTS = 500
TURNS = 997
"""A prime: doctors take turns of a day."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Criteria brought down to columns. `pairs`: the (doctor, unit) that a payer accepts, None for any; `limits`: what
    doctors take of it a day, None for as much as there is; `margin`: what is beside the visit; `moving`: the
    appointment that would be moved, and its `own` time, which is free for it; `fair`: whose
    visits say who comes first of several at the same moment, None for nobody's."""

    doctors: tuple[int, ...]
    start: datetime
    end: datetime
    unit_id: int | None = None
    modality: str | None = None
    period: str | None = None
    pairs: frozenset[tuple[int, int]] | None = None
    minutes: int = 0
    limits: Limits | None = None
    margin: Margin = NO_MARGIN
    moving: int = 0
    own: Own = NOTHING
    fair: Fair | None = None


def accepted(ask: Ask, slot: SlotInfo) -> bool:
    """Whether the doctor takes the payer at that unit."""
    return ask.pairs is None or (slot.doctor_id, slot.unit_id) in ask.pairs


def fits(ask: Ask, slot: SlotInfo) -> bool:
    """Whether a slot alone gives what is needed."""
    return accepted(ask, slot) and long_enough(slot, ask.minutes)


class Search:
    """Reads free slots; lapsed holds have been freed before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def nearest(self, ask: Ask, limit: int, exclude: Collection[int] = (), backwards: bool = False) -> list[SlotInfo]:
        """Up to `limit` slots, the earliest first; `backwards`: the latest, the last first."""
        if not ask.doctors or ask.start >= ask.end:
            return []
        ask = self._with_own(ask)
        if ask.own.slots:
            return self._by_windows(ask, limit, exclude, backwards)
        count = limit + len(exclude)
        quick, visits = self._of_nearest_doctors(ask, count, backwards)
        quick = quick[:count] if backwards else fairly(self._database, ask.fair, quick, count, visits)
        quick = [slot for slot in quick if slot.id not in exclude][:limit]
        if all(fits(ask, slot) for slot in quick) and len(self.suiting(ask, quick)) == len(quick):
            return quick
        return self._by_windows(ask, limit, exclude, backwards)

    def between(self, ask: Ask) -> list[SlotInfo]:
        """All fitting slots from the start to before the end, by time (the first several hundred)."""
        found = self._fitting(self._with_own(ask), AT_ONCE) if ask.doctors and ask.start < ask.end else []
        return fairly(self._database, ask.fair, found, len(found))

    def with_time(self, ask: Ask) -> set[int]:
        """The doctors who have any free time; payers and lengths are not looked at."""
        rows = self._database.ask(_who_has_time(ask.doctors, shape(ask)), _params(ask, 0)) if ask.doctors else []
        return {row[0] for row in rows}

    def doctors_by_time(self, ask: Ask) -> list[int]:
        """The doctors who have free time, the earliest first; payers and lengths are not looked at."""
        if not ask.doctors:
            return []
        query = _nearest_doctors(ask.doctors, shape(ask), Way(False, self._database.is_mysql))
        return [row.id for row in self._database.ask(query, _params(ask, len(ask.doctors)))]

    def of_each(self, ask: Ask, count: int) -> list[SlotInfo]:
        """Up to `count` free slots of each of these few doctors, of whatever length and payer; by time."""
        if not ask.doctors:
            return []
        doctors = {f"doctor{place}": one for place, one in enumerate(ask.doctors)}
        query = _of_each(len(doctors), shape(ask), Way(False, self._database.is_mysql))
        found = self._database.ask(query, {**_params(ask, count), **doctors})
        return sorted((SlotInfo(*row) for row in found), key=time_and_id)

    def has_rows(self, ask: Ask) -> bool:
        """Whether there is any slot at all, taken or not."""
        wanted = select(Slot.id).where(Slot.doctor_id.in_(ask.doctors), Slot.starts_at >= START, Slot.starts_at < END)
        wanted = wanted.where(Slot.unit_id == ask.unit_id) if ask.unit_id else wanted
        return self._database.first(wanted.limit(1), {"start": ask.start, "end": ask.end}) is not None

    def _of_nearest_doctors(self, ask: Ask, count: int, backwards: bool) -> tuple[list[SlotInfo], Counted]:
        """The `count` nearest slots, of whatever length: they belong to the `count` nearest doctors. Where there is to
        be fairness, some more that tie at the end, and the visits of these doctors if that is one question."""
        most = count + TIES if ask.fair and not backwards else count
        params, way = _params(ask, count), Way(backwards, self._database.is_mysql)
        few, more = len(ask.doctors) < count, {**params, "count": most}  # few are the nearest, whoever has time
        rows = [] if few else self._database.ask(_nearest_doctors(ask.doctors, shape(ask), way), more)
        tied = [row.id for row in rows[count:] if row.near == rows[count - 1].near]
        near = ask.doctors if few else [*(row.id for row in rows[:count]), *tied]
        doctors = {f"doctor{place}": one for place, one in enumerate(near)}
        if not doctors:
            return [], {}
        enough = len(rows) >= count  # then nothing later than the first time of the last of them is needed
        upto = {**_as_far_as(rows[count - 1].near, backwards), "count": most} if enough else {}
        query = _of_all if enough else _of_each
        step = query(len(doctors), shape(ask), way), {**params, **doctors, **upto}
        if enough and ask.fair and not backwards:
            found, theirs = self._database.ask_all(step, counting(ask.fair, near, rows[0].near))
        else:
            found, theirs = self._database.ask(*step), None
        slots = sorted((SlotInfo(*row) for row in found), key=time_and_id, reverse=backwards)[:most]
        return slots, None if theirs is None else by_doctor(theirs)

    def _by_windows(self, ask: Ask, limit: int, exclude: Collection[int], backwards: bool) -> list[SlotInfo]:
        found: list[SlotInfo] = []
        for window in _windows(ask, backwards):
            more = [slot for slot in self._fitting(window) if slot.id not in exclude]
            found += reversed(more) if backwards else more
            if len(found) >= limit:
                break
        return found[:limit] if backwards else fairly(self._database, ask.fair, found, limit)

    def _fitting(self, ask: Ask, at_most: int | None = None) -> list[SlotInfo]:
        ahead = ask.end + timedelta(minutes=ask.minutes)  # a long visit that begins in time may end after it
        params = _params(replace(ask, end=ahead), 0)
        rows = [*self._database.rows(_all(ask).limit(at_most), params), *ask.own.suiting(ask, ahead)]
        period = {row.id: row.period for row in rows if row.id != ask.own.start}
        found = (slot for slot in chains([SlotInfo(*row[:6]) for row in rows], ask.minutes) if slot.id in period)
        in_period = (slot for slot in found if ask.period is None or period[slot.id] == ask.period)
        return self.suiting(ask, [slot for slot in in_period if slot.starts_at < ask.end and accepted(ask, slot)])

    def _with_own(self, ask: Ask) -> Ask:
        """With what the appointment that would be moved has; nothing is asked where none is moved."""
        if not ask.moving:
            return ask
        with self._database.read() as connection:
            return replace(ask, own=own_of(connection, ask.moving))

    def suiting(self, ask: Ask, slots: Sequence[SlotInfo]) -> list[SlotInfo]:
        """Those whose day still takes the payer, and whose margins are clear; what nothing limits is not asked."""
        return self.clear(ask, self.not_full(ask, slots))

    def clear(self, ask: Ask, slots: Sequence[SlotInfo]) -> list[SlotInfo]:
        """Those beside which the margin finds nothing taken; where there is no margin, nothing is asked."""
        moving = ask.moving if ask.own.slots else 0
        return clear(self._database, slots, ask.minutes, ask.margin, moving) if ask.margin else list(slots)

    def not_full(self, ask: Ask, slots: Sequence[SlotInfo]) -> list[SlotInfo]:
        """Those whose day still takes the payer; nothing is asked where nothing is limited."""
        return not_full(self._database, ask.limits, slots) if ask.limits else list(slots)


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


def _as_far_as(moment: datetime, backwards: bool) -> dict[str, Any]:
    """The end of the time to be read, that moment included."""
    return {"start": moment} if backwards else {"end": moment + timedelta(microseconds=1)}


# Statements are made once for each shape of question, and the ids of the doctors are written into them: a thousand
# parameters would cost more than the search.

START, END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
COLUMNS = (Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at)
Shape = tuple[bool, bool, bool]


class Way(NamedTuple):
    """In which direction, and how the order is to be written (see `_in_order`)."""

    backwards: bool
    name_all: bool


def shape(ask: Ask) -> Shape:
    """Whether unit, modality and period matter."""
    return ask.unit_id is not None, ask.modality is not None, ask.period is not None


def _params(ask: Ask, count: int) -> dict[str, Any]:
    turn = ask.start.toordinal() % (TURNS - 1) + 1
    given = {"unit": ask.unit_id, "modality": ask.modality, "period": ask.period}
    filters = {name: value for name, value in given.items() if value is not None}
    return {"start": ask.start, "end": ask.end, "count": count, "turn": turn, **filters}


def _free(shape: Shape) -> list[ColumnElement[bool]]:
    """What a free slot must be; all of it stands in the index."""
    unit, modality, period = shape
    always = [Slot.status == "free", Slot.starts_at >= START, Slot.starts_at < END]
    return [
        *always,
        *([Slot.unit_id == bindparam("unit")] if unit else []),
        *([Slot.modality.in_((bindparam("modality"), "any"))] if modality else []),
        *([Slot.period == bindparam("period")] if period else []),
    ]


@lru_cache(STATEMENTS)
def _nearest_doctors(doctors: tuple[int, ...], shape: Shape, way: Way) -> Query:
    """The doctors whose next free time is nearest, each found by one dive."""
    mine = select(Slot.starts_at).where(Slot.doctor_id == Doctor.id, *_free(shape))
    near = _in_order(mine, way).limit(1).scalar_subquery().label("near")
    # As a table of its own, so that each doctor is looked up once, not for each place where `near` is mentioned.
    found = select(Doctor.id, near).where(Doctor.id.in_(_literally(doctors))).subquery()
    there = select(found.c.id, found.c.near).where(found.c.near.is_not(None))
    near_first = found.c.near.desc() if way.backwards else found.c.near
    turns = (found.c.id * bindparam("turn", type_=Integer)) % TURNS  # who of many equal ones is looked at at all
    return Query(there.order_by(near_first, turns).limit(bindparam("count")))


@lru_cache(STATEMENTS)
def _who_has_time(doctors: tuple[int, ...], shape: Shape) -> Query:
    """The doctors for whom one dive finds something: with its LIMIT it is not made a join of, which would read all."""
    any_slot = select(Slot.id).where(Slot.doctor_id == Doctor.id, *_free(shape)).limit(1).scalar_subquery()
    return Query(select(Doctor.id).where(Doctor.id.in_(_literally(doctors)), any_slot.is_not(None)))


@lru_cache(STATEMENTS)
def _of_each(doctors: int, shape: Shape, way: Way) -> Query:
    """The nearest free slots of each of so many doctors, read in the order of the index."""
    each = (
        select(*COLUMNS).where(Slot.doctor_id == bindparam(f"doctor{place}"), *_free(shape)) for place in range(doctors)
    )
    nearest = (_in_order(one, way).limit(bindparam("count")).subquery() for one in each)
    return Query(union_all(*map(select, nearest)))


@lru_cache(STATEMENTS)
def _of_all(doctors: int, shape: Shape, way: Way) -> Query:
    """The nearest free slots of so many doctors together, in a time that holds few more."""
    theirs = Slot.doctor_id.in_([bindparam(f"doctor{place}") for place in range(doctors)])
    order = [column.desc() if way.backwards else column for column in (Slot.starts_at, Slot.id)]
    near = select(*COLUMNS).where(theirs, *_free(shape)).order_by(*order).limit(bindparam("count"))
    return Query(near.with_hint(Slot, "FORCE INDEX (ix_slots_search)", "mysql"))


def _all(ask: Ask) -> Any:
    """All free slots of these doctors; the period is for later, what follows a morning may be an afternoon."""
    unit, modality, _ = shape(ask)
    mine = select(*COLUMNS, Slot.period).where(Slot.doctor_id.in_(_literally(ask.doctors)))
    return mine.where(*_free((unit, modality, False))).order_by(Slot.starts_at, Slot.id)


def _in_order(statement: Any, way: Way) -> Any:
    """One doctor's slots by time, read from the index as they stand.

    Doctor and status are the same in all of them. MySQL sorts them all the same unless the whole index is named,
    MariaDB when it is.
    """
    columns = (Slot.doctor_id, Slot.status, Slot.starts_at) if way.name_all else (Slot.starts_at,)
    by_index = statement.with_hint(Slot, "FORCE INDEX (ix_slots_search)", "mysql")  # whatever old statistics say
    return by_index.order_by(*(column.desc() for column in columns) if way.backwards else columns)


def _literally(doctors: tuple[int, ...]) -> list[Any]:
    """Ids as part of the statement's text; they are our own integers."""
    return [literal_column(", ".join(str(int(one)) for one in doctors))]
