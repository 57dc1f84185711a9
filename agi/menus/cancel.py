"""Call-flow 5: cancel, with a reason, confirmed."""

from typing import NoReturn

from agi.asking import ToMainMenu, choose, finish, yes
from agi.call import Call
from agi.notes import spoken_note
from agi.phrases import appointment
from agi.which import which_appointment
from clinic.bookings import Booking, WrongStatus
from clinic.people import Person
from clinic.services import Clinic

REASONS = {"1": "cannot_attend", "2": "feeling_better", "3": "time_or_place", "4": "another_clinic", "5": "spoken"}
REASON_SECONDS = 60


def cancel(call: Call, clinic: Clinic, person: Person, booking: Booking | None = None) -> NoReturn:
    """Which one, why, what follows inside the notice period, and `1` to confirm. Nothing is cancelled before that."""
    call.enter("cancel")
    chosen = booking or which_appointment(call, clinic, person, "cancel/which")
    call.progress = {"menu": "cancel", "appointment_id": chosen.id}
    reason = REASONS[choose(call, *appointment(clinic, chosen), "cancel/why", keys=REASONS)]
    note_id = None
    if reason == "spoken":
        note_id = spoken_note(call, clinic, "cancel_reason", "cancel/say-why", seconds=REASON_SECONDS, person=person)
    warning = ("cancel/late-notice",) if clinic.bookings.late_notice(chosen) else ()
    if not yes(call, *warning, "cancel/sure"):
        call.play("cancel/kept")
        raise ToMainMenu
    try:
        clinic.bookings.cancel(person, chosen.id, reason, via="telephone", note_id=note_id, call_id=call.id)
    except WrongStatus:
        call.play("common/changed-meanwhile")
        raise ToMainMenu from None
    call.progress = None
    finish(call, "cancel/done")
