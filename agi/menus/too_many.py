"""Call-flow 4: a patient who holds as many appointments as the clinic allows does something about those instead."""

from typing import NoReturn

from agi.asking import ToMainMenu, choose
from agi.call import Call
from agi.menus.appointments import appointments
from agi.menus.cancel import cancel
from agi.menus.reschedule import reschedule
from clinic.people import Person
from clinic.services import Clinic

INSTEAD = {"2": appointments, "3": cancel, "4": reschedule}
"""By the keys of the main menu."""


def too_many(call: Call, clinic: Clinic, person: Person) -> NoReturn:
    """Say so; hear them, cancel or move one, or a person."""
    call.enter("too_many")
    call.progress = None
    said = ("booking/too-many", "main/hear", "main/cancel", "main/move", "main/person")
    INSTEAD[choose(call, *said, keys=INSTEAD)](call, clinic, person)
    raise ToMainMenu
