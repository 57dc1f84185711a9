"""Days on which the clinic closes: its own holidays, the public ones, and whom a new one hits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, select

from clinic.clock import Clock
from clinic.names import need
from clinic.practice import Visit, in_span_of_all
from clinic.profile import Profiles, profile_of
from clinic.public_holidays import holiday_name
from clinic.replanning import close_days, due, tell
from clinic.roster import Rosters
from clinic.schedules import ANNOUNCE
from db.session import Database
from db.tables import Holiday


@dataclass(frozen=True, slots=True)
class Closing:
    """A day the clinic closes (`unit_id` None: everywhere); with `works`, a public holiday on which it is open."""

    id: int
    day: date
    name: str
    unit_id: int | None
    works: bool


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A public holiday, and the units where it is one."""

    day: date
    name: str
    unit_ids: tuple[int, ...]


class KnownDay(Exception):
    """That day is in the list already, for that unit."""


class Closings:
    """Reads and changes the clinic's own days. A day that closes is closed at once, for all; a worker does the rest."""

    def __init__(self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        self._database, self._rosters, self._profiles, self._clock = database, rosters, profiles, clock

    def own(self) -> list[Closing]:
        """The clinic's own days from today on, by day."""
        columns = select(Holiday.id, Holiday.day, Holiday.name, Holiday.unit_id, Holiday.works)
        coming = columns.where(Holiday.day >= self._today()).order_by(Holiday.day, Holiday.id)
        return [Closing(*row) for row in self._database.rows(coming)]

    def public(self, days: int = 365) -> list[PublicDay]:
        """The public holidays of the coming year, as the law of each unit's state has them."""
        units, optional = self._rosters.get().units, self._profiles.get().optional_holidays
        found: dict[tuple[date, str], list[int]] = {}
        for day in (self._today() + timedelta(days=n) for n in range(days)):
            for unit in units:
                name = holiday_name(day, unit.state, unit.id, (), optional)
                if name:
                    found.setdefault((day, name), []).append(unit.id)
        return [PublicDay(day, name, tuple(ids)) for (day, name), ids in found.items()]

    def hit(self, day: date, unit_id: int | None) -> list[Visit]:
        """What is booked on a day, at one unit or at all, by each unit's own clock."""
        units = self._rosters.get().unit
        return [
            one for one in in_span_of_all(self._database, day)
            if unit_id in (None, one.unit_id) and one.starts_at.astimezone(units[one.unit_id].tz).date() == day
        ]  # fmt: skip

    def hit_anew(
        self, visits: Iterable[Visit], *, state: str | None = None, optional: bool | None = None
    ) -> list[Visit]:
        """Those of these visits on whose day the unit is open now, and would not be if it were in this state, or if
        days that the law leaves to each place counted. None: as it is."""
        roster, now = self._rosters.get(), self._profiles.get().optional_holidays

        def closed(one: Visit, state: str | None, optional: bool | None) -> bool:
            unit = roster.unit[one.unit_id]
            day, counts = one.starts_at.astimezone(unit.tz).date(), now if optional is None else optional
            return holiday_name(day, state or unit.state, unit.id, roster.holidays, counts) is not None

        return [one for one in visits if closed(one, state, optional) and not closed(one, None, None)]

    def add(self, day: date, name: str, unit_id: int | None = None, works: bool = False) -> None:
        """One more day; free time goes at once, booked time stays. Raises KnownDay, ValueError for a past day."""
        if day < self._today():
            raise ValueError(day)
        row = {"day": day, "name": name, "unit_id": unit_id, "works": works}

        def work(connection: Connection) -> date:
            same = select(Holiday.id).where(Holiday.day == day, Holiday.unit_id.is_not_distinct_from(unit_id))
            if connection.execute(same).first():
                raise KnownDay
            need(connection, self._clock(), (name,))
            connection.execute(insert(Holiday).values(**row))
            return day

        self._change(work)

    def remove(self, closing_id: int) -> None:
        """The clinic is open that day after all. Raises KeyError."""

        def work(connection: Connection) -> date:
            day = connection.scalar(select(Holiday.day).where(Holiday.id == closing_id))
            if day is None or not connection.execute(delete(Holiday).where(Holiday.id == closing_id)).rowcount:
                raise KeyError(closing_id)
            return day

        self._change(work)

    def _today(self) -> date:
        units = self._rosters.get().units
        return self._clock().astimezone(units[0].tz if units else None).date()

    def _change(self, work: Callable[[Connection], date]) -> None:
        def decided(connection: Connection) -> None:
            due(connection, self._clock())
            connection.execute(ANNOUNCE)  # before all else: who adds a day at the same moment waits, and then sees it
            close_days(connection, [work(connection)], profile_of(connection).optional_holidays)
            tell(connection, self._clock())

        self._database.write(decided)
        self._rosters.forget()
