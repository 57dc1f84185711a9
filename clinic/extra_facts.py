"""What stands against an encaixe: told before it is saved, and asked for again when anything has changed since."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, select

from clinic import quotas
from clinic.margins import reach
from clinic.planning import covers
from clinic.profile import profile_of
from clinic.public_holidays import holiday_name
from clinic.roster import Roster
from clinic.terms import local_day
from clinic.waiting.rows import FOR_WHO_WAITS
from db.tables import Absence, Appointment, Slot

if TYPE_CHECKING:
    from clinic.visits import Extra

DAY = timedelta(days=1)
"""No visit and no slot is longer; an absence may be."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that stands against it, none of which forbids it.

    closed: the unit has a holiday (`name`) · away: the doctor is (`name`: why, "" where nothing was said) · outside:
    it is not within the doctor's hours · visit: the doctor has another one then, wherever and however (`entity_id`) ·
    margin: the time before or after that one, or before or after this, in which the doctor is not booked (the time is
    where they meet) · blocked: the time is taken from the agenda · held: somebody is booking that time, or it is kept
    for who waits (`name`: "waiting") · quota: the doctor has as many visits a day of this payer (`entity_id`: how many)
    as are taken from it · free: there is a time (`entity_id`: the slot) that could be booked instead.
    """

    what: Literal["closed", "away", "outside", "visit", "margin", "blocked", "held", "quota", "free"]
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    unit_id: int | None = None
    modality: str = ""
    entity_id: int = 0


class NotKnown(Exception):
    """Nobody was told of these facts: `facts`."""

    def __init__(self, facts: tuple[Fact, ...]) -> None:
        super().__init__(", ".join(one.what for one in facts))
        self.facts = facts


def stamp(facts: Iterable[Fact]) -> str:
    """Names what was told, so that what has changed since is told again; "" for nothing."""
    told = [f"{one.what}:{one.entity_id}:{one.starts_at:%FT%T}:{one.ends_at:%FT%T}" for one in facts]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if told else ""


def look(connection: Connection, roster: Roster, extra: "Extra", now: datetime) -> tuple[Fact, ...]:
    """Everything, by what weighs most."""
    found = [*_closed(connection, roster, extra), *_away(connection, extra)]
    found += _outside(roster, extra) if not found else []
    slots = list(connection.execute(_over(Slot, extra).order_by(Slot.starts_at)).mappings())
    blocked = [] if found else _blocked(slots)
    found += _visits(connection, roster, extra)
    return (*found, *_quota(connection, roster, extra), *blocked, *_to_be_had(slots, now))


def _closed(connection: Connection, roster: Roster, extra: "Extra") -> Iterator[Fact]:
    day, optional = local_day(roster, extra.unit_id, extra.starts_at), profile_of(connection).optional_holidays
    name = holiday_name(day, roster.unit[extra.unit_id].state, extra.unit_id, roster.holidays, optional)
    if name is not None:
        yield Fact("closed", extra.starts_at, extra.ends_at, name, extra.unit_id)


def _away(connection: Connection, extra: "Extra") -> Iterator[Fact]:
    mine = select(Absence.id, Absence.starts_at, Absence.ends_at, Absence.reason).where(
        Absence.doctor_id == extra.doctor_id, Absence.starts_at < extra.ends_at, Absence.ends_at > extra.starts_at
    )
    for row in connection.execute(mine.order_by(Absence.starts_at)):
        yield Fact("away", row.starts_at, row.ends_at, row.reason, entity_id=row.id)


def _outside(roster: Roster, extra: "Extra") -> list[Fact]:
    zone = roster.unit[extra.unit_id].tz
    for row in roster.hours_of.get(extra.doctor_id, ()):
        here = row.unit_id == extra.unit_id and row.modality in ("any", extra.modality)
        if here and covers(row, zone, extra.starts_at, extra.ends_at):
            return []
    return [Fact("outside", extra.starts_at, extra.ends_at, unit_id=extra.unit_id)]


def _over(table: Any, extra: "Extra", beside: timedelta = timedelta()) -> Any:
    """What of a doctor's touches that time, or is so near to it, wherever it is."""
    mine = select(table.__table__).where(table.doctor_id == extra.doctor_id, table.ends_at > extra.starts_at - beside)
    return mine.where(table.starts_at < extra.ends_at + beside, table.starts_at > extra.starts_at - beside - DAY)


def _visits(connection: Connection, roster: Roster, extra: "Extra") -> list[Fact]:
    margins = [one.margin for one in roster.kinds]
    widest = max((one.before for one in margins), default=0) + max((one.after for one in margins), default=0)
    there = _over(Appointment, extra, timedelta(minutes=widest)).where(Appointment.live == 1)
    there = there.where(Appointment.id != extra.moving)
    ordered = connection.execute(there.order_by(Appointment.starts_at, Appointment.id))
    return [fact for row in ordered if (fact := _visit(row, roster, extra))]


def _visit(row: Any, roster: Roster, extra: "Extra") -> Fact | None:
    """What another visit has to do with this one: at the same time, or where margins meet."""
    about = {"unit_id": row.unit_id, "modality": row.modality, "entity_id": row.id}
    if row.starts_at < extra.ends_at and extra.starts_at < row.ends_at:
        return Fact("visit", row.starts_at, row.ends_at, **about)
    minutes = int((row.ends_at - row.starts_at).total_seconds()) // 60
    first, last = reach(row.starts_at, minutes, roster.kind[row.kind_id].margin_of(minutes))
    begins, ends = reach(extra.starts_at, extra.kind.minutes, extra.kind.margin)
    meet = max(first, begins), min(last, ends)
    return Fact("margin", *meet, **about) if meet[0] < meet[1] else None


def _quota(connection: Connection, roster: Roster, extra: "Extra") -> Iterator[Fact]:
    columns = {name: getattr(extra, name) for name in ("doctor_id", "unit_id", "payer_id", "starts_at")}
    if limit := quotas.full(connection, roster, columns, extra.moving):
        yield Fact("quota", extra.starts_at, extra.ends_at, entity_id=limit)


def _blocked(slots: Iterable[Any]) -> list[Fact]:
    return [Fact("blocked", row["starts_at"], row["ends_at"]) for row in slots if row["status"] == "blocked"]


def _to_be_had(slots: Iterable[Any], now: datetime) -> Iterator[Fact]:
    """What may be booked at this moment, and what somebody else is booking."""
    for row in slots:
        held = row["status"] == "held" and row["held_until"] > now
        lapsed = row["status"] == "held" and not held and not row["off_plan"]
        if row["starts_at"] > now and (held or lapsed or row["status"] == "free"):
            what: Literal["held", "free"] = "held" if held else "free"
            name = "waiting" if held and row["hold_token"].startswith(FOR_WHO_WAITS) else ""
            yield Fact(what, row["starts_at"], row["ends_at"], name, row["unit_id"], entity_id=row["id"])
