"""What waits for the desk, counted in the agenda's head: beside a grid that is fetched anew, the counts are too."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from admin_web.answers import Answers, stamped

if TYPE_CHECKING:
    from clinic.services import Clinic


@dataclass(frozen=True, slots=True)
class Counted:
    """Pre-registrations nobody has dealt with, and visits whose patients are to be called."""

    unfinished: int
    to_call: int


class Waits:
    """The counts; their part of the page is made once for all who see the same units, until something changes."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._parts = clinic, Answers(stamped(clinic))

    def counted(self, unit_ids: Collection[int]) -> Counted:
        """As it stands at these units; without any, at all of them."""
        desk = self._clinic.desk
        return Counted(desk.intake.count(), len(desk.notices.waiting(unit_ids)))

    def part(self, unit_ids: frozenset[int]) -> bytes:
        """The same as HTML, for the page's script."""
        return self._parts.of(
            unit_ids, lambda: render_template("agenda/waits_part.html", waits=self.counted(unit_ids)).encode()
        )
