"""Call-flow 5: cancel, with a reason, confirmed."""

from contextlib import suppress
from functools import partial
from typing import NoReturn

from agi.asking import GoBack, ToMainMenu, choose, finish, yes
from agi.call import Call
from agi.notes import spoken_note
from agi.phrases import appointment
from agi.which import for_one_of_them
from clinic.bookings import Booking, WrongStatus
from clinic.people import Person
from clinic.services import Clinic

REASONS = {"1": "cannot_attend", "2": "feeling_better", "3": "time_or_place", "4": "another_clinic", "5": "spoken"}
REASON_SECONDS = 60


def cancel(call: Call, clinic: Clinic, person: Person, booking: Booking | None = None) -> NoReturn:
    """Which one, why, what follows inside the notice period, and `1` to confirm. Nothing is cancelled before that."""
    call.enter("cancel")
    act = partial(_cancel, call, clinic, person)
    if booking:
        act(booking)
    for_one_of_them(call, clinic, person, "cancel/which", act)


def _cancel(call: Call, clinic: Clinic, person: Person, chosen: Booking) -> NoReturn:
    """This one; `*` comes back to its reason, and from there to where it was chosen."""
    call.progress = {"menu": "cancel", "appointment_id": chosen.id}
    while True:
        reason = REASONS[choose(call, *appointment(clinic, chosen), "cancel/why", keys=REASONS)]
        with suppress(GoBack):
            _confirm(call, clinic, person, chosen, reason)


def _confirm(call: Call, clinic: Clinic, person: Person, chosen: Booking, reason: str) -> NoReturn:
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
