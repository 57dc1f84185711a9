"""Which of the caller's appointments is meant."""

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from agi.asking import GoBack, Option, ToMainMenu, pick
from agi.call import Call
from agi.phrases import appointment
from clinic.bookings import Booking
from clinic.people import Person
from clinic.services import Clinic

Act = Callable[[Booking], NoReturn]


def for_one_of_them(call: Call, clinic: Clinic, person: Person, ask: str, act: Act) -> NoReturn:
    """Act on the one of a call resumed, the only one, or the one picked after `ask`, to which `*` comes back.

    None: told so, ToMainMenu.
    """
    upcoming = clinic.bookings.upcoming(person)
    resumed = (call.progress or {}).get("appointment_id")
    upcoming = [one for one in upcoming if one.id == resumed] or upcoming
    if not upcoming:
        call.play("appointments/none")
        raise ToMainMenu
    if len(upcoming) == 1:
        act(upcoming[0])
    options = [Option(one, appointment(clinic, one)) for one in upcoming]
    while True:
        chosen = pick(call, ask, options=options)
        with suppress(GoBack):
            act(chosen)
        call.progress = None
