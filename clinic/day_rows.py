"""What the picture of some days is drawn from: delays, visits, slots and absences, asked for in one round trip."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, bindparam, select

from db.prepared import Query
from db.session import Database
from db.tables import Absence, Appointment, Delay, Patient, Slot

NOT_SHOWN = ("cancelled",)
START: BindParameter[Any] = bindparam("start")
END: BindParameter[Any] = bindparam("end")
Theirs = Callable[[Any], ColumnElement[bool]]


class DayRows(NamedTuple):
    """The rows of each kind, in order of their time."""

    late: Sequence[Any]
    visits: Sequence[Any]
    slots: Sequence[Any]
    away: Sequence[Any]


def asked(database: Database, doctors: Sequence[int], span: dict[str, Any]) -> DayRows:
    """All that these doctors have in a span: `start` and `end` are moments, `first` and `last` days."""
    # Of few lengths, so that few texts are ever made; who is named twice is found once.
    room = 1 << (len(doctors) - 1).bit_length()
    named = {f"doctor{place}": doctors[min(place, len(doctors) - 1)] for place in range(room)}
    return DayRows(*database.ask_all(*((query, named | span) for query in _queries(room))))


def _late(theirs: Theirs) -> Any:
    """The delays of some doctors from `first` to `last`."""
    of_these = theirs(Delay.doctor_id), Delay.day >= bindparam("first"), Delay.day <= bindparam("last")
    return select(Delay.doctor_id, Delay.day, Delay.minutes, Delay.since, Delay.reason).where(
        *of_these, Delay.minutes > 0
    )


def _away(theirs: Theirs) -> Any:
    """The absences of some doctors that reach into the span."""
    found = select(Absence.doctor_id, Absence.starts_at, Absence.ends_at, Absence.reason)
    return found.where(theirs(Absence.doctor_id), Absence.starts_at < END, Absence.ends_at > START).order_by(
        Absence.starts_at
    )


def _visits(theirs: Theirs) -> Any:
    one = Appointment
    return (
        select(one.id, one.code, one.status, one.starts_at, one.ends_at, one.doctor_id, one.unit_id, one.kind_id)
        .add_columns(one.payer_id, one.modality, one.via, one.confirmed_at, one.extra_n, one.patient_id)
        .add_columns(one.pre_registration_id, one.tell_by_phone, Patient.name, Patient.social_name)
        .outerjoin(Patient, Patient.id == one.patient_id)
        .where(theirs(one.doctor_id), *(one.status != status for status in NOT_SHOWN))
        .where(one.starts_at >= START, one.starts_at < END)
        .order_by(one.starts_at, one.id)
    )


def _slots(theirs: Theirs) -> Any:
    found = select(Slot.id, Slot.doctor_id, Slot.unit_id, Slot.modality, Slot.starts_at, Slot.ends_at, Slot.status)
    there = theirs(Slot.doctor_id), Slot.starts_at >= START, Slot.starts_at < END, Slot.status != "booked"
    return found.add_columns(Slot.held_until, Slot.hold_token, Slot.off_plan).where(*there).order_by(Slot.starts_at)


@lru_cache(16)
def _queries(room: int) -> tuple[Query, ...]:
    def theirs(column: Any) -> ColumnElement[bool]:
        return column.in_([bindparam(f"doctor{place}") for place in range(room)])  # type: ignore[no-any-return]

    return tuple(Query(made(theirs)) for made in (_late, _visits, _slots, _away))


def _listed(column: Any) -> ColumnElement[bool]:
    return column.in_(bindparam("doctors", expanding=True))  # type: ignore[no-any-return]


LATE, AWAY = _late(_listed), _away(_listed)
"""Those of any number of `doctors`, each alone."""
