"""Call-flow 5: move an appointment; the old time is never given up before the new one is booked."""

from datetime import date
from functools import partial
from typing import NoReturn

from agi.asking import GoBack, ToMainMenu, finish, yes
from agi.call import Call
from agi.menus.choose_time import choose_time
from agi.phrases import answer_by, appointment, code, when_and_where
from agi.times import Times
from agi.which import for_one_of_them
from clinic.agenda import Criteria, SlotInfo
from clinic.bookings import Booking, Hold, NotAllowed, Overlaps, SlotTaken, WrongStatus
from clinic.kinds import Margin
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic


def reschedule(call: Call, clinic: Clinic, person: Person, booking: Booking | None = None) -> NoReturn:
    """Which one, a new time with the same doctor, read back, confirmed; both happen or neither."""
    call.enter("reschedule")
    act = partial(_reschedule, call, clinic, person)
    if booking:
        act(booking)
    for_one_of_them(call, clinic, person, "reschedule/which", act)


def _reschedule(call: Call, clinic: Clinic, person: Person, old: Booking) -> NoReturn:
    call.progress = {"menu": "reschedule", "appointment_id": old.id}
    _check_payer(call, clinic, old)
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
            _tell(call, clinic, person, moved)


def _check_payer(call: Call, clinic: Clinic, old: Booking) -> None:
    """Under a convênio the doctor has dropped since, a person has to settle what becomes of it."""
    if not clinic.directory.takes(old.doctor_id, old.payer_id):
        call.play("reschedule/payer-dropped")
        raise ToMainMenu


def _tell(call: Call, clinic: Clinic, person: Person, moved: Booking) -> NoReturn:
    """The code is told twice to who has no contact on file. Ends the moving."""
    call.progress = None
    call.enter("code")
    said = ("reschedule/requested", *answer_by(clinic, moved)) if moved.status == "pending" else ("reschedule/done",)
    finish(call, *said, *code(moved, twice=not person.has_contact))


def _criteria(clinic: Clinic, old: Booking) -> Criteria:
    """The same doctor, payer and length; any of her units."""
    return Criteria(
        specialty_id=clinic.directory.specialty_of(old.doctor_id, old.specialty_id),
        doctor_id=old.doctor_id,
        payer_id=old.payer_id,
        modality=old.modality,
        minutes=_minutes(old),
        margin=_margin(clinic, old),
        moving=old.id,
    )


def _minutes(old: Booking) -> int:
    """How long it takes."""
    return int((old.ends_at - old.starts_at).total_seconds() // 60)


def _margin(clinic: Clinic, old: Booking) -> Margin:
    """What the doctor needs beside it."""
    return clinic.directory.kind(old.kind_id).margin_of(_minutes(old))


def _last_day(clinic: Clinic, old: Booking) -> date | None:
    """A retorno stays within the days of its doctor."""
    is_return = clinic.directory.kind(old.kind_id).code == "return"
    return clinic.bookings.return_until(old.id) if is_return else None


def _move(call: Call, clinic: Clinic, person: Person, old: Booking, slot: SlotInfo) -> Booking | None:
    """The new booking; None when the caller chooses again."""
    hold = _hold(call, clinic, old, slot)
    if not _confirmed(call, clinic, slot, old.modality):
        clinic.bookings.release(hold)
        return None
    try:
        return _moved(call, clinic, person, old, hold)
    except SlotTaken:  # the hold lapsed while the caller thought; nobody else may want the time
        return _moved(call, clinic, person, old, _hold(call, clinic, old, slot))


def _hold(call: Call, clinic: Clinic, old: Booking, slot: SlotInfo) -> Hold:
    return clinic.bookings.hold(slot, call.id, _minutes(old), _margin(clinic, old), moving=old.id)


def _confirmed(call: Call, clinic: Clinic, slot: SlotInfo, modality: str) -> bool:
    """The new time is read back; `*` is another one as well."""
    call.enter("read_back")
    said = when_and_where(clinic, slot, modality)
    try:
        return yes(call, "reschedule/read-back", *said, "booking/confirm-or-other")
    except GoBack:
        return False


def _moved(call: Call, clinic: Clinic, person: Person, old: Booking, hold: Hold) -> Booking | None:
    """The new booking; None, told why, when another time may do."""
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
