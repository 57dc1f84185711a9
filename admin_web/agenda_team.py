"""The week of several doctors as the table shows it: a cell says where she is, when, how much is taken. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from admin_web.words import MONTHS
from clinic.days import AwayTime, Choice
from clinic.roster import UnitInfo
from clinic.weeks import AT_ONCE, DoctorDay, DoctorWeek, Stay, TeamWeek
from clinic.written import SATURDAY

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Place:
    """A doctor at a unit: `share` of her times that are taken, in per cent; None where there are none.

    `ours`: one whose agenda is asked for; of others it is only told that she is there.
    """

    name: str
    hours: tuple[tuple[str, str], ...]
    ours: bool
    closed: str
    visits: int
    pending: int
    free: int
    share: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A doctor's day; `away` in words, `gone`: the whole day, so that nothing else is to be said."""

    key: int
    day: date
    places: tuple[Place, ...]
    away: tuple[str, ...]
    gone: bool
    late: int


@dataclass(frozen=True, slots=True)
class Row:
    """A doctor's week."""

    doctor_id: int
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a day: its holiday where all are closed, and what of it is free."""

    key: int
    day: date
    today: bool
    free: int


@dataclass(frozen=True, slots=True)
class Table:
    """Doctors by days; a Saturday or Sunday on which nobody is there is left out."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    page: int
    pages: int
    doctors: int
    few: tuple[int, int]
    """The first and the last doctor of this page, counted from 1."""

    def shown(self, asked: int | None) -> int:
        """On a narrow screen one day is shown: that which is asked for, today, else the first."""
        keys = [one.key for one in self.heads]
        today = next((one.key for one in self.heads if one.today), keys[0])
        return asked if asked is not None and asked in keys else today


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is needed to draw: the units, those whose patients the viewer sees, whose agenda is asked for, and today."""

    units: dict[int, UnitInfo]
    ours: Collection[int]
    choice: Choice
    today: date

    def table(self, team: TeamWeek, monday: date) -> Table:
        """The rows and heads of a page of doctors."""
        days = [n for n in range(WEEK) if n < SATURDAY or any(one.days[n].stays for one in team.weeks)]
        rows = tuple(self._row(one, days) for one in team.weeks)
        heads = tuple(self._head(n, place, monday, rows) for place, n in enumerate(days))
        first = (team.page - 1) * AT_ONCE + 1
        return Table(heads, rows, team.page, team.pages, team.doctors, (first, first + len(rows) - 1))

    def _head(self, nth: int, place: int, monday: date, rows: Iterable[Row]) -> Head:
        day = monday + DAY * nth
        free = sum(one.free for row in rows for one in row.cells[place].places)
        return Head(nth, day, day == self.today, free)

    def _row(self, week: DoctorWeek, days: Iterable[int]) -> Row:
        return Row(week.doctor.id, week.doctor.name, tuple(self._cell(n, week.days[n]) for n in days))

    def _cell(self, key: int, day: DoctorDay) -> Cell:
        places = tuple(self._place(one, day.day) for one in day.stays.values())
        tz = self.units[next(iter(day.stays), next(iter(self.units)))].tz
        spans = [(one.starts_at.astimezone(tz), one.ends_at.astimezone(tz)) for one in day.away]
        gone = bool(spans) and not any(one.visits or one.pending or one.free for one in places) and _covers(spans, day)
        away = tuple(_away(one, *span, gone) for one, span in zip(day.away, spans, strict=True))
        return Cell(key, day.day, places, away, gone, day.late.minutes if day.late else 0)

    def _place(self, stay: Stay, day: date) -> Place:
        ours = stay.unit_id in self.ours and (not self.choice.unit_ids or stay.unit_id in self.choice.unit_ids)
        counted = stay if ours else Stay(stay.unit_id)
        share = round(100 * counted.taken / counted.slots) if counted.slots else None
        free = counted.free if day >= self.today else 0
        hours = tuple((f"{start:%H:%M}", f"{end:%H:%M}") for start, end in stay.hours)
        return Place(
            self.units[stay.unit_id].name, hours, ours, stay.holiday or "", counted.visits, counted.pending, free, share
        )


def _covers(spans: Iterable[tuple[datetime, datetime]], day: DoctorDay) -> bool:
    """Whether one absence takes all the hours of a day; without hours, whatever it takes."""
    hours = [one for stay in day.stays.values() for one in stay.hours]
    if not hours:
        return True
    first, last = min(start for start, _ in hours), max(end for _, end in hours)
    return any(_clock(start, day.day) <= first and last <= _clock(end, day.day) for start, end in spans)


def _clock(moment: datetime, day: date) -> time:
    """The time of day of a moment; the day's end for what is after it."""
    return moment.time() if moment.date() == day else time.max


def _away(one: AwayTime, start: datetime, end: datetime, gone: bool) -> str:
    when = "" if gone else f" {start:%H:%M} às {_clock(end, start.date()):%H:%M}".replace("23:59", "24:00")
    return f"Ausente{when}" + (f": {one.reason}" if one.reason else "")


def week_words(monday: date) -> str:
    """As "23 a 29 de novembro de 2026"; months and years are named twice where they change."""
    sunday = monday + DAY * (WEEK - 1)
    year = f" de {monday.year}" if monday.year != sunday.year else ""
    month = f" de {MONTHS[monday.month - 1]}{year}" if monday.month != sunday.month else ""
    return f"{monday.day}{month} a {sunday.day} de {MONTHS[sunday.month - 1]} de {sunday.year}"
