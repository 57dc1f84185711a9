"""Kinds of visit: how long they last, what they need beside that, who may book them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from db.tables import VisitKind

LONGEST_MARGIN = 120
"""Minutes, before as after."""
KINDS = (
    select(VisitKind.id, VisitKind.code, VisitKind.name, VisitKind.minutes, VisitKind.preparation)
    .add_columns(VisitKind.bookable_by, VisitKind.before_minutes, VisitKind.after_minutes)
    .order_by(VisitKind.id)
)


@dataclass(frozen=True, slots=True)
class Margin:
    """Minutes before and after a visit in which the doctor is not booked; false where there are none."""

    before: int = 0
    after: int = 0

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


NO_MARGIN = Margin()


@dataclass(frozen=True, slots=True)
class KindInfo:
    """A kind of visit: code "first", "consultation", "return" or "exam"; `bookable_by`: "patient", "desk" …

    `margin`: preparation and cleaning, in which the doctor is not booked; the patient is told the visit alone.
    """

    id: int
    code: str
    name: str
    minutes: int
    preparation: str | None
    bookable_by: tuple[str, ...] = ()
    margin: Margin = NO_MARGIN

    def margin_of(self, minutes: int) -> Margin:
        """The margin of a visit of that length: one that lasts longer than its kind has (some of) it within."""
        return Margin(self.margin.before, max(0, self.margin.after - max(0, minutes - self.minutes)))

    def covers(self, other: "KindInfo") -> bool:
        """Whether where this fits the other does."""
        longer, after = self.minutes >= other.minutes, self.minutes + self.margin.after
        return longer and self.margin.before >= other.margin.before and after >= other.minutes + other.margin.after


def need_of(kinds: Sequence[KindInfo], minutes: int = 0) -> tuple[int, Margin]:
    """How long a time has to be (`minutes`, where that is said), and what beside it, to do for any of these visits."""
    long = minutes or max(one.minutes for one in kinds)
    margins = [one.margin_of(long) for one in kinds]
    return long, Margin(max(one.before for one in margins), max(one.after for one in margins))


def kind_of(row: Any) -> KindInfo:
    """A row of KINDS."""
    return KindInfo(*(*row[:5], tuple(row[5]), Margin(*row[6:8])))
