"""The report of the agenda: how full it was, who did not come, who gave up and why, and how soon one is seen.

What the figures mean:

- a visit counts on the day it begins, by the clock of its unit; what was moved counts where it went;
- offered: minutes of the working hours that could be had (free, held or taken), without absences and holidays;
- taken: minutes of visits within them, also of those who did not come; an encaixe takes none, nor does a visit whose
  time has left the working hours since;
- no-shows are counted against all visits whose time has come: seen, missed, or left unmarked;
- cancellations are given up visits against those and the visits that stayed; requests that a doctor declined or let
  expire are counted apart, moves are no cancellations, and what was taken back within seconds counts for nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from clinic import visit_figures
from clinic.access_times import Access, AccessTimes
from clinic.clock import Clock
from clinic.roster import Roster, Rosters
from clinic.visit_figures import Scope
from db.session import Database

LONGEST = timedelta(days=366)
HOURS_A_DAY = 24
Key = int | str | date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """From the first to the last day, both included; filters that are None let everything through."""

    first: date
    last: date
    doctor_id: int | None = None
    unit_id: int | None = None
    specialty_id: int | None = None
    payer_id: int | None = None
    via: str | None = None

    @property
    def before(self) -> "Asked":
        """The same for as many days just before."""
        days = self.last - self.first + timedelta(days=1)
        return replace(self, first=self.first - days, last=self.first - timedelta(days=1))


@dataclass(slots=True)
class Figures:
    """Numbers of visits by what came of them, and minutes taken and offered."""

    seen: int = 0
    noshow: int = 0
    unmarked: int = 0
    to_come: int = 0
    cancelled: int = 0
    refused: int = 0
    moved: int = 0
    extras: int = 0
    minutes: int = 0
    offered: int = 0

    def add(self, outcome: str, count: int, minutes: int, extras: int) -> None:
        """Count some more visits of one outcome."""
        setattr(self, outcome, getattr(self, outcome) + count)
        self.minutes += minutes
        self.extras += extras

    @property
    def due(self) -> int:
        """Visits whose time has come and which were not given up before."""
        return self.seen + self.noshow + self.unmarked

    @property
    def visits(self) -> int:
        """Visits that had, or will have, their time."""
        return self.due + self.to_come

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.visits or self.cancelled or self.refused or self.moved or self.offered)

    @property
    def occupancy(self) -> float | None:
        """Taken ÷ offered minutes; None where nothing was offered."""
        return self.minutes / self.offered if self.offered else None

    @property
    def noshow_rate(self) -> float | None:
        """No-shows ÷ visits whose time has come."""
        return self.noshow / self.due if self.due else None

    @property
    def cancel_rate(self) -> float | None:
        """Cancelled ÷ cancelled and kept visits."""
        kept_or_not = self.visits + self.cancelled
        return self.cancelled / kept_or_not if kept_or_not else None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one doctor, unit, payer, medium ("telephone"), weekday (0 is Monday) or week (its Monday)."""

    key: Key
    name: str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """Everything the page shows; `before` is of as many days before, `lead` in median days."""

    asked: Asked
    total: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)
    lead: float | None = None
    doctors: Sequence[Group] = ()
    units: Sequence[Group] = ()
    payers: Sequence[Group] = ()
    media: Sequence[Group] = ()
    weekdays: Sequence[Group] = ()
    weeks: Sequence[Group] = ()
    reasons: Sequence[tuple[str, int]] = ()
    who: Sequence[tuple[str, int]] = ()
    access: Access = field(default_factory=Access)


@dataclass(frozen=True, slots=True)
class Known:
    """What reports can be confined to: ids and names, in the order in which they are offered."""

    doctors: list[tuple[int, str]]
    units: list[tuple[int, str]]
    specialties: list[tuple[int, str]]
    payers: list[tuple[int, str]]


class AgendaReports:
    """Makes the report anew each time, from a number of queries that does not grow with the clinic."""

    def __init__(self, database: Database, rosters: Rosters, times: AccessTimes, clock: Clock) -> None:
        self._database, self._rosters, self._times, self._clock = database, rosters, times, clock

    def known(self) -> Known:
        """All there are, those that are offered no more as well: the past names them."""
        roster = self._rosters.get()
        every: tuple[dict[int, Any], ...] = (roster.doctors, roster.unit, roster.specialty, roster.payer)
        return Known(*([(one.id, one.name) for one in some.values()] for some in every))

    def make(self, asked: Asked) -> Report:
        """The report. Raises ValueError for days in the wrong order, or more than a year of them."""
        if not timedelta() <= asked.last - asked.first < LONGEST:
            raise ValueError(asked)
        roster = self._rosters.get()
        visits, time = _scopes(asked, roster)
        if not visits.units:
            return Report(asked)
        earlier = asked.before
        return self._filled(
            Report(asked, access=self._times.find(time.doctors, asked.unit_id, asked.specialty_id)),
            roster,
            (visits, time),
            (
                replace(visits, first=earlier.first, last=earlier.last),
                replace(time, first=earlier.first, last=earlier.last),
            ),
        )

    def _filled(self, report: Report, roster: Roster, now: tuple[Scope, Scope], before: tuple[Scope, Scope]) -> Report:
        people, ways, days = _Groups(), _Groups(), _Groups()
        at, (visits, time) = self._clock(), now
        people.count(self._rows(visit_figures.by_people(visits, at)), self._rows(visit_figures.offered_by_people(time)))
        ways.count(self._rows(visit_figures.by_way(visits, at)))
        days.count(self._rows(visit_figures.by_day(visits, at)), self._rows(visit_figures.offered_by_day(time)))
        given_up = self._rows(visit_figures.given_up(visits, at))
        return replace(
            report,
            total=people.total(),
            before=self._total(*before),
            lead=_median(self._rows(visit_figures.leads(visits, at))),
            doctors=_in_order(people.by(lambda key: key[0]), {one.id: one.name for one in roster.doctors.values()}),
            units=_in_order(people.by(lambda key: key[1]), {one.id: one.name for one in roster.unit.values()}),
            payers=_in_order(ways.by(lambda key: key[0]), {one.id: one.name for one in roster.payer.values()}),
            media=sorted(_in_order(ways.by(lambda key: key[1]), {}), key=lambda one: -one.figures.visits),
            weekdays=_by_key(days.by(lambda key: key[0].weekday())),
            weeks=_by_key(days.by(lambda key: key[0] - timedelta(days=key[0].weekday()))),
            reasons=_most_first((row[0] or "other", row[2]) for row in given_up),
            who=_most_first((row[1], row[2]) for row in given_up),
        )

    def _total(self, visits: Scope, time: Scope) -> Figures:
        groups = _Groups()
        visited = self._rows(visit_figures.by_day(visits, self._clock()))
        groups.count(visited, self._rows(visit_figures.offered_by_day(time)))
        return groups.total()

    def _rows(self, statement: Any) -> Sequence[Any]:
        return self._database.rows(statement)


class _Groups:
    """Figures by the keys a query is grouped by."""

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], Figures] = {}

    def count(self, visits: Iterable[Any], offered: Iterable[Any] = ()) -> None:
        for *key, outcome, count, minutes, extras in visits:
            self._of(key).add(outcome, count, int(minutes), int(extras))
        for *key, minutes in offered:
            self._of(key).offered += int(minutes)

    def _of(self, key: list[Any]) -> Figures:
        return self._found.setdefault(tuple(key), Figures())

    def by(self, choose: Callable[[tuple[Any, ...]], Any]) -> dict[Any, Figures]:
        """Summed up by what is chosen of each key."""
        found: dict[Any, Figures] = {}
        for key, some in self._found.items():
            _sum(found.setdefault(choose(key), Figures()), some)
        return found

    def total(self) -> Figures:
        """All of them."""
        return self.by(lambda _: None).get(None, Figures())


def _sum(into: Figures, more: Figures) -> None:
    for name in Figures.__slots__:
        setattr(into, name, getattr(into, name) + getattr(more, name))


def _scopes(asked: Asked, roster: Roster) -> tuple[Scope, Scope]:
    """Of the visits, and of the time in which they could be: that of doctors who have the specialty."""
    units = tuple(one for one in roster.unit.values() if asked.unit_id in (None, one.id))
    doctors = tuple(one for one in roster.doctors if asked.doctor_id in (None, one))
    visits = Scope(asked.first, asked.last, units, doctors, asked.specialty_id, asked.payer_id, asked.via)
    able = {doctor for doctor, specialty in roster.rqe if asked.specialty_id in (None, specialty)}
    whose = doctors if asked.specialty_id is None else tuple(one for one in doctors if one in able)
    return visits, Scope(asked.first, asked.last, units, whose)


def _in_order(found: dict[Any, Figures], names: dict[int, str]) -> list[Group]:
    """In the order of the names, what has none last."""
    keys = [key for key in names if key in found] + [key for key in found if key not in names]
    return [Group(key, names.get(key, ""), found[key]) for key in keys if found[key].any]


def _by_key(found: dict[Any, Figures]) -> list[Group]:
    return [Group(key, "", found[key]) for key in sorted(found) if found[key].any]


def _most_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for name, count in counts:
        found[name] = found.get(name, 0) + count
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _median(rows: Iterable[Any]) -> float | None:
    """Of hours and how many waited so long, in days."""
    counted = sorted((int(hours), count) for hours, count in rows)
    half, below = sum(count for _, count in counted) / 2, 0
    middle: list[int] = []
    for hours, count in counted:
        if below < half + 0.5 and below + count >= half:
            middle.append(hours)
        below += count
    return (middle[0] + middle[-1]) / 2 / HOURS_A_DAY if middle else None
