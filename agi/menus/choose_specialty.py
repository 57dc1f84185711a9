"""Call-flow 4.2: the specialty, seven a page, with fixed keys."""

from collections.abc import Sequence

from agi.asking import GoBack, Option, WantsPerson, pick
from agi.call import Call
from agi.menus.waiting_list import waiting_list
from agi.speech import Spoken
from agi.wish import Wish
from clinic.directory import SpecialtyInfo
from clinic.people import Person
from clinic.services import Clinic


def choose_specialty(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """One without free times says so and offers the waiting list and a person."""
    if wish.settled:
        return wish
    offered = clinic.directory.specialties()
    if not offered:
        call.play("booking/nothing-to-book")
        raise WantsPerson("nothing to book")
    while True:
        chosen = _asked(call, offered) if len(offered) > 1 else offered[0]
        wished = wish.but(specialty_id=chosen.id)
        if chosen.has_free:
            return wished
        waiting_list(call, clinic, person, wished)
        if len(offered) == 1:
            raise GoBack


def _asked(call: Call, offered: Sequence[SpecialtyInfo]) -> SpecialtyInfo:
    call.enter("choose_specialty")
    return pick(call, "choose/specialty", options=[Option(one, ("choose/for", Spoken(one.says))) for one in offered])
