"""The time beside a visit: which slots its margin reaches, and beside which times it would reach none that is taken.

A margin takes every slot it reaches, of whatever unit and modality, so that the doctor is booked nowhere in it. It
needs no working time: where no slot is (before the first of a day, after the last, in a pause) nobody can be booked
anyway, nor where the time is blocked.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from clinic.kinds import KINDS, KindInfo, Margin, kind_of
from clinic.slots import SlotInfo
from db.session import Database
from db.tables import Appointment, Slot, VisitKind

DAY = timedelta(days=1)
"""No slot is longer."""
TAKEN = ("booked", "held")
Line = Any
AROUND = (
    select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.status, Slot.held_until, Slot.off_plan)
    .add_columns(Slot.hold_token)
    .where(Slot.doctor_id == bindparam("doctor"), Slot.starts_at > bindparam("before"))
    .where(Slot.starts_at < bindparam("last"), Slot.ends_at > bindparam("first"))
    .order_by(Slot.id)
)
VISITS = (
    select(Appointment.id, Appointment.starts_at, Appointment.ends_at)
    .add_columns(VisitKind.minutes, VisitKind.before_minutes, VisitKind.after_minutes)
    .join(VisitKind, VisitKind.id == Appointment.kind_id)
    .where(Appointment.live == 1, Appointment.slot_id.is_not(None))
    .where(VisitKind.before_minutes + VisitKind.after_minutes > 0)
)


def reach(starts_at: datetime, minutes: int, margin: Margin) -> tuple[datetime, datetime]:
    """From when to when a visit of that length and its margin keep the doctor."""
    return starts_at - timedelta(minutes=margin.before), starts_at + timedelta(minutes=minutes + margin.after)


def clear(
    database: Database, slots: Sequence[SlotInfo], minutes: int, margin: Margin, moving: int = 0
) -> list[SlotInfo]:
    """Those times beside which, as far as the margin reaches, nothing is booked or being booked; one question.

    What the appointment that would be moved (`moving`) has itself is not in its way.
    """
    spans = [reach(one.starts_at, minutes or length(one), margin) for one in slots]
    if not spans:
        return []
    taken = _taken(database, {one.doctor_id for one in slots}, min(spans)[0], max(until for _, until in spans), moving)
    return [
        slot for slot, (first, last) in zip(slots, spans, strict=True) if _open(taken.get(slot.doctor_id), first, last)
    ]


def length(slot: SlotInfo) -> int:
    """Minutes."""
    return int((slot.ends_at - slot.starts_at).total_seconds()) // 60


def beside(connection: Connection, visit: SlotInfo, minutes: int, margin: Margin, now: datetime) -> list[int]:
    """The slots that the margin of a visit reaches, and that have to be had for it: taken or not, in order of ids."""
    return [one.id for one in _beside(connection, visit, minutes, margin, now)]


def hindered(connection: Connection, visit: SlotInfo, kind: KindInfo, now: datetime, by: str) -> bool:
    """Whether somebody else than `by` has any of that, for a visit of this kind."""
    minutes = length(visit)
    there = _beside(connection, visit, minutes, kind.margin_of(minutes), now)
    return any(not _to_be_had(one, now, by) for one in there)


def meets(connection: Connection, visit: SlotInfo, kind: KindInfo, but: int = 0) -> datetime | None:
    """When the nearest other visit begins whose margin falls into the same minutes as this one's: in a pause, or at the
    edge of the hours, where no slot keeps them apart; None where none does. `but`: itself."""
    first, last = reach(visit.starts_at, length(visit), kind.margin_of(length(visit)))
    theirs = VISITS.where(Appointment.doctor_id == visit.doctor_id, Appointment.starts_at > first - DAY)
    rows = connection.execute(theirs.where(Appointment.starts_at < last + DAY, Appointment.id != but))
    spans = ((row.starts_at, *reach_of(row)) for row in rows)
    near = [begins for begins, start, end in spans if start < last and first < end]
    return min(near, key=lambda begins: abs(begins - visit.starts_at), default=None)


def beside_kept(connection: Connection, old: Line, now: datetime) -> list[int]:
    """The same of an appointment that comes back, as the margins of its kind are now."""
    visit = SlotInfo(old.slot_id, old.doctor_id, old.unit_id, old.modality, old.starts_at, old.ends_at)
    margin = kind_of(connection.execute(KINDS.where(VisitKind.id == old.kind_id)).one()).margin_of(length(visit))
    return beside(connection, visit, length(visit), margin, now) if margin else []


def kept_beside(connection: Connection, doctor_id: int, new: Sequence[Any]) -> dict[datetime, int]:
    """Which of a doctor's new slots, by their start, the margin of a visit reaches: that visit's id.

    So hours that begin later do not let somebody in where the doctor prepares or cleans.
    """
    if not new:
        return {}
    mine = VISITS.where(Appointment.doctor_id == doctor_id, Appointment.starts_at > new[0].starts_at - DAY)
    spans = [(row.id, *reach_of(row)) for row in connection.execute(mine)]
    found = ((one.starts_at, visit) for visit, first, last in spans for one in new if _touches(one, first, last))
    return dict(found)


def reach_of(row: Line) -> tuple[datetime, datetime]:
    """From when to when a row with what VISITS has keeps the doctor."""
    visit = SlotInfo(0, 0, 0, "", row.starts_at, row.ends_at)
    kind = KindInfo(0, "", "", row.minutes, None, (), Margin(row.before_minutes, row.after_minutes))
    return reach(row.starts_at, length(visit), kind.margin_of(length(visit)))


def _touches(slot: Any, first: datetime, last: datetime) -> bool:
    return bool(slot.starts_at < last and first < slot.ends_at)


def _beside(connection: Connection, visit: SlotInfo, minutes: int, margin: Margin, now: datetime) -> list[Line]:
    first, last = reach(visit.starts_at, minutes, margin)
    around = {"doctor": visit.doctor_id, "before": first - DAY, "first": first, "last": last}
    rows: Iterable[Line] = connection.execute(AROUND, around)
    return [one for one in rows if not _within(one, visit) and _matters(one, now)]


def _to_be_had(row: Line, now: datetime, by: str) -> bool:
    if row.status != "held":
        return bool(row.status == "free")
    return bool(row.held_until <= now or (by and row.hold_token.startswith(f"{by}:")))


def _within(row: Line, visit: SlotInfo) -> bool:
    return bool(visit.starts_at < row.ends_at and row.starts_at < visit.ends_at)


def _matters(row: Line, now: datetime) -> bool:
    """Whether somebody has it, or could: what is blocked or has begun is nobody's any more."""
    lapsed = row.status == "held" and row.held_until <= now
    if row.status == "blocked" or (lapsed and row.off_plan):
        return False
    return bool(row.starts_at > now or (row.status in TAKEN and not lapsed))


def _taken(
    database: Database, doctors: Iterable[int], first: datetime, last: datetime, moving: int
) -> dict[int, tuple[list[datetime], list[datetime]]]:
    """Starts and ends of each doctor's taken slots, which do not overlap, in order."""
    theirs = select(Slot.doctor_id, Slot.starts_at, Slot.ends_at).where(Slot.doctor_id.in_(sorted(doctors)))
    if moving:
        theirs = theirs.where(or_(Slot.appointment_id.is_(None), Slot.appointment_id != moving))
    taken = theirs.where(Slot.status.in_(TAKEN), Slot.starts_at > first - DAY, Slot.starts_at < last)
    found: dict[int, tuple[list[datetime], list[datetime]]] = {}
    for row in database.rows(taken.order_by(Slot.starts_at)):
        starts, ends = found.setdefault(row.doctor_id, ([], []))
        starts.append(row.starts_at)
        ends.append(row.ends_at)
    return found


def _open(taken: tuple[list[datetime], list[datetime]] | None, first: datetime, last: datetime) -> bool:
    """Whether none of these touches the time."""
    starts, ends = taken or ([], [])
    nearest = bisect_right(ends, first)
    return nearest == len(starts) or starts[nearest] >= last
