"""When somebody is reminded of a visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clinic.outbox.quiet import Quiet


@dataclass(frozen=True, slots=True)
class Reminders:
    """So many `hours` before a visit, but not while it is `quiet`."""

    hours: Sequence[int]
    quiet: Quiet

    def of(self, starts_at: datetime, zone: tzinfo, after: datetime, late: bool = False) -> dict[int, datetime]:
        """By hours, when to remind of a visit that was made at `after`; never twice at the same moment.

        Who has just booked needs none of what would be due already but for quiet hours; of a visit that is older than
        `after`, such a one is `late` and still to come. What quiet hours push past the start is left out.
        """
        found: dict[int, datetime] = {}
        for hours in sorted(filter(None, self.hours), reverse=True):
            wished = starts_at - timedelta(hours=hours)
            due = self.quiet.allowed(wished, zone)
            if (due if late else wished) > after and due < starts_at and due not in found.values():
                found[hours] = due
        return found
