"""Call-flow 2.5: a record made by telephone, apart from the patients, which the desk completes later."""

from datetime import date

from agi.call import Call
from agi.notes import spoken_note
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic

NAME_SECONDS = 15


def register(call: Call, clinic: Clinic, cpf: str | None, birth_date: date) -> Person:
    """Record the spoken name and make the pre-registration, even if that CPF exists: nobody learns whether it does."""
    call.enter("register")
    protocol = clinic.calls.protocol(call.id)
    note_id = spoken_note(call, clinic, "name", "register/say-name", seconds=NAME_SECONDS, protocol=protocol)
    person = clinic.patients.pre_register(cpf, birth_date, normalise(call.caller), note_id, protocol)
    call.play("register/done")
    return person
