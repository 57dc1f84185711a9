"""Call-flow 5: the appointments in order, one at a time."""

from agi.asking import choose
from agi.call import Call
from agi.menus.cancel import cancel
from agi.menus.reschedule import reschedule
from agi.phrases import appointment
from clinic.people import Person
from clinic.services import Clinic


def appointments(call: Call, clinic: Clinic, person: Person) -> None:
    """1 next, 3 cancel this one, 4 move this one; after the last one, the main menu."""
    call.enter("appointments")
    upcoming = clinic.bookings.upcoming(person)
    for booking in upcoming:
        key = choose(call, *appointment(clinic, booking), "appointments/next-cancel-or-move", keys="134")
        if key == "3":
            cancel(call, clinic, person, booking)
        if key == "4":
            reschedule(call, clinic, person, booking)
    call.play("appointments/no-more" if upcoming else "appointments/none")
