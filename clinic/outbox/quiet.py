"""When nobody is written to without need: late in the evening and early in the morning, by the clock of the unit."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

KINDS = frozenset({"reminder", "noshow", "survey", "offer", "return_due"})
"""What can wait until the morning; what somebody just did, or must know at once, cannot."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `since` o'clock to `until` o'clock, over midnight where `since` is later; both the same: never quiet."""

    since: int = 21
    until: int = 8

    def allowed(self, moment: datetime, zone: tzinfo) -> datetime:
        """This moment, or the first after it at which one may write."""
        local = moment.astimezone(zone)
        if not self._is_quiet(local.hour):
            return moment
        day = local.date() + timedelta(days=local.hour >= self.until)
        return datetime.combine(day, time(self.until), zone).astimezone(UTC)

    def _is_quiet(self, hour: int) -> bool:
        if self.since <= self.until:
            return self.since <= hour < self.until
        return hour >= self.since or hour < self.until
