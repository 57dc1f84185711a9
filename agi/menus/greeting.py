"""Call-flow 1: who is calling whom, the emergency, the way to a person; then identification and the main menu."""

from agi.asking import GoBack
from agi.call import Call
from agi.menus.identify import identify
from agi.menus.main import main
from agi.welcome import welcome
from clinic.services import Clinic


def greeting(call: Call, clinic: Clinic) -> None:
    """Greet, find out who it is for, and go on to the main menu; `*` before the CPF hears it again."""
    while True:
        call.enter("greeting")
        call.play(*welcome(call, clinic))
        try:
            person = identify(call, clinic)
        except GoBack:
            continue
        return main(call, clinic, person)
