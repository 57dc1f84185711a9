"""Taking back: within ten seconds by who acted, or by the system when nobody waited for a booking any more."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from clinic import appointments, quotas, restoring, series_rows
from clinic.appointments import FULL, WITH_VISIT, Act, Booking, Line, booking
from clinic.holds import SlotTaken
from clinic.outbox import facts
from clinic.people import Person
from clinic.roster import Roster
from clinic.taking import TooMany, check_count, check_overlap
from clinic.transitions import WrongStatus
from clinic.visits import ExtraQuotaFull, free_place
from clinic.whose import of_each_kind
from db.tables import Appointment, AppointmentChange, Doctor

FIRST_LINES = ("booked", "requested", "restored")
GIVEN_UP = ("cancelled", "moved")
_C = AppointmentChange
EXTRA = select(Appointment.extra_day, Appointment.extra_reason, Doctor.extra_quota).join(
    Doctor, Doctor.id == Appointment.doctor_id
)


def _ended_with(theirs: ColumnElement[bool]) -> Any:
    how = (_C.event == "withdrawn", _C.at == bindparam("at"), _C.by == bindparam("by"))
    ended = FULL.join(_C, _C.appointment_id == Appointment.id).where(theirs, *how)
    ended = ended.where(Appointment.replaces == bindparam("visit"), Appointment.cancel_reason == WITH_VISIT)
    return ended.order_by(Appointment.slot_id)


ENDED_WITH = of_each_kind(_ended_with)
"""The requests to move `:visit` that ended with it `:at` a moment."""


def undo(connection: Connection, person: Person, booking_id: int, act: Act, quotas_of: Roster | None = None) -> Booking:
    """One's own cancelling or moving of ten seconds ago, with the requests to move it that ended with it: all of it, or
    nothing. Raises NotYours, WrongStatus, Overlaps, SlotTaken.

    `quotas_of`: where the quotas stand that hold for who acts, None for who may go over limits; raises QuotaFull, and
    SlotTaken where somebody not on file yet has another time instead.
    """
    appointments.lock(connection, person)
    old = appointments.theirs(connection, person, booking_id)
    if old.cancel_reason == WITH_VISIT:  # a request that ended: what ended it is taken back
        old = appointments.theirs(connection, person, old.replaces)
    last = _history(connection, old.id)[-1]
    if old.status != "cancelled" or last.event not in GIVEN_UP:
        raise WrongStatus(old.status, "undone")
    if last.by != act.by or act.at > last.at + appointments.UNDO:
        raise SlotTaken
    visit = old.replaces if last.from_status == "pending" else None
    act.contact.goes_on(last.protocol)
    new = appointments.one(connection, old.replaced_by) if old.replaced_by else None
    if new is not None:
        if new.replaces == old.id:  # it went by the doctor's word, of which the patient has heard
            raise WrongStatus("booked", "undone")
        appointments.change(connection, new, "cancelled", act, cancel_reason="undone", caller_n=None)
        facts.silence(connection, new.id, "undone", act.at)
    elif not visit:  # a request to move counts with its visit
        series_rows.check_again(connection, old)
    facts.silence(connection, old.id, "undone", act.at)
    others = appointments.live_ones(connection, person, act.at)
    if quotas_of:
        quotas.check(connection, quotas_of, _columns(old), but=visit or 0)
        if new is None and person.kind != "patient":
            _check_room(others, person, visit)
    if new is not None:  # only now, for quotas are locked before slots
        appointments.let_go(connection, new, act.at, timedelta())
    check_overlap(connection, [one for one in others if one.id != visit], old.starts_at, old.ends_at)
    new_id = _restored(connection, old, last.from_status, act)
    _bring_requests(connection, old, last, new_id, act, quotas_of)
    return booking(appointments.one(connection, new_id))


def _check_room(others: list[Line], person: Person, visit: int | None) -> None:
    """Who is not on file yet keeps one visit, and one time asked for beside it. `visit`: what a request would move.
    Raises SlotTaken."""
    if visit is None:
        try:
            check_count(others, person, 1)
        except TooMany as error:
            raise SlotTaken from error
    elif any(other.replaces == visit for other in others):
        raise SlotTaken


def _bring_requests(
    connection: Connection, old: Line, last: Line, visit: int, act: Act, quotas_of: Roster | None = None
) -> None:
    """Those that ended in the moment in which an appointment was given up ask to move it again, as the `visit` it is
    now. Raises Overlaps, SlotTaken, QuotaFull."""
    kind, person = appointments.owner(old)
    given = {"person": person, "visit": old.id, "at": last.at, "by": last.by}
    for one in ENDED_WITH[kind].run(connection, given):
        if quotas_of:
            quotas.check(connection, quotas_of, _columns(one), but=visit)
        live = appointments.LIVE[kind].run(connection, {"person": person, "now": act.at})
        check_overlap(connection, [other for other in live if other.id != visit], one.starts_at, one.ends_at)
        facts.silence(connection, one.id, "undone", act.at)
        restoring.restore(connection, one, "pending", act, visit)


def _restored(connection: Connection, old: Line, status: str, act: Act) -> int:
    """In its own slots; an encaixe, which has none, in a place of its day's quota. Raises SlotTaken."""
    extra = None if old.slot_id else connection.execute(EXTRA.where(Appointment.id == old.id)).one()
    if extra is None or extra.extra_day is None:
        return restoring.restore(connection, old, status, act)
    kept = {name: getattr(old, name) for name in restoring.KEPT}
    try:
        place = free_place(connection, old.doctor_id, extra.extra_day, extra.extra_quota)
        its = {"extra_day": extra.extra_day, "extra_reason": extra.extra_reason, "extra_n": place}
        return appointments.add(connection, {**kept, **its, "status": status, "via": act.via}, act, "restored")
    except (ExtraQuotaFull, IntegrityError) as error:  # the place went to somebody else meanwhile
        raise SlotTaken from error


def _columns(row: Line) -> dict[str, Any]:
    names = ("doctor_id", "unit_id", "payer_id", "starts_at", "patient_id", "pre_registration_id")
    return {name: getattr(row, name) for name in names}


def withdraw(connection: Connection, key: str, now: datetime) -> bool:
    """Whether a booking under this key was taken back; a moved one gets its old time again.

    Raises SlotTaken, or Overlaps, when that time or one that was asked for is gone: then nothing was changed.
    """
    row = _by_key(connection, key)
    if row is None:
        return False
    appointments.lock_owner(connection, row)
    act = Act("system", "system", now)
    if not _untouched(connection, row):
        appointments.tell(connection, row.id, act, "kept", row.status, row.status)
        return False
    old = connection.execute(FULL.where(Appointment.replaced_by == row.id)).first()
    _drop(connection, row, "withdrawn", "withdrawn", act)
    if old is not None:
        last = _history(connection, old.id)[-1]
        _bring_requests(connection, old, last, _restored(connection, old, last.from_status, act), act)
    return True


def keep(connection: Connection, key: str, now: datetime) -> None:
    """A booking that nobody waited for stays: the desk is told so."""
    row = _by_key(connection, key)
    if row is not None:
        appointments.tell(connection, row.id, Act("system", "system", now), "kept", row.status, row.status)


def _drop(connection: Connection, row: Line, event: str, reason: str, act: Act) -> None:
    """Cancel, and let everybody have the time at once."""
    appointments.change(connection, row, event, act, cancel_reason=reason, caller_n=None)
    appointments.let_go(connection, row, act.at, timedelta())


def _untouched(connection: Connection, row: Line) -> bool:
    """Whether nothing has happened to it since it was made."""
    lines = _history(connection, row.id)
    return row.status in ("pending", "booked") and len(lines) == 1 and lines[0].event in FIRST_LINES


def _by_key(connection: Connection, key: str) -> Line | None:
    return connection.execute(FULL.where(Appointment.idempotency_key == key)).first()


def _history(connection: Connection, appointment_id: int) -> list[Line]:
    lines = select(AppointmentChange).where(AppointmentChange.appointment_id == appointment_id)
    return list(connection.execute(lines.order_by(AppointmentChange.id)))
