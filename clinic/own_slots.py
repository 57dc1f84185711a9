"""The slots an appointment has itself, its margin's too: free for it when it is moved, and for nobody else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, or_, select

from db.tables import Appointment, Doctor, Slot

DAY = timedelta(days=1)
Line = Any
MOVED = (
    select(Appointment.doctor_id, Appointment.starts_at, Appointment.ends_at, Appointment.slot_id)
    .join(Doctor, Doctor.id == Appointment.doctor_id)
    .where(Appointment.id == bindparam("moving"), Appointment.slot_id.is_not(None))
    .where(or_(Doctor.approves.is_(False), Appointment.status != "booked"))
)
ITS_SLOTS = (
    select(Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at, Slot.period)
    .add_columns(Slot.off_plan)
    .where(Slot.doctor_id == bindparam("doctor"), Slot.appointment_id == bindparam("moving"))
    .where(Slot.starts_at > bindparam("first"), Slot.starts_at < bindparam("last"))
    .order_by(Slot.starts_at)
)


class Asks(Protocol):
    """What of a search for times matters here."""

    @property
    def doctors(self) -> Collection[int]:
        """Whose."""

    @property
    def unit_id(self) -> int | None:
        """Where; None: anywhere."""

    @property
    def modality(self) -> str | None:
        """How; None: either way."""

    @property
    def start(self) -> datetime:
        """From when on."""


@dataclass(frozen=True, slots=True)
class Own:
    """`slots`: by time, rows of ITS_SLOTS; `start`: that with which the visit begins, to which it cannot be moved."""

    start: int = 0
    slots: tuple[Line, ...] = ()

    @property
    def ids(self) -> frozenset[int]:
        """All of them; those out of the working hours do for a margin, not for a visit."""
        return frozenset(one.id for one in self.slots)

    @property
    def bookable(self) -> frozenset[int]:
        """Those in which a visit can be."""
        return frozenset(one.id for one in self.slots if not one.off_plan)

    def suiting(self, ask: Asks, until: datetime) -> list[Line]:
        """Those in which a visit can be that is looked for."""
        return [
            one for one in self.slots if not one.off_plan and ask.start <= one.starts_at < until and _fits(ask, one)
        ]


NOTHING = Own()


def own_of(connection: Connection, moving: int) -> Own:
    """What an appointment has that goes when it moves; nothing where the doctor is asked first, for then it stays.

    Once it has gone it has nothing, but in the transaction in which it goes.
    """
    visit: Line = connection.execute(MOVED, {"moving": moving}).first() if moving else None
    if visit is None:
        return NOTHING
    around = {"doctor": visit.doctor_id, "first": visit.starts_at - DAY, "last": visit.ends_at + DAY}
    return Own(visit.slot_id, tuple(connection.execute(ITS_SLOTS, {**around, "moving": moving})))


def _fits(ask: Asks, one: Line) -> bool:
    here = ask.unit_id in (None, one.unit_id) and one.doctor_id in ask.doctors
    return here and (ask.modality is None or one.modality in (ask.modality, "any"))
