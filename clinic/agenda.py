"""When there is time: the next free slots, a day's slots, and why there are none."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from clinic.clock import Clock
from clinic.fairness import Fair
from clinic.profile import Profiles
from clinic.quotas import limits
from clinic.roster import Roster, Rosters, UnitInfo
from clinic.schedules import HoursInput, OverlappingHours, Schedules
from clinic.search import Ask, Search
from clinic.slots import Criteria, DayTimes, Reason, SlotInfo
from clinic.units import Units

__all__ = ["Agenda", "Criteria", "DayTimes", "HoursInput", "OverlappingHours", "SlotInfo"]

NEAREST = 3
FRESH = timedelta(seconds=1)


class Agenda:
    """Answers from the slots. `sweep` frees lapsed holds before a search."""

    def __init__(
        self,
        search: Search,
        schedules: Schedules,
        rosters: Rosters,
        profiles: Profiles,
        units: Units,
        clock: Clock,
        sweep: Callable[[], object],
    ) -> None:
        self._search, self._rosters, self._profiles, self._units = search, rosters, profiles, units
        self._clock, self._sweep = clock, sweep
        self._with_time: tuple[datetime, Roster, set[int]] | None = None
        # What makes the slots is a service of its own; here is where others look for it.
        self.set_hours = schedules.set_hours
        self.add_absence = schedules.add_absence
        self.remove_absence = schedules.remove_absence
        self.behind, self.catch_up = schedules.behind, schedules.catch_up
        self.generate = schedules.generate
        self.extend = schedules.extend

    def next_free(
        self, criteria: Criteria, after: datetime | None = None, limit: int = 3, exclude: Collection[int] = ()
    ) -> list[SlotInfo]:
        """The earliest times that fit, from `after` (or the clinic's notice) to the end of the booking window."""
        self._sweep()
        return self._search.nearest(self._ask(criteria, after), limit, exclude)

    def between(self, criteria: Criteria, start: datetime, end: datetime) -> list[SlotInfo]:
        """All times that fit from one moment to another, within the booking window."""
        self._sweep()
        ask = self._ask(criteria)
        return self._search.between(replace(ask, start=max(ask.start, start), end=min(ask.end, end)))

    def ask(self, criteria: Criteria) -> Ask:
        """What is looked for, within the clinic's notice and the booking window; for who reads the slots themselves."""
        self._sweep()
        return self._ask(criteria)

    def last_day(self) -> date:
        """Until when may be booked."""
        return self._today() + timedelta(days=self._profiles.get().booking_days)

    def on_day(self, criteria: Criteria, day: date) -> DayTimes:
        """All times of a day, by the clock of each unit; where there are none, why, and the nearest three."""
        self._sweep()
        ask = self._ask(criteria)
        start, end = self._day(day, ask)
        times = self._search.between(replace(ask, start=max(ask.start, start), end=min(ask.end, end)))
        times = [slot for slot in times if self._local(slot) == day]
        if times:
            return DayTimes(None, None, times, [])
        holiday = self._holiday(ask, day)
        return DayTimes(self._reason(ask, day, holiday), holiday, [], self._nearest(ask, start, end))

    def free_doctors(self, criteria: Criteria) -> set[int]:
        """The doctors who have a free time that fits (whatever its length)."""
        return self._search.with_time(self._ask(criteria))

    def doctors_with_time(self) -> set[int]:
        """All doctors who have any free time, as of a second ago at most: every call asks, and of all slots."""
        now, roster = self._clock(), self._rosters.get()
        known = self._with_time
        if known is None or known[1] is not roster or not timedelta() <= now - known[0] < FRESH:
            known = self._with_time = now, roster, self._who_has_time()
        return known[2]

    def _who_has_time(self) -> set[int]:
        everybody = tuple(sorted({one for doctors in self._rosters.get().announceable.values() for one in doctors}))
        return self._search.with_time(replace(self._ask(Criteria(0)), doctors=everybody))

    def _ask(self, criteria: Criteria, after: datetime | None = None) -> Ask:
        roster, profile, now = self._rosters.get(), self._profiles.get(), self._clock()
        earliest = now + timedelta(minutes=profile.min_notice_minutes)
        doctors, pairs = who_fits(roster, criteria)
        return Ask(
            doctors=doctors,
            start=max(earliest, after) if after else earliest,
            end=self._midnight(self._today() + timedelta(days=profile.booking_days + 1), self._first_unit()),
            unit_id=criteria.unit_id,
            modality=criteria.modality,
            period=criteria.period,
            pairs=pairs,
            minutes=criteria.minutes,
            margin=criteria.margin,
            moving=criteria.moving,
            fair=Fair(criteria.specialty_id, self._first_unit().tz, roster.weights) if len(doctors) > 1 else None,
            limits=limits(roster, criteria.payer_id, doctors, criteria.moving),
        )

    def _first_unit(self) -> UnitInfo:
        return self._rosters.get().units[0]

    def _today(self) -> date:
        return self._clock().astimezone(self._first_unit().tz).date()

    @staticmethod
    def _midnight(day: date, unit: UnitInfo) -> datetime:
        return datetime.combine(day, time(), unit.tz).astimezone(UTC)

    def _local(self, slot: SlotInfo) -> date:
        return slot.starts_at.astimezone(self._units.get(slot.unit_id).tz).date()

    def _day(self, day: date, ask: Ask) -> tuple[datetime, datetime]:
        """From the first midnight to the last, over the zones of all units that may answer."""
        units = self._places(ask)
        return (
            min(self._midnight(day, unit) for unit in units),
            max(self._midnight(day + timedelta(days=1), unit) for unit in units),
        )

    def _places(self, ask: Ask) -> list[UnitInfo]:
        """The units where these doctors work; all where that is not known."""
        roster = self._rosters.get()
        if ask.unit_id is not None:
            return [roster.unit[ask.unit_id]]
        at = {hours.unit_id for doctor in ask.doctors for hours in roster.hours_of.get(doctor, ())}
        return [unit for unit in roster.units if unit.id in at] or list(roster.units)

    def _holiday(self, ask: Ask, day: date) -> str | None:
        names = [self._units.holiday(unit.id, day) for unit in self._places(ask)]
        return names[0] if all(names) else None

    def _reason(self, ask: Ask, day: date, holiday: str | None) -> Reason:
        today = self._today()
        if day < today:
            return "past"
        if day > self.last_day():
            return "outside_window"
        if holiday:
            return "holiday"
        start, end = self._day(day, ask)
        return "full" if self._search.has_rows(replace(ask, start=start, end=end)) else "no_hours"

    def _nearest(self, ask: Ask, start: datetime, end: datetime) -> list[SlotInfo]:
        """The three times nearest to a day, before or after it."""
        after = self._search.nearest(replace(ask, start=max(ask.start, end)), NEAREST)
        before = self._search.nearest(replace(ask, end=min(ask.end, start)), NEAREST, backwards=True)
        noon = start + (end - start) / 2
        near = sorted([*after, *before], key=lambda slot: abs(slot.starts_at - noon))[:NEAREST]
        return sorted(near, key=lambda slot: slot.starts_at)


def who_fits(roster: Roster, criteria: Criteria) -> tuple[tuple[int, ...], frozenset[tuple[int, int]] | None]:
    """The announceable doctors that may answer, and where the payer is taken (None: anywhere)."""
    doctors: Iterable[int] = roster.announceable.get(criteria.specialty_id, ())
    if criteria.doctor_id is not None:
        doctors = [one for one in doctors if one == criteria.doctor_id]
    if criteria.payer_id is None:
        return tuple(doctors), None
    pairs = {(doctor, unit) for doctor in doctors for unit in roster.accepted_at.get((doctor, criteria.payer_id), ())}
    accepted = {doctor for doctor, _ in pairs}
    return tuple(one for one in doctors if one in accepted), frozenset(pairs)
