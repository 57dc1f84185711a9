"""Nothing free: the waiting list, another choice, or a person."""

from agi.asking import GoBack, WantsPerson, finish, yes
from agi.call import Call
from agi.speech import Digits
from agi.wish import Wish
from clinic.people import Person
from clinic.services import Clinic


def waiting_list(call: Call, clinic: Clinic, person: Person, wish: Wish) -> None:
    """Say that nothing is free; `1` joins the list and ends with its protocol, `2` returns to choose otherwise.

    Who waits already hears the protocol under which they do. A retorno does not wait, for a time that comes free later
    would be one to pay for: people find one.
    """
    if wish.return_of is not None:
        raise WantsPerson("nothing free for a retorno")
    call.enter("waiting_list")
    if not _joins(call):
        return
    protocol = clinic.calls.protocol(call.id)
    place = clinic.waiting_list.join(
        person,
        wish.specialty_id,
        via="telephone",
        doctor_id=wish.doctor_id,
        unit_id=wish.unit_id,
        payer_id=wish.payer_id,
        modality=wish.modality,
        protocol=protocol,
    )
    finish(call, "waiting/joined", Digits(place.protocol or protocol))


def _joins(call: Call) -> bool:
    """`*` is choosing otherwise as well: that is the menu before this one."""
    try:
        return yes(call, "waiting/nothing-free")
    except GoBack:
        return False
