"""What a caller speaks and is kept: names, complaints, reasons."""

from functools import partial

from agi.asking import TRIES, GoBack, WantsPerson
from agi.call import Call
from agi.recording import Recording
from agi.speech import Said
from clinic.people import Person
from clinic.services import Clinic


def spoken_note(
    call: Call,
    clinic: Clinic,
    kind: str,
    *prompt: Said,
    seconds: int,
    protocol: str | None = None,
    person: Person | None = None,
) -> int:
    """Record it as a voice note and return its id; what was said before a hang-up is kept as well.

    Three silences go to a person. `0` and `*` mean what they mean everywhere.
    """
    note = clinic.voice_notes.begin(kind, call.id, protocol, person)
    keep = partial(_keep, clinic, note.id)
    for _ in range(TRIES):
        recording = call.record(note.path, *prompt, seconds=seconds, if_hung_up=keep)
        if recording.key == "0":
            raise WantsPerson
        if recording.key == "*":
            raise GoBack
        if recording.seconds:
            keep(recording)
            return note.id
        call.play("common/heard-nothing")
    raise WantsPerson("nothing said")


def _keep(clinic: Clinic, note_id: int, recording: Recording) -> None:
    clinic.voice_notes.recorded(note_id, recording.seconds)
