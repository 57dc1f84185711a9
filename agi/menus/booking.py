"""Call-flow 4: book by telephone: with whom, on what terms, when, read back, confirm."""

from functools import partial

from agi.asking import in_turn, yes
from agi.call import Call
from agi.menus.choose_doctor import choose_doctor
from agi.menus.choose_modality import choose_modality
from agi.menus.choose_payer import choose_payer
from agi.menus.choose_specialty import choose_specialty
from agi.menus.choose_unit import choose_unit
from agi.menus.settle import settle
from agi.phrases import with_doctor
from agi.speech import Date, Said
from agi.wish import Wish
from clinic.people import Person
from clinic.services import Clinic

QUESTIONS = (choose_specialty, choose_unit, choose_payer, choose_modality, choose_doctor, settle)


def booking(call: Call, clinic: Clinic, person: Person) -> None:
    """Book and tell the code; `*` goes back one question at a time."""
    call.enter("booking")
    steps = [partial(step, call, clinic, person) for step in (_begin, *QUESTIONS)]
    in_turn(call, steps, Wish())


def _begin(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """A call resumed, an open retorno, the last doctor again, or a wish still open."""
    if call.progress and "wish" in call.progress:
        return Wish(**call.progress["wish"]).but(settled=True)
    return _offered_return(call, clinic, person) or _again(call, clinic, person) or wish


def _offered_return(call: Call, clinic: Clinic, person: Person) -> Wish | None:
    """Whoever has an open retorno is offered it first, with that doctor, without price (CFM 1.958/2010)."""
    visit = clinic.bookings.open_return(person)
    if visit is None:
        return None
    doctor = clinic.directory.doctor(visit.doctor_id)
    call.enter("return")
    said: list[Said] = ["booking/return", *with_doctor(doctor), "booking/until", Date(visit.until)]
    if not yes(call, *said, "booking/return-or-other"):
        return None
    return Wish(
        visit.specialty_id, visit.doctor_id, payer_id=visit.payer_id, return_of=visit.appointment_id, settled=True
    )


def _again(call: Call, clinic: Clinic, person: Person) -> Wish | None:
    """With the last doctor again, on the same terms?"""
    last = clinic.bookings.last_doctor(person)
    if last is None:
        return None
    call.enter("again")
    doctor = clinic.directory.doctor(last.doctor_id)
    if not yes(call, "booking/again", *with_doctor(doctor), "booking/again-or-other"):
        return None
    return Wish(last.specialty_id, last.doctor_id, payer_id=last.payer_id, settled=True)
