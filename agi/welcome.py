"""What every caller hears first, whichever menu the call comes in by (call-flow 1)."""

from datetime import datetime

from agi.call import Call
from agi.speech import Digits, Said, Spoken
from clinic.services import Clinic

DAY_BEGINS, NOON, EVENING = 5, 12, 18


def welcome(call: Call, clinic: Clinic) -> list[Said]:
    """At most 15 seconds: greeting, name, emergency, the ways out, the notice of recording.

    An operator's protocol is told at the start as well (Decreto 11.034/2022); only the emergency does not wait for it.
    """
    profile = clinic.profile.get()
    unit = clinic.units.by_dialled(call.dialled)
    said: list[Said] = [_time_of_day(clinic.clock().astimezone(unit.tz)), Spoken(profile.says)]
    said.append("greeting/emergency")
    if profile.operadora:
        said += ["greeting/protocol", Digits(clinic.calls.protocol(call.id)), "pause/300"]
    said.append("greeting/person-or-complaint")
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
