"""Call-flow 1: who is calling whom, the emergency, the way to a person; then identification and the main menu."""

from datetime import datetime

from agi.asking import GoBack
from agi.call import Call
from agi.menus.identify import identify
from agi.menus.main import main
from agi.speech import Digits, Said, Spoken
from clinic.services import Clinic

DAY_BEGINS, NOON, EVENING = 5, 12, 18


def greeting(call: Call, clinic: Clinic) -> None:
    """Greet, find out who it is for, and go on to the main menu; `*` before the CPF hears it again."""
    while True:
        call.enter("greeting")
        call.play(*_welcome(call, clinic))
        try:
            person = identify(call, clinic)
        except GoBack:
            continue
        return main(call, clinic, person)


def _welcome(call: Call, clinic: Clinic) -> list[Said]:
    """At most 15 seconds: greeting, name, emergency, the ways out, the notice of recording."""
    profile = clinic.profile.get()
    unit = clinic.units.by_dialled(call.dialled)
    said: list[Said] = [_time_of_day(clinic.clock().astimezone(unit.tz)), Spoken(profile.says)]
    if profile.operadora:
        said += ["greeting/protocol", Digits(clinic.calls.protocol(call.id))]
    said += ["greeting/emergency", "greeting/person-or-complaint"]
    if profile.operadora:
        said.append("greeting/cancel-plan")
    if profile.recording_notice:
        said.append("greeting/may-be-recorded")
    return said


def _time_of_day(now: datetime) -> str:
    """Bom dia from 05:00, boa tarde from 12:00, boa noite from 18:00, by the unit's clock."""
    if DAY_BEGINS <= now.hour < NOON:
        return "greeting/good-morning"
    return "greeting/good-afternoon" if NOON <= now.hour < EVENING else "greeting/good-evening"
