"""Moving a visit of a series and those after it by the same change: to another day, hour or doctor.

Each is moved as any other, in a transaction of its own; those that cannot be moved stay where they are. All lines of
the histories carry one moment: by that taking back finds what went together.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from clinic import access, appointments, series_rows
from clinic.agenda import Agenda
from clinic.appointments import Booking, Line, NotYours, booking
from clinic.bookings import LOST
from clinic.clock import Clock
from clinic.desk_bookings import DeskBookings
from clinic.directory import Directory
from clinic.holds import Hold, SlotTaken
from clinic.margins import DAY, reach
from clinic.offers import Offers
from clinic.repetitions import Choice
from clinic.roster import Rosters
from clinic.series_dates import Day, at_wall, turns, week_of
from clinic.series_days import Asked, SeriesDays, chosen_time
from clinic.series_room import Room
from clinic.series_rows import COUNTS, CancelledSince
from clinic.slots import SlotInfo
from clinic.terms import Terms
from clinic.units import Units
from clinic.users import Viewer
from db.session import Database
from db.tables import Appointment, Series, Slot

_A = Appointment
Look = Callable[[int, date, datetime | None, Asked], Day]


class TooFar(Exception):
    """Visits would change places in the series: the first may go to a day from `since` to `until`."""

    def __init__(self, since: date, until: date) -> None:
        super().__init__(since, until)
        self.since, self.until = since, until


@dataclass(frozen=True, slots=True)
class Change:
    """The same for all: the day of the one that is moved first, the hour by the clock of the unit, and with whom."""

    day: date
    clock: time
    doctor_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """A visit of the series and where it would go; `to.what` is "booked" where it is there already."""

    visit: Booking
    to: Day


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it, by the visits that were to be moved: the new ones, why others stay where they are, and to which
    day of the series each was to go (those that are not there have none)."""

    done: Mapping[int, Booking]
    failed: Mapping[int, Exception]
    days: Mapping[int, date]


@dataclass(frozen=True, slots=True)
class _Aim:
    """A change as it is of each visit, by which turn of the rhythm its day is: there are `days` from one to the next.

    Each goes to the day that is nearest to its own, and no two to one: those that went there before stay.
    """

    change: Change
    days: int
    turns: Mapping[date, int]
    there: Mapping[date, Booking]
    """What stands for the days of the series now."""

    def day(self, row: Line) -> date:
        """Where it goes."""
        return self.change.day + timedelta(days=self.turns[row.series_day] * self.days)


class SeriesMoves:
    """The desk's, in the name of who works there (`by`)."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        units: Units,
        directory: Directory,
        agenda: Agenda,
        bookings: DeskBookings,
        offers: Offers,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._units, self._directory = database, rosters, units, directory
        self._agenda, self._bookings, self._offers, self._clock = agenda, bookings, offers, clock

    def doctors(self, booking_id: int) -> list[tuple[int, str]]:
        """With whom the visits could be: who works there, sees the specialty and takes the payer. Raises NotYours."""
        row, roster = self._row(booking_id), self._rosters.get()
        of_specialty = roster.announceable.get(row.specialty_id, ()) if row.specialty_id else ()
        there = {one for one in of_specialty if any(at.unit_id == row.unit_id for at in roster.hours_of.get(one, ()))}
        fit = [one for one in sorted(there | {row.doctor_id}) if self._fits(row, one)]
        return sorted(((one, roster.doctors[one].name) for one in fit), key=lambda one: one[1])

    def preview(self, booking_id: int, change: Change, viewer: Viewer | None = None) -> tuple[Step, ...]:
        """This one and those after it that `viewer` (None: everybody) may see, each with what stands in its way.

        Raises NotYours, WrongStatus, TooFar.
        """
        first = self._row(booking_id)
        aim, now = self._aim(first, change), self._clock()
        with self._database.read() as connection:
            found = series_rows.rest(connection, first, access.seen(viewer))
        rows = [one for one in found if one.starts_at > now]
        kind, owner = ("patient", first.patient_id) if first.patient_id else ("pre_registration", 0)
        coming = self._bookings.upcoming(self._bookings.person(kind, owner or first.pre_registration_id))
        weeks = [week_of(aim.day(one), self._units.get(one.unit_id).tz) for one in rows]
        room = Room(self._database, change.doctor_id, weeks, rows)
        look = SeriesDays(self._database, self._units, self._agenda, change.doctor_id, room, now).look
        steps: dict[int, Step] = {}
        gone: frozenset[int] = frozenset()
        for row in _in_turn(rows, aim):  # as they will be moved: who goes before is in nobody's way, who stays is
            steps[row.id] = self._step(row, aim, coming, gone, look)
            if steps[row.id].to.what == "free" and not self._asks(row, change):
                gone |= {row.id}
        return tuple(steps[one.id] for one in rows)

    def move(
        self, booking_id: int, change: Change, chosen: Mapping[int, Choice], by: str, once: str,
        viewer: Viewer | None = None,
    ) -> Moved:  # fmt: skip
        """Move the visits that were chosen, one by one, by time. Those `viewer` may not see are not there (NotYours).

        `once` names the form: sent again it moves nothing twice. Within ten seconds all are taken back as one is.
        Raises NotYours, WrongStatus, TooFar.
        """
        first, at = self._row(booking_id), self._clock()
        rows = self._chosen(first, chosen, viewer)
        aim = self._aim(first, change, rows)
        done: dict[int, Booking] = {}
        failed: dict[int, Exception] = {one: NotYours() for one in chosen}
        for row in _in_turn(rows, aim):
            try:
                key = f"{by}:{once}:{row.id}"[:120]
                done[row.id] = self._move_one(row, aim, chosen[row.id], by, key, at, left=done.keys())
                del failed[row.id]
            except (*LOST, NotYours, LookupError) as error:
                failed[row.id] = error
        done = {row.id: done[row.id] for row in rows if row.id in done}
        return Moved(done, failed, {row.id: aim.day(row) for row in rows})

    def _row(self, booking_id: int) -> Line:
        with self._database.read() as connection:
            row = appointments.one(connection, booking_id)
        if row is None or row.series_id is None:
            raise NotYours
        return row

    def _chosen(self, first: Line, chosen: Mapping[int, Choice], viewer: Viewer | None) -> list[Line]:
        mine = appointments.FULL.where(_A.series_id == first.series_id, _A.id.in_(list(chosen)), access.seen(viewer))
        return list(self._database.rows(mine.order_by(_A.starts_at, _A.id)))

    def _aim(self, first: Line, change: Change, rows: Sequence[Line] = ()) -> _Aim:
        """Of the first, `rows`, and what is in the series besides. Raises TooFar.

        By less than from one to the next, so that none meets another.
        """
        weeks: int = self._database.rows(select(Series.every_weeks).where(Series.id == first.series_id))[0][0]
        if abs(change.day - first.series_day) >= timedelta(weeks=weeks):
            most = timedelta(weeks=weeks, days=-1)
            raise TooFar(first.series_day - most, first.series_day + most)
        these = {one.id: one.series_day for one in (first, *rows)}
        # sent again: what came of them is no other visit beside them
        came = {one.replaced_by for one in (first, *rows)}
        mine = select(*appointments.COLUMNS, _A.series_day).where(_A.series_id == first.series_id, COUNTS)
        stand = [one for one in self._database.rows(mine.order_by(_A.starts_at, _A.id)) if one.id not in came]
        these |= {one.id: one.series_day for one in stand}
        there = {one.series_day: booking(one) for one in stand}
        return _Aim(change, weeks * 7, turns(these.values(), first.series_day, weeks * 7), there)

    def _step(self, row: Line, aim: _Aim, coming: list[Booking], gone: frozenset[int], look: Look) -> Step:
        visit, day, change = booking(row), aim.day(row), aim.change
        at = at_wall(day, change.clock, self._units.get(row.unit_id).tz)
        if (visit.starts_at, visit.doctor_id) == (at, change.doctor_id):
            return Step(visit, Day(0, day, at, "booked", booking=visit))
        if not self._fits(row, change.doctor_id):
            return Step(visit, Day(0, day, at, "terms"))
        kept = aim.there.get(day)
        if kept is not None and kept.id not in gone | {visit.id}:
            return Step(visit, Day(0, day, at, "kept", booking=kept))
        # who answers first gets a request beside the visit, and nobody has two at the same moment
        asks = self._asks(row, change)
        left = gone if asks else gone | {visit.id}
        others = [one for one in coming if one.id not in left and (one.id != visit.id or one.starts_at == at)]
        asked = Asked(self._terms(row, change), self._specialty(row, change), others, visit, left)
        return Step(visit, look(0, day, at, asked))

    def _asks(self, row: Line, change: Change) -> bool:
        """Whether the visit stays until the doctor has answered."""
        return self._rosters.get().doctors[change.doctor_id].approves and row.status == "booked"

    def _terms(self, row: Line, change: Change) -> Terms:
        """What is looked for: as long as the visit is now, whatever its kind takes today."""
        kind, minutes = self._directory.kind(row.kind_id), _minutes(row)
        kind = replace(kind, minutes=minutes, margin=kind.margin_of(minutes))
        return Terms(
            change.doctor_id, row.unit_id, row.specialty_id, kind, row.payer_id, row.modality, row.price_cents,
            approves=False,
        )  # fmt: skip

    def _specialty(self, row: Line, change: Change) -> int:
        return self._directory.specialty_of(change.doctor_id, row.specialty_id)

    def _fits(self, row: Line, doctor_id: int) -> bool:
        """Whether the visit can be this doctor's."""
        roster = self._rosters.get()
        if doctor_id == row.doctor_id:
            return True
        sees = row.specialty_id is None or doctor_id in roster.announceable.get(row.specialty_id, ())
        takes = row.payer_id is None or (doctor_id, row.payer_id, row.unit_id) in roster.accepts
        return sees and takes and row.return_of is None

    def _move_one(
        self, row: Line, aim: _Aim, choice: Choice, by: str, key: str, at: datetime, left: Collection[int]
    ) -> Booking:
        """`left`: those that went before it."""
        day = aim.day(row)
        unit = self._units.get(row.unit_id)
        slot = chosen_time(self._bookings.slot, choice.slot_id, aim.change.doctor_id, unit, day)
        terms = self._offers.moved(booking(row), slot, row.return_of)
        hold = self._hold(row, slot, by, key, left)
        try:
            moved = self._bookings.move(row.id, hold, by, terms, key, choice.over_quota, day, at)
        finally:
            self._bookings.release(hold)
        if moved.status == "cancelled":
            raise CancelledSince
        return moved

    def _hold(self, row: Line, slot: SlotInfo, by: str, key: str, left: Collection[int]) -> Hold:
        """A time that is taken has a hold that holds nothing: it may be that this form came before, and took it."""
        minutes = _minutes(row)
        margin = self._directory.kind(row.kind_id).margin_of(minutes)
        for _ in range(2):
            try:
                return self._bookings.hold(slot, by, minutes, margin, row.id, key)
            except SlotTaken:
                if not self._given_up(slot, reach(slot.starts_at, minutes, margin), left):
                    break
        return self._bookings.nothing_held(slot, by)

    def _given_up(self, slot: SlotInfo, span: tuple[datetime, datetime], left: Collection[int]) -> bool:
        """What others of the series have just left there waits for nobody but them, and they are taken back only after
        the one that comes: so it is free. Whether there was any."""
        first, last = span
        tokens = [appointments.undo_token(one) for one in left]
        kept = select(Slot.id, Slot.hold_token).where(Slot.doctor_id == slot.doctor_id, Slot.hold_token.in_(tokens))
        there = kept.where(Slot.starts_at > first - DAY, Slot.starts_at < last, Slot.ends_at > first)
        rows = self._database.rows(there.order_by(Slot.id)) if left else []
        for one in rows:
            self._bookings.release(Hold(one.hold_token, slot, self._clock(), (one.id,)))
        return bool(rows)


def _in_turn(rows: Sequence[Line], aim: _Aim) -> list[Line]:
    """Each day of the series is left before another comes to it: who goes later goes after those that are later."""
    by_day = sorted(rows, key=lambda one: one.series_day)
    later = [one for one in by_day if aim.day(one) > one.series_day]
    return [one for one in by_day if one not in later] + later[::-1]


def _minutes(row: Line) -> int:
    return int((row.ends_at - row.starts_at).total_seconds()) // 60
