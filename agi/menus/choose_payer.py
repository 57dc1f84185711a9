"""Call-flow 4.3: who pays: 1 the one on file, 2 particular, 3 another."""

from contextlib import suppress

from agi.asking import GoBack, Option, pick
from agi.call import Call
from agi.speech import Spoken
from agi.wish import Wish
from clinic.directory import PayerInfo
from clinic.people import Person
from clinic.services import Clinic


def choose_payer(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """Not asked where only one is taken; a clinic that does not ask takes what is on file, else particular."""
    if wish.settled:
        return _settled(call, clinic, person, wish)
    return _chosen(call, clinic, person, wish)


def _settled(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """As last time, unless the doctor dropped that convênio: a retorno is not paid again, else another is asked."""
    if wish.doctor_id is None or clinic.directory.takes(wish.doctor_id, wish.payer_id):
        return wish
    if wish.return_of is not None:
        call.play("choose/return-goes-on")
        return wish.but(payer_id=None)
    call.play("choose/payer-dropped")
    return _chosen(call, clinic, person, wish)


def _chosen(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    payers = clinic.directory.payers_for(wish.specialty_id, wish.unit_id, wish.doctor_id if wish.settled else None)
    private = [one for one in payers if one.private]
    on_file = [one for one in payers if one.id == person.usual_payer_id and not one.private]
    if len(payers) < 2 or not clinic.profile.get().ask_payer:
        return wish.but(payer_id=next((one.id for one in (*on_file, *private, *payers)), None))
    call.enter("choose_payer")
    return wish.but(payer_id=_asked(call, payers, private, on_file))


def _asked(call: Call, payers: list[PayerInfo], private: list[PayerInfo], on_file: list[PayerInfo]) -> int:
    fixed: dict[str, Option[int]] = {}
    if on_file:
        fixed["1"] = Option(on_file[0].id, ("choose/payer-on-file", Spoken(on_file[0].says)))
    if private:
        fixed["2"] = Option(private[0].id, ("choose/private",))
    plans = [one for one in payers if not one.private]
    if len(plans) > len(on_file):
        fixed["3"] = Option(0, ("choose/another-payer" if on_file else "choose/a-payer",))
    listed = [Option(one.id, () if one in on_file else ("choose/for", Spoken(one.says))) for one in plans]
    while True:
        chosen = pick(call, "choose/payer", options=[], fixed=fixed)
        with suppress(GoBack):
            return chosen or pick(call, "choose/which-payer", options=listed)
