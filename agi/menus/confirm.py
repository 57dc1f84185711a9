"""Call-flow 5: confirm attendance."""

from agi.asking import ToMainMenu, finish, yes
from agi.call import Call
from agi.phrases import appointment
from clinic.bookings import WrongStatus
from clinic.people import Person
from clinic.services import Clinic


def confirm(call: Call, clinic: Clinic, person: Person) -> None:
    """Read the one that waits for it; `1` confirms, `2` leaves it as it is."""
    call.enter("confirm")
    waiting = clinic.bookings.needs_confirmation(person)
    if waiting is None:
        call.play("confirm/none")
        raise ToMainMenu
    if not yes(call, *appointment(clinic, waiting), "confirm/sure"):
        call.play("confirm/left")
        raise ToMainMenu
    try:
        clinic.bookings.confirm(person, waiting.id, via="telephone")
    except WrongStatus:
        call.play("common/changed-meanwhile")
        raise ToMainMenu from None
    finish(call, "confirm/done")
