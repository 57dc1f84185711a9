"""Call-flow 6, as far as the dialplan: hand the caller over to people (voicemail until there are queues)."""

from agi.call import Call
from agi.handover import hand_over
from clinic.services import Clinic


def reception(call: Call, clinic: Clinic, why: str) -> None:
    """Say whether people answer now, and go on in the dialplan's `reception`, which learns where the caller was."""
    came_from = call.trail[-1] if call.trail else ""
    call.enter("reception")
    unit = clinic.units.by_dialled(call.dialled)
    call.play("reception/one-moment" if clinic.units.people_answer(unit.id, clinic.clock()) else "reception/closed")
    hand_over(call, came_from, why)
