"""Which doctor comes first of several who have time at the same moment: who has the fewest visits that day, by weight.

The earliest time goes before; this is only said among equal ones. The rule is Webster's, also called Sainte-Laguë's, by
which parliaments share out seats: the next visit is for whom (2 × visits + 1) ÷ weight is least. With the same weights
that is who has fewest; with others the shares are as the weights, and the first is the heaviest's. Visits are those of
the specialty, on the day of the first time that is offered, by the clock of the clinic's first unit. Only those who tie
at the front are counted, by one question to the index of doctor and time, so that a search costs as much whether there
are ten visits or a million.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from clinic.slots import SlotInfo
from db.prepared import Query
from db.session import Database
from db.tables import Appointment

TIES = 9
"""So many more than are wanted are looked at, where they begin at the same moment."""
HEAVIEST = 10
"""The largest weight; the least is 1."""
MOST = 64
"""Of more doctors than that at once (a whole day of a large clinic) the order is that of the slots."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fair:
    """Whose visits count: those of the specialty; `zone` says when its day begins. `weights`: of those doctors who
    have another than 1."""

    specialty_id: int
    zone: ZoneInfo
    weights: Mapping[int, int] = field(default_factory=dict)

    def turn(self, doctor_id: int, visits: int) -> float:
        """The least of these is next; equal ones are exactly equal, for division rounds them alike."""
        return (2 * visits + 1) / self.weights.get(doctor_id, 1)

    def day(self, moment: datetime) -> tuple[datetime, datetime]:
        """From when to when the day of a moment is, in UTC."""
        local = moment.astimezone(self.zone).date()
        first, last = (datetime.combine(one, time(), self.zone).astimezone(UTC) for one in (local, local + DAY))
        return first, last


Step = tuple[Query, dict[str, Any]]
Counted = Mapping[int, int] | None


def fairly(
    database: Database, fair: Fair | None, slots: Sequence[SlotInfo], count: int, counted: Counted = None
) -> list[SlotInfo]:
    """The first `count` of slots that are in order of time; of equal ones, first those of whose turn it is.

    `counted`: the visits, where they are known already.
    """
    front = slots[:count]
    if fair is None or not front:
        return list(front)
    pool = [slot for slot in slots[: count + TIES] if slot.starts_at <= front[-1].starts_at]
    tied = _tied(pool)
    if counted is None:
        tied = tied if len(tied) <= MOST else []
        counted = visits(database, fair, tied, pool[0].starts_at) if tied else {}
    turns = {one: fair.turn(one, counted.get(one, 0)) for one in tied}
    return sorted(pool, key=lambda slot: (slot.starts_at, turns.get(slot.doctor_id, 0), slot.id))[:count]


def visits(database: Database, fair: Fair, doctors: Sequence[int], moment: datetime) -> Mapping[int, int]:
    """How many each of these doctors has, on the day of a moment; who has none is not in it."""
    return by_doctor(database.ask(*counting(fair, doctors, moment)))


def by_doctor(rows: Sequence[Any]) -> Mapping[int, int]:
    """What `counting` found."""
    return {row.doctor_id: row.visits for row in rows}


def counting(fair: Fair, doctors: Sequence[int], moment: datetime) -> Step:
    """The question for that, to be asked together with another."""
    first, last = fair.day(moment)
    of = {f"doctor{place}": one for place, one in enumerate(doctors)}
    return _counted(len(doctors)), {**of, "specialty": fair.specialty_id, "first": first, "last": last}


def told(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What the audit says of a doctor's record that was saved (`before` empty: a new one): its change of weight."""
    old, new = before.get("weight", 1), after.get("weight", 1)
    return f"weight:{old} became {new}" if old != new else ""


def _tied(slots: Sequence[SlotInfo]) -> list[int]:
    """The doctors who have the same time as another, in order of ids."""
    at: defaultdict[datetime, set[int]] = defaultdict(set)
    for slot in slots:
        at[slot.starts_at].add(slot.doctor_id)
    return sorted({one for doctors in at.values() if len(doctors) > 1 for one in doctors})


@lru_cache(256)
def _counted(doctors: int) -> Query:
    theirs = Appointment.doctor_id.in_([bindparam(f"doctor{place}") for place in range(doctors)])
    found = select(Appointment.doctor_id, func.count().label("visits")).where(theirs, Appointment.status != "cancelled")
    that_day = (Appointment.starts_at >= bindparam("first"), Appointment.starts_at < bindparam("last"))
    counted = found.where(*that_day, Appointment.specialty_id == bindparam("specialty"))
    by_index = counted.with_hint(Appointment, "FORCE INDEX (ix_appointments_doctor_start)", "mysql")
    return Query(by_index.group_by(Appointment.doctor_id))
