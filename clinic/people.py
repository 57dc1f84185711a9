"""Somebody an appointment can be for."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from db.types import folded


@dataclass(frozen=True, slots=True)
class Person:
    """A patient, or a pre-registration made by telephone (whose `name` is "" until the desk completes it).

    `name` is the nome social where there is one. `has_contact`: a telephone or an e-mail is on file.
    """

    kind: Literal["patient", "pre_registration"]
    id: int
    name: str
    birth_date: date
    slow_mode: bool = False
    usual_payer_id: int | None = None
    usual_unit_id: int | None = None
    has_contact: bool = False
    has_pin: bool = False

    @property
    def ref(self) -> str:
        """How histories and audits name this person: "patient:12"."""
        return f"{self.kind}:{self.id}"

    @property
    def columns(self) -> dict[str, int | None]:
        """The two foreign keys by which rows point to a person."""
        return {
            "patient_id": self.id if self.kind == "patient" else None,
            "pre_registration_id": self.id if self.kind == "pre_registration" else None,
        }


def search_name(name: str, social_name: str | None) -> str:
    """What a patient is found by: the name to say first, then the one on the documents."""
    return folded(f"{social_name} {name}" if social_name else name)[:255]
