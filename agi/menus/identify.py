"""Call-flow 2: who the call is for, by CPF and birth date; shorter for known numbers where the clinic allows it."""

from contextlib import suppress
from dataclasses import replace
from datetime import date

from agi.asking import TRIES, GoBack, NumberQuestion, ToMainMenu, WantsPerson, ask_number, choose
from agi.call import Call
from agi.menus.complaint import complaint
from agi.menus.for_whom import for_whom
from agi.menus.register import register
from clinic.cpf import cpf_is_valid
from clinic.patients import NotRecognised, TooManyGuesses
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic

OLDEST_YEARS = 130
PIN_DIGITS = 4


def identify(call: Call, clinic: Clinic) -> Person:
    """The person the call is for. Raises WantsPerson after three failures, GoBack on `*` before the CPF."""
    call.enter("identify")
    try:
        person = _by_number(call, clinic) or _by_cpf(call, clinic)
    except TooManyGuesses:
        call.play("identify/not-found")
        raise WantsPerson("guesses") from None
    call.who = person
    call.slow = call.slow or person.slow_mode
    chosen = for_whom(call, clinic, person)
    call.slow = call.slow or chosen.slow_mode
    clinic.calls.identified(call.id, chosen)
    return chosen


def _by_number(call: Call, clinic: Clinic) -> Person | None:
    """A known number types the birth date alone; None where that is off, declined, or does not tell one person."""
    caller = normalise(call.caller)
    if not (caller and clinic.profile.get().known_numbers and clinic.patients.by_number(caller)):
        return None
    try:
        birth_date = _ask_birth_date(call, clinic, "identify/birth-date-known")
        found = clinic.patients.identify_by_number(caller, birth_date, call.id)
    except GoBack:
        return None
    except NotRecognised:
        call.play("identify/not-found")
        return None
    if len(found) == 1:
        return _checked_pin(call, clinic, found[0])
    return None


def _by_cpf(call: Call, clinic: Clinic) -> Person:
    """CPF and birth date, checked together; three failures go to a person."""
    for _ in range(TRIES):
        cpf, birth_date = _who(call, clinic)
        if cpf is None:
            return register(call, clinic, None, birth_date)
        try:
            return _checked_pin(
                call, clinic, clinic.patients.identify(cpf, birth_date, normalise(call.caller), call.id)
            )
        except NotRecognised:
            if choose(call, "identify/not-recognised", keys="12") == "2":
                return register(call, clinic, cpf, birth_date)
    raise WantsPerson("not recognised")


def _who(call: Call, clinic: Clinic) -> tuple[str | None, date]:
    """CPF (None for a patient without one) and birth date; `*` at the date asks for the CPF again."""
    while True:
        cpf = _ask_cpf(call, clinic)
        try:
            if cpf == "0":
                choose(call, "identify/no-cpf", keys="1")
            return (None if cpf == "0" else cpf), _ask_birth_date(call, clinic)
        except GoBack:
            continue


def _ask_cpf(call: Call, clinic: Clinic) -> str:
    """Eleven valid digits, or "0" for a patient without a CPF."""
    return _ask_or_complain(call, clinic, NumberQuestion("identify/cpf", 11, _cpf_problem, zero_pound=True))


def _ask_birth_date(call: Call, clinic: Clinic, prompt: str = "identify/birth-date") -> date:
    """A date that exists, is not in the future and not older than a person can be."""
    today = clinic.clock().astimezone(clinic.units.by_dialled(call.dialled).tz).date()
    return _parsed(_ask_or_complain(call, clinic, NumberQuestion(prompt, 8, lambda typed: _date_problem(typed, today))))


def _ask_or_complain(call: Call, clinic: Clinic, question: NumberQuestion) -> str:
    """While somebody is not yet known, a six left alone is a complaint or message: it needs no data."""
    alone = {"6": "greeting/go-on-or-complaint"}
    if clinic.profile.get().operadora:
        alone["7"] = "greeting/go-on-or-cancel-plan"
    while True:
        entry = ask_number(call, replace(question, alone=alone))
        if entry == "7":
            raise WantsPerson("plan cancellation")
        if entry != "6":
            return entry
        with suppress(ToMainMenu):
            complaint(call, clinic)


def _cpf_problem(digits: str) -> str | None:
    """A mistyped CPF is told at once, before anything is looked up."""
    return None if cpf_is_valid(digits) else "identify/cpf-wrong"


def _date_problem(typed: str, today: date) -> str | None:
    """What is wrong with DDMMAAAA."""
    try:
        birth_date = _parsed(typed)
    except ValueError:
        return "identify/date-impossible"
    if birth_date > today:
        return "identify/date-future"
    return "identify/date-too-old" if today.year - birth_date.year > OLDEST_YEARS else None


def _parsed(typed: str) -> date:
    """DDMMAAAA as a date; ValueError when there is no such day."""
    return date(int(typed[4:]), int(typed[2:4]), int(typed[:2]))


def _checked_pin(call: Call, clinic: Clinic, person: Person) -> Person:
    """A patient may have set a telephone PIN, asked after the date; three wrong ones go to a person."""
    if not person.has_pin:
        return person
    for _ in range(TRIES):
        if clinic.patients.check_pin(person, ask_number(call, NumberQuestion("identify/pin", PIN_DIGITS)), call.id):
            return person
        call.play("identify/pin-wrong")
    raise WantsPerson("pin")
