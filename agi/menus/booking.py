"""Call-flow 4: book by telephone: with whom, on what terms, when, read back, confirm."""

from functools import partial

from agi.asking import WantsPerson, in_turn, yes
from agi.call import Call
from agi.menus.choose_doctor import choose_doctor
from agi.menus.choose_modality import choose_modality
from agi.menus.choose_payer import choose_payer
from agi.menus.choose_specialty import choose_specialty
from agi.menus.choose_unit import choose_unit
from agi.menus.settle import settle
from agi.menus.too_many import too_many
from agi.phrases import with_doctor
from agi.speech import Date, Said
from agi.wish import Wish
from clinic.allowances import AfterNoShows, TooMany, TooManyFromNumber
from clinic.bookings import LastDoctor, OpenReturn
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic

QUESTIONS = (choose_specialty, choose_unit, choose_payer, choose_modality, choose_doctor, settle)


def booking(call: Call, clinic: Clinic, person: Person) -> None:
    """Book and tell the code; `*` goes back one question at a time."""
    call.enter("booking")
    _check_allowed(call, clinic, person)
    steps = [partial(_step, call, clinic, person, place) for place in range(len(QUESTIONS))]
    if call.progress and "wish" in call.progress:
        in_turn(call, steps[call.progress["step"] :], Wish(**call.progress["wish"]))
    in_turn(call, [partial(_begin, call, clinic, person), *steps], Wish())


def _check_allowed(call: Call, clinic: Clinic, person: Person) -> None:
    """Who may not book one more is told before anything is asked."""
    try:
        clinic.allowances.check(person, normalise(call.caller))
    except AfterNoShows:  # nobody who may be listening is told why
        call.play("booking/only-by-people")
        raise WantsPerson("after no-shows") from None
    except TooMany:
        too_many(call, clinic, person)
    except TooManyFromNumber:
        call.play("booking/too-many-from-number")
        raise WantsPerson("too many bookings from one number") from None


def _step(call: Call, clinic: Clinic, person: Person, place: int, wish: Wish) -> Wish:
    """Ask one of the questions; who is cut off at it, after having chosen anything, may go on there."""
    call.progress = {"menu": "booking", "step": place, "wish": wish.kept()} if wish != Wish() else None
    return QUESTIONS[place](call, clinic, person, wish)


def _begin(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """An open retorno, the last doctor again, or a wish still open."""
    visit, last = clinic.bookings.return_and_last_doctor(person)
    return _offered_return(call, clinic, visit) or _again(call, clinic, last) or wish


def _offered_return(call: Call, clinic: Clinic, visit: OpenReturn | None) -> Wish | None:
    """Whoever has an open retorno is offered it first, with that doctor, without price (CFM 1.958/2010)."""
    if visit is None:
        return None
    doctor = clinic.directory.doctor(visit.doctor_id)
    call.enter("return")
    said: list[Said] = ["booking/return", *with_doctor(doctor), "booking/until", Date(visit.until)]
    if not yes(call, *said, "booking/return-or-other"):
        return None
    return Wish(
        visit.specialty_id,
        visit.doctor_id,
        payer_id=visit.payer_id,
        return_of=visit.appointment_id,
        until=visit.until.isoformat(),
        settled=True,
    )


def _again(call: Call, clinic: Clinic, last: LastDoctor | None) -> Wish | None:
    """With the last doctor again, on the same terms?"""
    if last is None:
        return None
    call.enter("again")
    doctor = clinic.directory.doctor(last.doctor_id)
    if not yes(call, "booking/again", *with_doctor(doctor), "booking/again-or-other"):
        return None
    return Wish(last.specialty_id, last.doctor_id, payer_id=last.payer_id, settled=True)
