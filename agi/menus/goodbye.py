"""Call-flow 7: a rating if the clinic wants it, the protocol, the closing words."""

from agi.asking import GoBack, choose
from agi.call import Call
from agi.speech import Digits
from clinic.services import Clinic

SCORES = "12345"


def goodbye(call: Call, clinic: Clinic) -> None:
    """Say good-bye; the rating may be passed over."""
    call.enter("goodbye")
    if clinic.profile.get().rating:
        _rate(call, clinic)
    call.play("goodbye/protocol", Digits(clinic.calls.protocol(call.id)), "pause/300", "goodbye/closing")


def _rate(call: Call, clinic: Clinic) -> None:
    try:
        score = choose(call, "goodbye/rate", keys=SCORES, silence="")
    except GoBack:
        return
    if score:
        clinic.calls.rate(call.id, int(score))
