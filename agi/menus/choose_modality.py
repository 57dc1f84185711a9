"""Call-flow 4.3: in person or by video."""

from agi.asking import choose
from agi.call import Call
from agi.wish import Wish
from clinic.people import Person
from clinic.services import Clinic

KEYS = {"1": "in_person", "2": "video"}


def choose_modality(call: Call, clinic: Clinic, _person: Person, wish: Wish) -> Wish:
    """Not asked where only one of them is to be had, or the clinic does not want it asked."""
    if wish.settled or not clinic.profile.get().ask_modality:
        return wish
    if len(clinic.directory.modalities_for(wish.specialty_id, wish.unit_id, wish.payer_id)) < 2:
        return wish
    call.enter("choose_modality")
    return wish.but(modality=KEYS[choose(call, "choose/modality", keys=KEYS)])
