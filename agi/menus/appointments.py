"""Call-flow 5: the appointments in order, one at a time."""

from contextlib import suppress

from agi.asking import GoBack, choose
from agi.call import Call
from agi.menus.cancel import cancel
from agi.menus.reschedule import reschedule
from agi.phrases import appointment
from clinic.bookings import Booking
from clinic.people import Person
from clinic.services import Clinic

ACTS = {"3": cancel, "4": reschedule}


def appointments(call: Call, clinic: Clinic, person: Person) -> None:
    """1 next, 3 cancel this one, 4 move this one; after the last one, the main menu."""
    call.enter("appointments")
    upcoming = clinic.bookings.upcoming(person)
    for booking in upcoming:
        _hear(call, clinic, person, booking)
    call.play("appointments/no-more" if upcoming else "appointments/none")


def _hear(call: Call, clinic: Clinic, person: Person, booking: Booking) -> None:
    """One of them, until the next is wanted; `*` from what is done with it comes back here."""
    while True:
        key = choose(call, *appointment(clinic, booking), "appointments/next-cancel-or-move", keys={"1", *ACTS})
        if key == "1":
            return
        with suppress(GoBack):
            ACTS[key](call, clinic, person, booking)
        call.progress = None
        call.enter("appointments")
