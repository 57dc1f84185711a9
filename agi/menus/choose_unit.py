"""Call-flow 4.3: the unit: 1 the usual one, 2 any, then each."""

from agi.asking import Option, pick
from agi.call import Call
from agi.phrases import at_unit
from agi.wish import Wish
from clinic.people import Person
from clinic.services import Clinic


def choose_unit(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """Not asked where there is only one, or the clinic does not want it asked. The usual one has its place in the list
    as well, unsaid: each unit has the same key for everybody."""
    units = clinic.directory.units_for(wish.specialty_id) if _is_open(clinic, wish) else []
    if len(units) < 2:
        return wish
    call.enter("choose_unit")
    usual = [one for one in units if one.id == person.usual_unit_id]
    fixed: dict[str, Option[int | None]] = {"2": Option(None, ("choose/any-unit",))}
    if usual:
        fixed["1"] = Option(usual[0].id, ("choose/usual-unit", *at_unit(usual[0])))
    each = [Option[int | None](one.id, () if one in usual else at_unit(one, street=True)) for one in units]
    return wish.but(unit_id=pick(call, "choose/unit", options=each, fixed=fixed, first=3))


def _is_open(clinic: Clinic, wish: Wish) -> bool:
    return not wish.settled and clinic.profile.get().ask_unit
