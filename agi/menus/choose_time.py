"""Call-flow 4.5: the three earliest times, later ones, a day, only mornings or afternoons."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from agi.asking import GoBack, NumberQuestion, ask_number, choose
from agi.call import Call
from agi.phrases import offered_time
from agi.speech import Date, Key, Said, Spoken
from clinic.agenda import Criteria, SlotInfo
from clinic.services import Clinic

PAGE = 3
LEAP_YEAR = 2024
Period = Literal["morning", "afternoon"]
PERIODS: dict[str, tuple[Period, str]] = {
    "6": ("morning", "times/no-mornings"),
    "7": ("afternoon", "times/no-afternoons"),
}
REASONS = {
    "outside_window": "times/outside-window",
    "past": "times/outside-window",
    "full": "times/day-full",
    "no_hours": "times/day-without-hours",
    "holiday": "times/holiday",
}


def choose_time(call: Call, clinic: Clinic, criteria: Criteria) -> SlotInfo | None:
    """The time the caller picks; None when nothing at all is free. `*` leaves as in every menu."""
    times = _Times(call, clinic, criteria)
    while times.page:
        call.enter("choose_time")
        picks = {str(place + 1) for place in range(len(times.page))}
        key = choose(call, *times.said(), *MORE, keys=picks | {"4", "5", "6", "7"})
        if key in picks:
            return times.page[int(key) - 1]
        times.turn(key)
    return None


MORE: tuple[Said, ...] = ("times/later", "times/day", "times/mornings", "times/afternoons")


class _Times:
    """The page of times being offered, and the rest of a chosen day."""

    def __init__(self, call: Call, clinic: Clinic, criteria: Criteria) -> None:
        self.call, self.clinic, self.criteria = call, clinic, criteria
        self.page: Sequence[SlotInfo] = clinic.agenda.next_free(criteria, limit=PAGE)
        self.rest: Sequence[SlotInfo] = ()
        self.seen = {slot.id for slot in self.page}

    def said(self) -> Iterator[Said]:
        """Each time with its key; day, doctor and unit only where they change from one to the next."""
        before: SlotInfo | None = None
        for place, slot in enumerate(self.page):
            yield from offered_time(self.clinic, slot, before, self.criteria)
            yield from (Key(str(place + 1)), "pause/300")
            before = slot

    def turn(self, key: str) -> None:
        """Another page: 4 later, 5 a day, 6 mornings, 7 afternoons; with nothing there the page stays."""
        if key == "4":
            self._later()
        elif key == "5":
            self._ask_day()
        else:
            period, none_free = PERIODS[key]
            self._narrow(replace(self.criteria, period=period), none_free)

    def _later(self) -> None:
        if not self._show(self.rest):
            after = self.page[-1].starts_at
            found = self.clinic.agenda.next_free(self.criteria, after=after, limit=PAGE, exclude=tuple(self.seen))
            if not self._show(found):
                self.call.play("times/no-later")

    def _narrow(self, criteria: Criteria, none_free: str) -> None:
        found = self.clinic.agenda.next_free(criteria, limit=PAGE)
        if self._show(found):
            self.criteria = criteria
        else:
            self.call.play(none_free)

    def _ask_day(self) -> None:
        """A day as DDMM, its next occurrence; why it will not do is said, with the nearest times."""
        today = self.clinic.clock().astimezone(self.clinic.units.all()[0].tz).date()
        try:
            typed = ask_number(self.call, NumberQuestion("times/which-day", 4, _day_problem))
        except GoBack:
            return
        day = _next_occurrence(typed, today)
        found = self.clinic.agenda.on_day(self.criteria, day)
        if found.reason is not None:
            holiday = (Spoken(found.holiday_name, otherwise="times/a-holiday"),) if found.holiday_name else ()
            self.call.play(Date(day), REASONS[found.reason], *holiday, "times/nearest")
        if not self._show(found.times or found.nearest):
            self.call.play("times/no-later")

    def _show(self, times: Sequence[SlotInfo]) -> bool:
        """Offer the first three of these, keep the rest; False when there are none."""
        if not times:
            return False
        self.page, self.rest = times[:PAGE], times[PAGE:]
        self.seen |= {slot.id for slot in self.page}
        return True


def _day_problem(typed: str) -> str | None:
    """Whether there is such a day in any year."""
    try:
        date(LEAP_YEAR, int(typed[2:]), int(typed[:2]))
    except ValueError:
        return "identify/date-impossible"
    return None


def _next_occurrence(typed: str, today: date) -> date:
    """The next day of that name; 29 February waits for its leap year."""
    day, month = int(typed[:2]), int(typed[2:])
    year = today.year
    while True:
        try:
            found = date(year, month, day)
        except ValueError:
            found = None
        if found is not None and found >= today:
            return found
        year += 1
