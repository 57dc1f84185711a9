"""Call-flow 1 and 3: a complaint or a message, spoken and kept with its protocol; asked for before any data."""

from typing import NoReturn

from agi.asking import finish
from agi.call import Call
from agi.notes import spoken_note
from agi.speech import Digits
from clinic.people import Person
from clinic.services import Clinic

MESSAGE_SECONDS = 120


def complaint(call: Call, clinic: Clinic, person: Person | None = None) -> NoReturn:
    """Record it and tell its protocol."""
    call.enter("complaint")
    protocol = clinic.calls.protocol(call.id)
    spoken_note(call, clinic, "complaint", "complaint/speak", seconds=MESSAGE_SECONDS, protocol=protocol, person=person)
    finish(call, "complaint/kept", Digits(protocol))
