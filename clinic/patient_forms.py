"""What somebody types about a patient, and what is wrong with it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from clinic.cpf import cpf_is_valid
from clinic.phones import normalise
from clinic.written import one_line

LONGEST_NAME, LONGEST_EMAIL, MOST_PHONES = 120, 254, 5
OLDEST_YEARS = 130
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
NAME = re.compile(r"[^\W\d_].*[^\W\d_].*", re.DOTALL)
BETWEEN = re.compile(r"[,;/|\n]|\s(?:e|ou)\s", re.IGNORECASE)
"""What people write between one telephone and the next."""


@dataclass(frozen=True, slots=True)
class PatientForm:
    """As typed; `phones` apart by commas or as people write, `birth_date` as "05/04/1980" or "1980-04-05"."""

    name: str = ""
    social_name: str = ""
    cpf: str = ""
    birth_date: str = ""
    phones: str = ""
    email: str = ""
    guardian_id: int | None = None
    usual_payer_id: int | None = None
    usual_unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """The same, understood."""

    name: str
    social_name: str | None
    cpf: str | None
    birth_date: date
    phones: tuple[str, ...]
    email: str | None
    guardian_id: int | None
    usual_payer_id: int | None
    usual_unit_id: int | None


class Invalid(Exception):
    """`problems`: by field, what is wrong (empty, long, form, cpf, taken, twice, date, no_day, future, old, phone,
    many, email, self); `patient_id`: who has that CPF already, or is the same child."""

    def __init__(self, problems: dict[str, str], patient_id: int | None = None) -> None:
        super().__init__(sorted(problems.items()))
        self.problems, self.patient_id = problems, patient_id


def read(form: PatientForm, today: date) -> PatientRecord:
    """What was typed, understood. Raises Invalid with everything that is wrong, at once."""
    name, social = one_line(form.name), one_line(form.social_name)
    cpf, birth = re.sub(r"[\s.\-/]", "", form.cpf), read_date(form.birth_date)
    numbers = [part for part in BETWEEN.split(form.phones) if part.strip()]
    phones = [normalise(number) for number in numbers]
    email = form.email.strip()
    wrong = {
        "name": _name_problem(name),
        "social_name": _name_problem(social) if social else None,
        "cpf": _cpf_problem(cpf, form.guardian_id),
        "birth_date": _birth_problem(form.birth_date, birth, today),
        "phones": "many" if len(phones) > MOST_PHONES else "phone" if None in phones else None,
        "email": _email_problem(email),
    }
    problems = {field: problem for field, problem in wrong.items() if problem}
    if problems or birth is None:
        raise Invalid(problems)
    return PatientRecord(
        name, social or None, cpf or None, birth, tuple(sorted({one for one in phones if one})), email or None,
        form.guardian_id, form.usual_payer_id, form.usual_unit_id,
    )  # fmt: skip


def read_date(text: str) -> date | None:
    """A day as "05/04/1980", "05041980" or "1980-04-05"; None for anything else."""
    parts = _date_parts(text)
    return _day(*parts) if parts else None


def _date_parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of what is written as a date, whether there is such a day or not."""
    ways: tuple[tuple[str, Callable[[re.Match[str]], tuple[str, str, str]]], ...] = (
        (r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", lambda m: (m[3], m[2], m[1])),
        (r"(\d{2})(\d{2})(\d{4})", lambda m: (m[3], m[2], m[1])),
        (r"(\d{4})-(\d{2})-(\d{2})", lambda m: (m[1], m[2], m[3])),
    )
    for pattern, parts in ways:
        if found := re.fullmatch(pattern, text.strip(), re.ASCII):
            year, month, day = (int(part) for part in parts(found))
            return year, month, day
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _name_problem(name: str) -> str | None:
    if not name:
        return "empty"
    if len(name) > LONGEST_NAME:
        return "long"
    return None if NAME.fullmatch(name) else "form"


def _cpf_problem(cpf: str, guardian_id: int | None) -> str | None:
    """Whoever has a guardian may be without one; everybody else is found by it."""
    if not cpf:
        return None if guardian_id else "empty"
    return None if cpf_is_valid(cpf) else "cpf"


def _birth_problem(typed: str, birth: date | None, today: date) -> str | None:
    if birth is None:
        return "no_day" if _date_parts(typed) else "date" if typed.strip() else "empty"
    if birth > today:
        return "future"
    return "old" if today.year - birth.year > OLDEST_YEARS else None


def _email_problem(email: str) -> str | None:
    return None if not email or (len(email) <= LONGEST_EMAIL and EMAIL.fullmatch(email)) else "email"
