"""Call-flow 5: move an appointment; the old time is never given up before the new one is booked."""

from datetime import date
from typing import NoReturn

from agi.asking import GoBack, ToMainMenu, finish, yes
from agi.call import Call
from agi.menus.choose_time import choose_time
from agi.phrases import appointment, code, when_and_where
from agi.times import Times
from agi.which import which_appointment
from clinic.agenda import Criteria, SlotInfo
from clinic.bookings import Booking, NotAllowed, Overlaps, SlotTaken, WrongStatus
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic


def reschedule(call: Call, clinic: Clinic, person: Person, booking: Booking | None = None) -> NoReturn:
    """Which one, a new time with the same doctor, read back, confirmed; both happen or neither."""
    call.enter("reschedule")
    old = booking or which_appointment(call, clinic, person, "reschedule/which")
    call.progress = {"menu": "reschedule", "appointment_id": old.id}
    call.play("reschedule/moving", *appointment(clinic, old))
    times = Times(call, clinic, _criteria(clinic, old), _last_day(clinic, old))
    while True:
        slot = choose_time(call, times)
        if slot is None:
            call.play("reschedule/nothing-free")
            raise ToMainMenu
        try:
            moved = _move(call, clinic, person, old, slot)
        except SlotTaken:
            call.play("booking/just-taken")
            times.lost(slot)
            continue
        if moved is not None:
            call.progress = None
            call.enter("code")
            finish(call, "reschedule/requested" if moved.status == "pending" else "reschedule/done", *code(moved))


def _criteria(clinic: Clinic, old: Booking) -> Criteria:
    """The same doctor, payer and length; any of her units."""
    minutes = int((old.ends_at - old.starts_at).total_seconds() // 60)
    return Criteria(
        specialty_id=old.specialty_id or _specialty_of(clinic, old.doctor_id),
        doctor_id=old.doctor_id,
        payer_id=old.payer_id,
        modality=old.modality,
        minutes=minutes,
    )


def _specialty_of(clinic: Clinic, doctor_id: int) -> int:
    """Any of the doctor's: the desk lets patients in without one."""
    offered = (one.id for one in clinic.directory.specialties())
    return next((one for one in offered if clinic.directory.doctors(Criteria(one, doctor_id))), 0)


def _last_day(clinic: Clinic, old: Booking) -> date | None:
    """A retorno stays within the days of its doctor."""
    is_return = clinic.directory.kind(old.kind_id).code == "return"
    return clinic.bookings.return_until(old.id) if is_return else None


def _move(call: Call, clinic: Clinic, person: Person, old: Booking, slot: SlotInfo) -> Booking | None:
    """The new booking; None when the caller chooses again."""
    minutes = int((old.ends_at - old.starts_at).total_seconds() // 60)
    hold = clinic.bookings.hold(slot, by=call.id, minutes=minutes)
    call.enter("read_back")
    try:
        sure = yes(
            call, "reschedule/read-back", *when_and_where(clinic, slot, old.modality), "booking/confirm-or-other"
        )
    except GoBack:
        sure = False
    if not sure:
        clinic.bookings.release(hold)
        return None
    key = f"{call.id}:{hold.token}"
    try:
        return clinic.bookings.reschedule(person, old.id, hold, via="telephone", caller=normalise(call.caller), key=key)
    except Overlaps as clash:
        clinic.bookings.release(hold)
        call.play("booking/overlaps", *appointment(clinic, clash.booking))
        return None
    except WrongStatus:
        call.play("common/changed-meanwhile")
        raise ToMainMenu from None
    except NotAllowed:
        clinic.bookings.release(hold)
        call.play("booking/withdrawn")
        raise ToMainMenu from None
