"""Which of the caller's appointments is meant."""

from agi.asking import Option, ToMainMenu, pick
from agi.call import Call
from agi.phrases import appointment
from clinic.bookings import Booking
from clinic.people import Person
from clinic.services import Clinic


def which_appointment(call: Call, clinic: Clinic, person: Person, ask: str) -> Booking:
    """The one of a call resumed, the only one, or the one picked after `ask`; none: told so, ToMainMenu."""
    upcoming = clinic.bookings.upcoming(person)
    resumed = (call.progress or {}).get("appointment_id")
    upcoming = [one for one in upcoming if one.id == resumed] or upcoming
    if not upcoming:
        call.play("appointments/none")
        raise ToMainMenu
    if len(upcoming) == 1:
        return upcoming[0]
    return pick(call, ask, options=[Option(one, appointment(clinic, one)) for one in upcoming])
