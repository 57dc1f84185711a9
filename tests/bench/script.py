"""What the callers of the AGI bench say: a registered patient who never booked, books the earliest time of a doctor.

CPF, birth date, 1 book, specialty, unit, payer on file, doctor, the first time, 1 confirms, 2 ends. They take turns
with the doctors: who listens to a doctor's times is alone with them until one is held.
"""

from typing import Any

from agi.dialling import header, header_text
from tests.bench.clinics import BIRTH, Size

UNIT_KEYS = ("1", "4", "5", "6", "7", "8")
"""The patient's usual unit, then each of the others; 2 is any, and 3 is the usual one's place in the list."""
DOCTOR_KEYS = "234567"
FIRST_GIVEN_ID = 1_000_000
"""Where the ids of rows that calls write begin, so that none can be taken for something else."""


def in_turns(size: Size, cpfs: list[str]) -> list[dict[str, Any]]:
    """A call for each CPF, taking turns with the doctors; numbers (uniqueid "1700000000.NUMBER") count from 0."""
    places = list(size.places())
    return [_call(number, cpf, *places[number % len(places)], "take:", "give:") for number, cpf in enumerate(cpfs)]


def alone(size: Size, cpfs: list[str]) -> list[dict[str, Any]]:
    """A call for each CPF, with a doctor of its own for as long as there is one."""
    doctors = [(*place, key) for key in DOCTOR_KEYS[: size.doctors_each] for place in size.places()]
    return [_alone(number, cpf, *doctors[number % len(doctors)]) for number, cpf in enumerate(cpfs)]


def _alone(number: int, cpf: str, specialty: int, unit: int, key: str) -> dict[str, Any]:
    call = _call(number, cpf, specialty, unit, "", "")
    return {**call, "answers": [key if one == f"{specialty}/{unit}" else one for one in call["answers"]]}


def _call(number: int, cpf: str, specialty: int, unit: int, take: str, give: str) -> dict[str, Any]:
    answers = [
        cpf, f"{BIRTH:%d%m%Y}", "1", str(specialty + 1), UNIT_KEYS[unit], "1", f"{take}{specialty}/{unit}", "1",
        f"{give}1", "2",
    ]  # fmt: skip
    fields = header("greeting", caller=caller(number), uniqueid=f"1700000000.{number}")
    return {"header": header_text(fields).decode(), "answers": answers}


def caller(number: int) -> str:
    """The calling number of a call."""
    return f"119{number + 10_000_000:08d}"


def pools(size: Size) -> dict[str, str]:
    """The doctors' keys of each specialty and unit."""
    keys = DOCTOR_KEYS[: size.doctors_each]
    return {f"{specialty}/{unit}": keys for specialty, unit in size.places()}
