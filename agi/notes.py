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
    """Record it as a voice note and return its id; what was said before a hang-up, or before `0`, is kept as well.

    Three silences go to a person. `0` and `*` mean what they mean everywhere; `*` takes back what was said.
    """
    note = clinic.voice_notes.begin(kind, call.id, protocol, person)
    keep = partial(_keep, clinic, note.id)
    for _ in range(TRIES):
        recording = call.record(note.path, *prompt, seconds=seconds, if_hung_up=keep)
        if recording.key == "*":
            clinic.voice_notes.drop(note.id)
            raise GoBack
        if recording.seconds:
            keep(recording)
        if recording.key == "0":
            break
        if recording.seconds:
            return note.id
        call.play("common/heard-nothing")
    raise _leaving(clinic, note.id, recording)


def _leaving(clinic: Clinic, note_id: int, last: Recording) -> WantsPerson:
    """For a person: asked for, or because nothing was said; then there is no note."""
    if not last.seconds:
        clinic.voice_notes.drop(note_id)
    return WantsPerson() if last.key == "0" else WantsPerson("nothing said")


def _keep(clinic: Clinic, note_id: int, recording: Recording) -> None:
    clinic.voice_notes.recorded(note_id, recording.seconds)
