"""Call-flow 2.6: a guardian chooses for whom."""

from agi.asking import Option, pick
from agi.call import Call
from agi.speech import Spoken
from clinic.people import Person
from clinic.services import Clinic


def for_whom(call: Call, clinic: Clinic, guardian: Person) -> Person:
    """The guardian, or one of the dependants by name; not asked of who has none."""
    dependants = clinic.patients.dependants(guardian)
    if not dependants:
        return guardian
    call.enter("for_whom")
    oneself = Option(guardian, ("for-whom/yourself",))
    others = [Option(one, ("for-whom/for", Spoken(one.name))) for one in dependants]
    return pick(call, "for-whom/ask", options=others, fixed={"1": oneself}, first=2)
