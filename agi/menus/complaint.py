"""Call-flow 1 and 3: a complaint or a message, spoken and kept with its protocol; asked for before any data."""

from clinic.people import Person
from clinic.services import Clinic

from agi.asking import TRIES, WantsPerson, finish
from agi.call import Call
from agi.speech import Digits

MESSAGE_SECONDS = 120


def complaint(call: Call, clinic: Clinic, person: Person | None = None) -> None:
    """Record it and tell its protocol. What was said before a hang-up is kept as well."""
    call.enter("complaint")
    protocol = clinic.calls.protocol(call.id)
    note = clinic.voice_notes.begin("complaint", call.id, protocol, person)
    for _ in range(TRIES):
        recording = call.record(note.path, "complaint/speak", seconds=MESSAGE_SECONDS)
        if recording.seconds:
            clinic.voice_notes.recorded(note.id, recording.seconds)
            finish(call, "complaint/kept", Digits(protocol))
        call.play("common/heard-nothing")
    raise WantsPerson("no message")
