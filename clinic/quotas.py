"""How many visits a day a doctor takes from a payer, at a unit or everywhere: what the agreements with payers say.

A quota is held inside the booking's transaction: who books locks the row of the quota, after the patient and before
doctor and slots, and counts. What is no visit any more (cancelled) leaves its place; who did not come has had theirs.
A time that is kept for somebody of the waiting list counts as long as it is theirs to take.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy import union_all as both

from clinic.profile import ChangedMeanwhile
from clinic.roster import EVERYWHERE, Roster
from clinic.slots import SlotInfo
from clinic.terms import NotAllowed
from db.prepared import Prepared, Query
from db.session import Database
from db.tables import Appointment, Doctor, Patient, PayerQuota, Slot, Waiting, WaitingOffer

DAY = timedelta(days=1)
MOST = 200
"""A day of a doctor holds no more visits than that."""
Quotas = Mapping[tuple[int, int], int]
"""Visits a day, by payer and unit (EVERYWHERE: all units together)."""
Taken = Mapping[tuple[int, int, date], int]
"""How many there are of a payer, by doctor, unit (and EVERYWHERE) and day."""

_A, _Q, _F, _W = Appointment, PayerQuota, WaitingOffer, Waiting
_MINE = (_Q.doctor_id == bindparam("doctor"), _Q.payer_id == bindparam("payer"), _Q.unit_id == bindparam("quota_unit"))
_LOCK = Prepared(update(_Q).where(*_MINE).values(version=_Q.version + 1))
_LIMIT = Query(select(_Q.per_day).where(*_MINE))
_TAKEN = select(_A.id, _A.unit_id, _A.starts_at, _A.doctor_id).where(_A.status != "cancelled")
_KEPT = (
    select(_F.id, _F.unit_id, _F.starts_at, _F.doctor_id)
    .join(_W, _W.id == _F.waiting_id)
    .join(Slot, and_(Slot.id == _F.slot_id, Slot.hold_token == _F.token, Slot.status == "held"))
    .outerjoin(Patient, Patient.id == _W.patient_id)
    .where(_F.live == 1)
)
_PAID_BY = func.coalesce(_W.payer_id, Patient.usual_payer_id)
"""Who would pay for what is kept."""


def _that_day(of: Any, payer: Any) -> list[ColumnElement[bool]]:
    """Of visits, or of offers."""
    at: Any = bindparam("quota_unit")
    return [
        of.doctor_id == bindparam("doctor"), payer == bindparam("payer"), of.starts_at >= bindparam("start"),
        of.starts_at < bindparam("end"), or_(at == EVERYWHERE, of.unit_id == at),
    ]  # fmt: skip


_OF_DAY = Query(
    both(
        _TAKEN.where(*_that_day(_A, _A.payer_id), _A.id != bindparam("but")),
        _KEPT.where(
            *_that_day(_F, _PAID_BY), or_(_W.patient_id.is_(None), _W.patient_id != bindparam("patient")),
            or_(_W.pre_registration_id.is_(None), _W.pre_registration_id != bindparam("pre_registration")),
        ),
    )
)  # fmt: skip


class QuotaFull(NotAllowed):
    """The doctor takes no more visits of this payer that day: `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__("quota")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Limits:
    """The quotas that matter to a search for a payer: by doctor, the unit (or EVERYWHERE) and how many a day.

    `but`: the appointment that would be moved; its place, and what is kept for the same person, is no hindrance.
    """

    payer_id: int
    of: Mapping[int, Sequence[tuple[int, int]]]
    zones: Mapping[int, ZoneInfo]
    but: int = 0

    def day(self, unit_id: int, moment: datetime) -> date:
        """The day at a unit."""
        return moment.astimezone(self.zones[unit_id]).date()

    def over(self, slot: SlotInfo, taken: Taken) -> int:
        """The quota that one more on the day of a slot would go over; 0 where there is room."""
        day = self.day(slot.unit_id, slot.starts_at)
        here = (EVERYWHERE, slot.unit_id)
        theirs = ((unit, limit) for unit, limit in self.of.get(slot.doctor_id, ()) if unit in here)
        return next((limit for unit, limit in theirs if taken.get((slot.doctor_id, unit, day), 0) >= limit), 0)


def limits(roster: Roster, payer_id: int | None, doctors: Collection[int], but: int = 0) -> Limits | None:
    """What a search for a payer has to look at; None where nothing is limited. `but`: see `Limits`."""
    quotas = roster.quotas_of.get(payer_id) if payer_id is not None else None
    if not quotas or payer_id is None:
        return None
    theirs = {doctor: quotas[doctor] for doctor in quotas.keys() & set(doctors)}
    return Limits(payer_id, theirs, {unit.id: unit.tz for unit in roster.unit.values()}, but) if theirs else None


def not_full(database: Database, limits: Limits, slots: Sequence[SlotInfo]) -> list[SlotInfo]:
    """Those whose day still takes the payer, in their order: one question, whatever their number."""
    asked = [slot for slot in slots if slot.doctor_id in limits.of]
    if not asked:
        return list(slots)
    span = tuple(which(slot.starts_at for slot in asked) for which in (min, max))
    taken = counted(database, limits, {slot.doctor_id for slot in asked}, span)
    return [slot for slot in slots if not limits.over(slot, taken)]


def counted(
    database: Database, limits: Limits, doctors: Collection[int], span: tuple[datetime, ...]
) -> Counter[tuple[int, int, date]]:
    """How many visits of the payer these doctors have, or have room kept for, on the days from the first to the last
    moment of a span."""
    begins, ends = span

    def mine(of: Any, payer: Any) -> list[ColumnElement[bool]]:
        return [of.doctor_id.in_(doctors), payer == limits.payer_id, of.starts_at > begins - DAY,
                of.starts_at < ends + DAY]  # fmt: skip

    theirs = exists(select(_A.id).where(_A.id == limits.but, _A.patient_id == _W.patient_id))
    taken = _TAKEN.where(*mine(_A, _A.payer_id), _A.id != limits.but)
    rows: Iterable[Any] = database.rows(both(taken, _KEPT.where(*mine(_F, _PAID_BY), ~theirs)))
    return Counter(place for row in rows for place in places_of(limits, row))


def places_of(limits: Limits, visit: Any) -> tuple[tuple[int, int, date], ...]:
    """Where a visit counts: everywhere, and at its unit, on its day."""
    day = limits.day(visit.unit_id, visit.starts_at)
    return (visit.doctor_id, EVERYWHERE, day), (visit.doctor_id, visit.unit_id, day)


def check(connection: Connection, roster: Roster, values: Mapping[str, Any], but: int = 0) -> None:
    """In the transaction of a booking with these columns, whose patient is locked; `but`: the one that is moved.

    Raises QuotaFull. Where there is no quota nothing is asked.
    """
    for given in _asked(roster, values, but):
        if _LOCK.run(connection, given).rowcount:
            limit = _LIMIT.run(connection, given)[0].per_day
            if len(_OF_DAY.run(connection, given)) >= limit:
                raise QuotaFull(limit)


def full(connection: Connection, roster: Roster, values: Mapping[str, Any], but: int = 0) -> int:
    """The quota that such a visit would go over; 0 where there is room. Nothing is locked. `but`: as in `check`."""
    for given in _asked(roster, values, but):
        for row in _LIMIT.run(connection, given):
            if len(_OF_DAY.run(connection, given)) >= row.per_day:
                return int(row.per_day)
    return 0


def over(database: Database, roster: Roster, values: Mapping[str, Any], but: int = 0) -> int:
    """The same, outside of a transaction; nothing is asked where there is no quota."""
    if values["doctor_id"] not in roster.quotas_of.get(values["payer_id"], ()):
        return 0
    with database.read() as connection:
        return full(connection, roster, values, but)


def _asked(roster: Roster, values: Mapping[str, Any], but: int) -> list[dict[str, Any]]:
    """The parameters of each quota that holds for a visit, in the order in which they are locked."""
    doctor, payer, unit = values["doctor_id"], values["payer_id"], values["unit_id"]
    quotas = roster.quotas_of.get(payer, {}).get(doctor, ())
    if not quotas:
        return []
    start, end = _day(values["starts_at"], roster.unit[unit].tz)
    given = {"doctor": doctor, "payer": payer, "start": start, "end": end, "but": but}
    given |= {one: values.get(f"{one}_id") or 0 for one in ("patient", "pre_registration")}
    return [{**given, "quota_unit": at} for at, _ in sorted(quotas) if at in (EVERYWHERE, unit)]


def _day(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight."""
    day = moment.astimezone(zone).date()
    first, last = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + DAY))
    return first, last


def places(roster: Roster, doctor_id: int) -> list[tuple[int, int]]:
    """Where a doctor may have a quota: each payer they take, EVERYWHERE, and at each unit where there are several."""
    found: list[tuple[int, int]] = []
    for payer in roster.payers:
        at = roster.accepted_at.get((doctor_id, payer.id), ())
        units = [unit.id for unit in roster.units if unit.id in at]
        found += [(payer.id, EVERYWHERE)] if units else []
        found += [(payer.id, unit) for unit in units] if len(units) > 1 else []
    return found


def of_doctor(connection: Connection, doctor_id: int) -> dict[tuple[int, int], int]:
    """All of a doctor's quotas, exact."""
    rows = connection.execute(select(_Q.payer_id, _Q.unit_id, _Q.per_day).where(_Q.doctor_id == doctor_id))
    return {(row.payer_id, row.unit_id): row.per_day for row in rows}


def replace(connection: Connection, doctor_id: int, wanted: Quotas, still: Callable[[Quotas], bool]) -> None:
    """All of them, if those on file are `still` the ones to be replaced.

    Quotas are locked as bookings lock them, in their order, and then the doctor: where there is no quota yet, who
    writes the first one is waited for. Raises ChangedMeanwhile.
    """
    mine = update(_Q).where(_Q.doctor_id == doctor_id)
    for payer, unit in sorted(of_doctor(connection, doctor_id)):
        connection.execute(mine.where(_Q.payer_id == payer, _Q.unit_id == unit).values(version=_Q.version + 1))
    connection.execute(update(Doctor).where(Doctor.id == doctor_id).values(id=doctor_id))
    if not still(of_doctor(connection, doctor_id)):
        raise ChangedMeanwhile
    connection.execute(delete(_Q).where(_Q.doctor_id == doctor_id))
    rows = [
        {"doctor_id": doctor_id, "payer_id": payer, "unit_id": unit, "per_day": count, "version": 0}
        for (payer, unit), count in sorted(wanted.items())
    ]
    if rows:
        connection.execute(insert(_Q), rows)
