"""Call-flow 2.5: a record made by telephone, apart from the patients, which the desk completes later."""

from datetime import date

from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic

from agi.asking import TRIES, WantsPerson
from agi.call import Call

NAME_SECONDS = 15


def register(call: Call, clinic: Clinic, cpf: str | None, birth_date: date) -> Person:
    """Record the spoken name and make the pre-registration, even if that CPF exists: nobody learns whether it does."""
    call.enter("register")
    note = _record_name(call, clinic)
    protocol = clinic.calls.protocol(call.id)
    person = clinic.patients.pre_register(cpf, birth_date, normalise(call.caller), note, protocol)
    call.play("register/done")
    return person


def _record_name(call: Call, clinic: Clinic) -> int:
    """The name as it is spoken, kept as a voice note; three silences go to a person."""
    note = clinic.voice_notes.begin("name", call.id)
    for _ in range(TRIES):
        recording = call.record(note.path, "register/say-name", seconds=NAME_SECONDS)
        if recording.seconds:
            clinic.voice_notes.recorded(note.id, recording.seconds)
            return note.id
        call.play("common/heard-nothing")
    raise WantsPerson("no name")
