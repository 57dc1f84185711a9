"""The menus the dialplan may enter, and what every call has around its menu."""

from collections.abc import Callable
from contextlib import suppress

from agi.asking import Finished, GoBack, ToMainMenu, WantsPerson
from agi.call import Call
from agi.menus.appointments import appointments
from agi.menus.booking import booking
from agi.menus.cancel import cancel
from agi.menus.complaint import complaint
from agi.menus.confirm import confirm
from agi.menus.goodbye import goodbye
from agi.menus.greeting import greeting
from agi.menus.identify import identify
from agi.menus.main import main
from agi.menus.reception import reception
from agi.menus.reschedule import reschedule
from agi.welcome import welcome
from clinic.people import Person
from clinic.services import Clinic

Entry = Callable[[Call, Clinic], None]
"""What runs a whole call."""


def conversation(menu: Entry) -> Entry:
    """The menu and its ends: the good-bye, or a person. A clinic that does not answer is the server's to handle."""

    def entry(call: Call, clinic: Clinic) -> None:
        try:
            _talk(call, clinic, menu)
        except WantsPerson as wish:
            reception(call, clinic, wish.why)

    return entry


def _talk(call: Call, clinic: Clinic, menu: Entry) -> None:
    try:
        menu(call, clinic)
    except (Finished, ToMainMenu, GoBack):
        goodbye(call, clinic)


def for_patient(menu: Callable[[Call, Clinic, Person], None]) -> Entry:
    """A menu that needs a patient, entered from outside, comes after welcome and identification; then the main one."""

    def entry(call: Call, clinic: Clinic) -> None:
        person = _identified(call, clinic)
        with suppress(ToMainMenu, GoBack):
            menu(call, clinic, person)
        main(call, clinic, person)

    return entry


def _identified(call: Call, clinic: Clinic) -> Person:
    """There is no menu before this one: `*` hears it again."""
    while True:
        call.play(*welcome(call, clinic))
        with suppress(GoBack):
            return identify(call, clinic)


def for_anybody(menu: Entry) -> Entry:
    """A menu that needs no patient, after the welcome; whoever wants more is greeted as ever and identified.

    A plan is not cancelled here: the key for it is told where it is asked for.
    """

    def entry(call: Call, clinic: Clinic) -> None:
        call.play(*(one for one in welcome(call, clinic) if one != "greeting/cancel-plan"))
        with suppress(ToMainMenu, GoBack):
            menu(call, clinic)
        greeting(call, clinic)

    return entry


ENTRIES: dict[str, Entry] = {
    "greeting": conversation(greeting),
    "booking": conversation(for_patient(booking)),
    "appointments": conversation(for_patient(appointments)),
    "cancel": conversation(for_patient(cancel)),
    "reschedule": conversation(for_patient(reschedule)),
    "confirm": conversation(for_patient(confirm)),
    "complaint": conversation(for_anybody(complaint)),
}
