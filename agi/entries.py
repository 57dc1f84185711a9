"""The menus the dialplan may enter, and what every call has around its menu."""

from collections.abc import Callable
from contextlib import suppress

from agi.asking import Finished, GoBack, ToMainMenu, WantsPerson
from agi.call import Call, ClinicTooSlow
from agi.handover import hand_over
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
from clinic.people import Person
from clinic.services import Clinic

Entry = Callable[[Call, Clinic], None]
"""What runs a whole call."""


def conversation(menu: Entry) -> Entry:
    """The menu and its ends: good-bye, a person, or a person because the clinic's system does not answer."""

    def entry(call: Call, clinic: Clinic) -> None:
        try:
            _talk(call, clinic, menu)
        except WantsPerson as wish:
            _to_person(call, clinic, wish.why)
        except ClinicTooSlow:
            call.play("common/clinic-slow")
            hand_over(call, call.trail[-1] if call.trail else "", "slow")

    return entry


def _talk(call: Call, clinic: Clinic, menu: Entry) -> None:
    try:
        menu(call, clinic)
    except (Finished, ToMainMenu, GoBack):
        goodbye(call, clinic)


def _to_person(call: Call, clinic: Clinic, why: str) -> None:
    """A database that stops answering just now must not keep the caller from a person."""
    try:
        reception(call, clinic, why)
    except ClinicTooSlow:
        hand_over(call, "reception", why)


def for_patient(menu: Callable[[Call, Clinic, Person], None]) -> Entry:
    """A menu that needs a patient, entered from outside, is preceded by identification; then the main menu."""

    def entry(call: Call, clinic: Clinic) -> None:
        person = identify(call, clinic)
        with suppress(ToMainMenu, GoBack):
            menu(call, clinic, person)
        main(call, clinic, person)

    return entry


ENTRIES: dict[str, Entry] = {
    "greeting": conversation(greeting),
    "booking": conversation(for_patient(booking)),
    "appointments": conversation(for_patient(appointments)),
    "cancel": conversation(for_patient(cancel)),
    "reschedule": conversation(for_patient(reschedule)),
    "confirm": conversation(for_patient(confirm)),
    "complaint": conversation(complaint),
}
