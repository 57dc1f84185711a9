"""How long a freed time is kept for one who waits, and when it is not worth asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from clinic.outbox.quiet import Quiet

BY_HAND = timedelta(hours=2)
"""How long what the desk offers is kept where nothing is offered by itself."""
BEFORE_THE_VISIT = timedelta(hours=2)
"""Who has the last word needs time to come, and the desk needs time to give it to another one."""
LEAST = timedelta(minutes=30)
"""Less than this to answer in is no offer."""
STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """`minutes` to answer, not counting the hours in which nobody is asked; 0: nothing is offered by itself."""

    minutes: int
    quiet: Quiet

    def until(self, now: datetime, starts_at: datetime, zone: tzinfo) -> datetime | None:
        """Until when a time is kept by itself; None where it is too near, or nobody is to be asked at this hour."""
        if not self.minutes or self.quiet.allowed(now, zone) != now:
            return None
        return self.by_hand(now, starts_at, zone)

    def by_hand(self, now: datetime, starts_at: datetime, zone: tzinfo) -> datetime | None:
        """The same where the desk offers it, at whatever hour; None where it is too near."""
        length = timedelta(minutes=self.minutes) or BY_HAND
        until = min(self._awake(now, length, zone), starts_at - BEFORE_THE_VISIT)
        return until if until - self.quiet.allowed(now, zone) >= LEAST else None

    @property
    def nearest(self) -> timedelta:
        """What begins sooner than this is not offered."""
        return BEFORE_THE_VISIT + LEAST

    def _awake(self, now: datetime, length: timedelta, zone: tzinfo) -> datetime:
        moment, left = now, length
        while left > timedelta():
            step = min(left, STEP)
            moment, left = self.quiet.allowed(moment, zone) + step, left - step
        return moment
