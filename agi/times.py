"""The times a caller is offered: three at a time, later ones, those of a day, only mornings or afternoons."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from agi.asking import GoBack, NumberQuestion, ask_number
from agi.call import Call
from agi.phrases import offered_time, places
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


class Times:
    """The page of times being offered, and the rest of a chosen day. None is after `until` (a retorno's last day)."""

    def __init__(self, call: Call, clinic: Clinic, criteria: Criteria, until: date | None = None) -> None:
        self.call, self.clinic, self.criteria, self.until = call, clinic, criteria, until
        self._at = places(clinic)
        self._start()

    def said(self) -> Iterator[Said]:
        """Each time with its key; day, doctor and unit only where they change from one to the next."""
        before: SlotInfo | None = None
        for place, slot in enumerate(self.page):
            yield from offered_time(self.clinic, self._at, slot, before, self.criteria)
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

    def lost(self, slot: SlotInfo) -> None:
        """That one is gone: the next three, or the earliest where it was the last; an empty page when all are gone."""
        found = self._free(self.criteria, after=slot.starts_at)
        self._begin(found) if found else self._start()

    def _start(self) -> None:
        self.page: Sequence[SlotInfo] = ()
        self.rest: Sequence[SlotInfo] = ()
        self.seen: set[int] = set()
        self._begin(self._free(self.criteria))

    def _later(self) -> None:
        found = self.rest or self._free(self.criteria, self.page[-1].starts_at, tuple(self.seen))
        if found:
            self._show(found)
        else:
            self.call.play("times/no-later")

    def _narrow(self, criteria: Criteria, none_free: str) -> None:
        found = self._free(criteria)
        if found:
            self.criteria = criteria
            self._begin(found)
        else:
            self.call.play(none_free)

    def _ask_day(self) -> None:
        """A day as DDMM, its next occurrence, with all its times; why it will not do is said, with the nearest ones."""
        zone = self.clinic.units.by_dialled(self.call.dialled).tz
        today = self.clinic.clock().astimezone(zone).date()
        try:
            typed = ask_number(self.call, NumberQuestion("times/which-day", 4, _day_problem))
        except GoBack:
            return
        day = _next_occurrence(typed, today)
        self.criteria = replace(self.criteria, period=None)
        times, why_not = self._too_late(day) or self._of(day, other_year=day.year != today.year)
        self.call.play(*why_not, *(["times/nearest"] if why_not and times else []))
        self._begin(times or self.page)

    def _too_late(self, day: date) -> tuple[list[SlotInfo], tuple[Said, ...]] | None:
        """The last three times before `until`, and until when it is; None for a day that is not after it."""
        if self.until is None or day <= self.until:
            return None
        found = self.clinic.agenda.on_day(self.criteria, self.until)
        return self._in_time(found.times[-PAGE:] or found.nearest), (
            "booking/return",
            "booking/until",
            Date(self.until),
        )

    def _of(self, day: date, other_year: bool) -> tuple[list[SlotInfo], tuple[Said, ...]]:
        """A day's times; or the nearest ones, and what stands against the day (its year is said if it is another)."""
        found = self.clinic.agenda.on_day(self.criteria, day)
        if found.reason is None:
            return found.times, ()
        name = found.holiday_name if found.reason == "holiday" else None
        holiday = (Spoken(name, otherwise="times/a-holiday"),) if name else ()
        return self._in_time(found.nearest), (Date(day, year=other_year), REASONS[found.reason], *holiday)

    def _free(self, criteria: Criteria, after: datetime | None = None, exclude: tuple[int, ...] = ()) -> list[SlotInfo]:
        return self._in_time(self.clinic.agenda.next_free(criteria, after=after, limit=PAGE, exclude=exclude))

    def _in_time(self, slots: Sequence[SlotInfo]) -> list[SlotInfo]:
        return [one for one in slots if self.until is None or self._local_day(one) <= self.until]

    def _local_day(self, slot: SlotInfo) -> date:
        return slot.starts_at.astimezone(self._at.unit(slot.unit_id).tz).date()

    def _begin(self, times: Sequence[SlotInfo]) -> None:
        """Offer these; what was seen on other pages may be offered again."""
        self.seen = set()
        self._show(times)

    def _show(self, times: Sequence[SlotInfo]) -> None:
        """Offer the first three of these, keep the rest."""
        self.page, self.rest = times[:PAGE], times[PAGE:]
        self.seen |= {slot.id for slot in self.page}


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
