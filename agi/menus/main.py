"""Call-flow 3: first what matters to this caller, then what can be done."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from agi.asking import GoBack, ToMainMenu, choose, yes
from agi.call import Call
from agi.menus.appointments import appointments
from agi.menus.booking import booking
from agi.menus.cancel import cancel
from agi.menus.complaint import complaint
from agi.menus.confirm import confirm
from agi.menus.reschedule import reschedule
from agi.phrases import appointment
from agi.speech import Said
from clinic.bookings import Booking
from clinic.people import Person
from clinic.services import Clinic

Menu = Callable[[Call, Clinic, Person], None]

CHOICES: dict[str, Menu] = {
    "1": booking,
    "2": appointments,
    "3": cancel,
    "4": reschedule,
    "5": confirm,
    "6": complaint,
}
CAN_RESUME: dict[str, Menu] = {"booking": booking, "reschedule": reschedule, "cancel": cancel}


def main(call: Call, clinic: Clinic, person: Person) -> None:
    """Offer the menus until the caller finishes; `*` hears it again, and comes back here from every menu."""
    _resume(call, clinic, person)
    while True:
        call.progress = None
        call.enter("main")
        try:
            upcoming = clinic.bookings.upcoming(person)
            said = [*_next_appointment(clinic, upcoming), *_offered(clinic, upcoming)]
            choice = choose(call, *said, keys=set(CHOICES))
            CHOICES[choice](call, clinic, person)
        except (GoBack, ToMainMenu):
            continue


def _next_appointment(clinic: Clinic, upcoming: Sequence[Booking]) -> list[Said]:
    """The next one in full; nothing for who has none."""
    return ["main/next", *appointment(clinic, upcoming[0]), "pause/300"] if upcoming else []


def _offered(clinic: Clinic, upcoming: Sequence[Booking]) -> list[Said]:
    """Keys are fixed; `5` is only told while an appointment waits for its confirmation."""
    waiting = clinic.bookings.to_confirm(upcoming)
    return [
        "main/book",
        "main/hear",
        "main/cancel",
        "main/move",
        *(["main/confirm"] if waiting else []),
        "main/complaint",
        "main/person",
    ]


def _resume(call: Call, clinic: Clinic, person: Person) -> None:
    """Who was cut off in the middle less than ten minutes ago is asked whether to go on there."""
    kept = clinic.calls.resume_for(person, call.id)
    menu = CAN_RESUME.get(str(kept.get("menu"))) if kept else None
    if menu is None:
        return
    with suppress(GoBack, ToMainMenu):
        if yes(call, "main/resume"):
            call.progress = kept
            menu(call, clinic, person)
